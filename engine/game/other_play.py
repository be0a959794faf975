"""Other-play: to each seat of a game its own names of colours, so that no convention can hang on them.

Hu et al., "“Other-Play” for Zero-Shot Coordination", 2020, https://arxiv.org/abs/2003.02979. The order of
colours (`engine.game.colour_order`) does most of it; names decide there between colours that are alike. Here
chance decides between these, for each seat on its own. It is taken from the deck, whose order is chance too:
so nothing has to be remembered, and a game that is gone on with names colours as before.

Letters: G games · C colours (5).
"""

import numpy as np
from numpy.typing import NDArray

from engine.game import chance, rules
from engine.game.kernels import kernel
from engine.game.variants import MAX_COLOURS, MAX_DECK

_PRIME = np.uint64(0x100000001B3)
"""Of the 64-bit hash by Fowler, Noll and Vo."""


def draw_names(games: rules.Table, names: NDArray[np.int8]) -> None:
    """Write what decides between colours for the seats to move: an order by chance of those that a game has.

    Args:
      games: GAME[G].
      names: int8[G, C], to be written; for `engine.game.colour_order.put_in_order`.
    """
    _draw_names(games, names)


@kernel
def _draw_names(games: rules.Table, names: NDArray[np.int8]) -> None:
    stream = np.zeros(1, dtype=np.uint64)
    for g in range(len(games)):
        game = games[g]
        stream[0] = np.uint64(1 + game.to_move)
        for card in range(MAX_DECK):
            stream[0] = (stream[0] ^ np.uint64(game.deck[card])) * _PRIME
        for colour in range(MAX_COLOURS):
            names[g, colour] = colour
        for last in range(np.int64(game.colours) - 1, 0, -1):
            other = chance.below(stream, last + 1)
            held = names[g, last]
            names[g, last] = names[g, other]
            names[g, other] = held
