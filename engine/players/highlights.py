"""Highlights of an evaluation: the few of its games that people will want to look at.

Of each variant these are the game on the first deck, which is the same in every evaluation; the best; the
worst; and the first that was struck out, if any was. They are chosen batch by batch, while the games are
still there, and cost the player no move.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.contracts.orders import Highlight
from engine.game import rules
from engine.game.games import Games
from engine.players.evaluation import recorded
from engine.records.hanablive import dump
from engine.store.album import FIRST

BEST, WORST, STRUCK_OUT = "best", "worst", "struck-out"
KINDS = (FIRST, BEST, WORST, STRUCK_OUT)


class Chooser:
    """Looks at the finished batches of one evaluation of one variant (engine.players.evaluation.Seen).

    Args:
      seed: of the evaluation; a game's own seed says this and the number of its deck.
    """

    def __init__(self, seed: int) -> None:
        self._seed, self._looked_at = seed, 0
        self._chosen: dict[str, tuple[int, Highlight]] = {}  # how it ranks, the higher the better; the game

    def __call__(self, games: Games, moves: Sequence[NDArray[np.int8]]) -> None:
        """Look at a batch that is over: its games, and the moves of each turn (int8[G])."""
        struck_out = games.table["ending"] == rules.STRUCK_OUT
        # among equal scores the points on the table tell, then the earlier deck
        rank = games.scores(strict=True) * 100 + games.scores(strict=False)
        self._offer(FIRST, 0, 0, games, moves)
        best, worst = int(rank.argmax()), int(rank.argmin())
        self._offer(BEST, best, int(rank[best]), games, moves)
        self._offer(WORST, worst, -int(rank[worst]), games, moves)
        if struck_out.any():
            self._offer(STRUCK_OUT, int(struck_out.argmax()), 0, games, moves)
        self._looked_at += len(games)

    def highlights(self) -> tuple[Highlight, ...]:
        """What was chosen, of all batches."""
        return tuple(self._chosen[kind][1] for kind in KINDS if kind in self._chosen)

    def _offer(
        self, kind: str, index: int, rank: int, games: Games, moves: Sequence[NDArray[np.int8]]
    ) -> None:
        """Choose a game of the batch, unless one chosen before ranks as high."""
        if kind in self._chosen and self._chosen[kind][0] >= rank:
            return
        seed = f"evaluation-{self._seed}-deck-{self._looked_at + index + 1}"
        game, score = recorded(games, moves, index, seed=seed), int(games.scores(strict=True)[index])
        highlight = Highlight(kind=kind, players=game.variant.players, score=score, game=dump(game).encode())
        self._chosen[kind] = rank, highlight
