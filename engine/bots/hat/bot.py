"""The information bot: every hint tells every other player the most useful thing about their own hand."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import chance
from engine.agents import Moves
from engine.bots.hat.decision import choose
from engine.bots.hat.inference import watch_game
from engine.bots.hat.knowledge import ALL_KINDS, VIEW
from engine.bots.hat.questions import DESK
from engine.errors import AgentError
from engine.games import PASS, Games
from engine.kernels import kernel
from engine.rules import Table
from engine.variants import MAX_PLAYERS


class InformationBot:
    """Plays any seats of G games.

    Attributes:
      views: VIEW[G, P], the notes of each seat, made from nothing but what that seat sees.
    """

    def __init__(self, games: Games) -> None:
        """Raises AgentError for a variant without information tokens, in which nobody can hint."""
        for variant in games.variants:
            if variant.info_tokens < 1:
                raise AgentError(f"agent 'hat' needs information tokens, {variant} has none")
        self.views: NDArray[Any] = np.zeros((len(games), MAX_PLAYERS), dtype=VIEW)
        self.begin(games, np.arange(len(games)))

    def begin(self, games: Games, which: Moves) -> None:
        """Forget what was known of these games."""
        self.views["possible"][which] = ALL_KINDS

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        """int64[G]: a move a game, PASS where it is over; no lots are drawn."""
        moves = np.empty(len(games), dtype=np.int64)
        _act(games.table, self.views, moves)
        return moves

    def watch(self, games: Games, moves: Moves) -> None:
        """Learn from the moves that are about to be made."""
        _watch(games.table, self.views, moves)


@kernel
def _act(games: Table, views: NDArray[Any], moves: Moves) -> None:
    later, desk = np.zeros(1, dtype=VIEW)[0], np.zeros(1, dtype=DESK)[0]
    for g in range(len(games)):
        game = games[g]
        moves[g] = PASS
        if game.legal != np.uint64(0):
            moves[g] = choose(game, views[g, np.int64(game.to_move)], later, desk)


@kernel
def _watch(games: Table, views: NDArray[Any], moves: Moves) -> None:
    later, desk = np.zeros(1, dtype=VIEW)[0], np.zeros(1, dtype=DESK)[0]
    for g in range(len(games)):
        if moves[g] >= 0:
            watch_game(games[g], views, g, later, desk, moves[g])
