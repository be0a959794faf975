"""The information bot: every hint tells every other player the most useful thing about their own hand."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import AgentError
from engine.game.games import Games
from engine.game.kernels import kernel
from engine.game.rules import RUNNING, Table
from engine.game.variants import MAX_PLAYERS
from engine.players.agents import Moves
from engine.players.bots.board import BOARD
from engine.players.bots.hat.decision import choose
from engine.players.bots.hat.inference import watch_game
from engine.players.bots.hat.knowledge import VIEW
from engine.players.bots.hat.questions import DESK
from engine.players.bots.kinds import ALL_KINDS
from engine.players.bots.note_taker import NoteTaker


class InformationBot(NoteTaker):
    """Plays any seats of G games.

    Attributes:
      views: VIEW[G, P], the notes of each seat, made from nothing but what that seat sees.
    """

    name = "hat"

    def __init__(self, games: Games) -> None:
        """Raises AgentError for a variant without information tokens, in which nobody can hint."""
        for variant in games.variants:
            if variant.info_tokens < 1:
                raise AgentError(f"agent {self.name!r} needs information tokens, {variant} has none")
        self.views: NDArray[Any] = np.zeros((len(games), MAX_PLAYERS), dtype=VIEW)
        super().__init__(games)

    def _forget(self, which: Moves) -> None:
        self.views["possible"][which] = ALL_KINDS

    def _choose(self, games: Table, moves: Moves) -> None:
        _choose_all(games, self.views, moves)

    def _note(self, games: Table, moves: Moves) -> None:
        _watch_all(games, self.views, moves)


@kernel
def _choose_all(games: Table, views: NDArray[Any], moves: Moves) -> None:
    """Fill int64[G] `moves` for the games that run."""
    later, desk, cards = np.zeros(1, dtype=VIEW)[0], np.zeros(1, dtype=DESK)[0], np.zeros(1, dtype=BOARD)[0]
    for g in range(len(games)):
        game = games[g]
        if game.ending == RUNNING:
            moves[g] = choose(game, views[g, np.int64(game.to_move)], later, desk, cards)


@kernel
def _watch_all(games: Table, views: NDArray[Any], moves: Moves) -> None:
    """Note the moves (int64[G]) made next."""
    later, desk, cards = np.zeros(1, dtype=VIEW)[0], np.zeros(1, dtype=DESK)[0], np.zeros(1, dtype=BOARD)[0]
    for g in range(len(games)):
        if moves[g] >= 0:
            watch_game(games[g], views, g, later, desk, cards, moves[g])
