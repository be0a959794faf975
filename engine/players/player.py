"""A network at the table: always the move it values most."""

from collections.abc import Callable

import numpy as np

from engine.game import chance, observation
from engine.game.colour_order import by_own_names, put_in_order
from engine.game.games import PASS, Games
from engine.game.moves import from_shared
from engine.networks.largest import Largest
from engine.players.acting import Judge
from engine.players.agents import Moves


class Player:
    """Plays greedily (engine.players.agents.Agent).

    Args:
      games: the games it shall play.
      judge: values the moves of rows.
      largest: games that the judge can see. Raises AgentError for larger ones.
    """

    def __init__(self, games: Games, judge: Judge, largest: Largest) -> None:
        largest.check(games.kinds)
        self._judge = judge
        tables = {variant: from_shared(variant) for variant in games.kinds}
        self._to_ids = np.array([tables[variant] for variant in games.variants])

    def begin(self, games: Games, which: Moves) -> None:
        """Nothing to forget."""

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        """int64[G]: the move of the highest value, PASS where the game is over."""
        running = np.flatnonzero(~games.over)
        moves = np.full(len(games), PASS, dtype=np.int64)
        rows = observation.observe(games)[running]
        places = put_in_order(rows)
        values = by_own_names(self._judge(rows), places)
        moves[running] = self._to_ids[running, values.argmax(axis=1)]
        return moves

    def watch(self, games: Games, moves: Moves) -> None:
        """Nothing to remember: a row holds the last moves."""


def maker(judge: Judge, largest: Largest) -> Callable[[Games], Player]:
    """What `engine.players.evaluation` calls to seat this player."""
    return lambda games: Player(games, judge, largest)
