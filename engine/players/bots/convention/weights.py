"""What things are worth to the convention player, in points: the numbers that decide its choices.

They were found by changing one or two at a time and keeping what raised the mean score of two-player games
over many thousand decks. Those named `chop_…` belong to the convention itself: all players must use the
same, for they decide which card a player is expected to discard (its chop, as players call it).
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_NUMBERS: dict[str, float] = {
    # another player's cards
    "play": 1.0,  # the first playable card it knows to play
    "next_play": 0.8,  # each further one
    "trash": 0.2,  # a card it knows to be dead
    "learn": 0.009,  # per kind that a wanted card is known not to be
    "learn_dead": 0.003,  # per kind that a dead card is known not to be
    "discard_risk": 1.4,  # share of the loss of its chop, while there are tokens
    "forced_risk": 1.0,  # the same, when there is none
    # cards lost
    "critical": 1.4,  # the last copy, per rank that is lost with it
    "soon": 0.5,  # a playable card that has another copy
    "spare": 0.11,  # any other card that has another copy, per rank from it to the top
    "spared": 0.4,  # share of the loss of an own card that nobody warned of
    # own plays
    "own_play": 1.2,
    "secret": 0.1,  # more for a card that the others do not know to be playable
    "low_first": 0.03,  # less for each rank
    "strike": 1.0,  # lives lost, with more than one left after it
    "second_strike": 1.5,  # with one left after it
    "early_strike": 0.5,  # more of either, while there is a deck
    "last_life": 2.0,  # more than the points on the table
    # tokens and time
    "token": 0.5,
    "last_token": 0.65,  # more for spending the last
    "no_token": 0.3,  # more for gaining the first
    "glut": 1.5,  # tokens are worth nothing with fewer turns to come for each
    "pace": 0.8,  # cost of a turn that does not score, when no turn is to spare
    # the convention
    "chop_critical": 1.0,  # losses as above, in choosing the card to discard
    "chop_soon": 0.41,
    "chop_spare": 0.12,
    "chop_touched": 1.97,  # times the loss of a card that a hint named
    "chop_spared": 0.8,  # times the loss of a card that nobody warned of
}

WEIGHTS = np.dtype([(name, np.float64) for name in _NUMBERS], align=True)
"""One record of all the numbers above."""

Weights: TypeAlias = Any
"""One WEIGHTS record, inside a kernel."""


def weights(**changes: float) -> NDArray[Any]:
    """WEIGHTS[1]: the numbers above, some of them changed."""
    record = np.zeros(1, dtype=WEIGHTS)
    for name, number in (_NUMBERS | changes).items():
        record[name] = number
    return record
