"""What plays a seat.

An agent sits in any seats of G games at once. It may keep notes on each game (begin, watch), and must
choose from what the player to move can see: never from that player's own cards, nor from the deck.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.game import chance
from engine.game.games import Games

Moves = NDArray[np.int64]


class Agent(Protocol):
    """Plays seats in a batch of games.

    Whoever plays games calls, in this order: `begin` when games are dealt, then turn by turn `act`, `watch`
    with the moves that are about to be made (whoever chose them), and `games.step`.
    """

    def begin(self, games: Games, which: Moves) -> None:
        """Forget what was known of these games (int64[N]): they were dealt anew."""

    def act(self, games: Games, stream: chance.Stream) -> Moves:
        """int64[G]: a move for the player to move in each game, PASS where the game is over."""

    def watch(self, games: Games, moves: Moves) -> None:
        """See the moves (int64[G], PASS: none) that are made next; called before they are made."""
