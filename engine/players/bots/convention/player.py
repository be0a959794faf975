"""The convention player as an agent: any variant, 2 to 5 players, made and tuned for 2.

It follows Arthur O'Dwyer's SmartBot (https://github.com/Quuxplusone/Hanabi) in what hints mean and in taking
silence for consent, and differs in how it chooses: SmartBot goes down a list of rules, this player scores
every legal move by its outcome (`choice`). SmartBot's published mean for two players is 22.99: Bard et al.,
"The Hanabi Challenge", 2020, https://arxiv.org/abs/1902.00506, the table of rule-based players.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.game import rules
from engine.game.games import Games
from engine.game.kernels import kernel
from engine.game.rules import Game, Table
from engine.players.agents import Moves
from engine.players.bots.board import BOARD, Board, survey
from engine.players.bots.convention.choice import choose
from engine.players.bots.convention.hints import hear, miss_warning
from engine.players.bots.convention.notes import NOTES, Notes, settle
from engine.players.bots.convention.weights import weights
from engine.players.bots.kinds import ALL_KINDS, place_of
from engine.players.bots.note_taker import NoteTaker
from engine.players.bots.sight import SIGHT, Sight, count_own, look_around


class ConventionBot(NoteTaker):
    """Plays by the convention of `engine.players.bots.convention.hints`.

    Attributes:
      notes: NOTES[G], the public notes on each game, to read.
    """

    name = "convention"

    def __init__(self, games: Games, numbers: NDArray[Any] | None = None) -> None:
        """Sit down at G games; `numbers` (WEIGHTS[1]) in place of the tuned ones."""
        self.notes: NDArray[Any] = np.zeros(len(games), dtype=NOTES)
        self._weights = weights() if numbers is None else numbers
        self._boards = np.zeros(2, dtype=BOARD)  # the board as it is, and one to try moves on
        self._sight = np.zeros(1, dtype=SIGHT)
        self._trial = np.zeros(1, dtype=NOTES)
        super().__init__(games)

    def _forget(self, which: Moves) -> None:
        self.notes["possible"][which] = ALL_KINDS
        self.notes["flags"][which] = 0

    def _choose(self, games: Table, moves: Moves) -> None:
        _choose_all(self.notes, games, self._boards, self._sight, self._trial, self._weights, moves)

    def _note(self, games: Table, moves: Moves) -> None:
        _watch_all(self.notes, games, self._boards, self._weights, moves)


@kernel
def _choose_all(
    notes: NDArray[Any],
    games: Table,
    boards: NDArray[Any],
    sights: NDArray[Any],
    trials: NDArray[Any],
    weights: NDArray[Any],
    moves: Moves,
) -> None:
    """Fill int64[G] `moves` for the games that run."""
    board, sight = boards[0], sights[0]
    for g in range(len(games)):
        game = games[g]
        if game.ending != rules.RUNNING:
            continue
        survey(board, game)
        settle(notes[g], game, board)
        _look(notes[g], game, board, sight)
        moves[g] = choose(notes[g], game, board, sight, trials[0], boards[1], weights[0])


@kernel
def _look(notes: Notes, game: Game, board: Board, sight: Sight) -> None:
    """Fill a SIGHT with what the mover knows: the notes, and the others' hands."""
    seat = np.int64(game.to_move)
    look_around(sight, game, board, seat)
    for slot in range(np.int64(game.held[seat])):
        sight.own[slot] = np.uint64(notes.possible[place_of(game, seat, slot)])
    count_own(sight, np.int64(game.held[seat]))


@kernel
def _watch_all(
    notes: NDArray[Any], games: Table, boards: NDArray[Any], weights: NDArray[Any], moves: Moves
) -> None:
    """Note the moves (int64[G]) made next."""
    for g in range(len(games)):
        game = games[g]
        if moves[g] < 0 or game.ending != rules.RUNNING:
            continue
        survey(boards[0], game)
        settle(notes[g], game, boards[0])
        if moves[g] >= 2 * np.int64(game.hand_size):
            hear(notes[g], game, boards[0], moves[g], weights[0])
        miss_warning(notes[g], game, boards[0], weights[0])
