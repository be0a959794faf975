"""What each move touches, as marks: so that moves of one kind are judged alike, whatever slot or hint it is.

Each own card is a bag of marks, and each hint that could be given is one: the marks of all cards that it
touches, thrown together. The numbers of marks start from 0 for every card, whatever its slot; its slot is a
mark like others.

    own card    what hints named, the last one's age (KNOWN) · slot · which of the last moves was a hint that
                touched this slot; where hands moved up since, that was another card (docs/benchmarks.md says
                why it is left so)
    hint        for each card touched: kind, worth, KNOWN (OTHER) · slot; and which hint it is

Letters: N rows · S slots (5) · H hints · M marks set in all the bags together.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.game import rules
from engine.game.kernels import Int, kernel
from engine.game.moves import Kind
from engine.game.observation import Row
from engine.game.variants import MAX_COLOURS, MAX_RANKS
from engine.networks.largest import Largest
from engine.networks.marks import KNOWN, OTHER, SLOTS, put, put_if

OWN_MARKS = KNOWN + SLOTS + rules.HISTORY
"""Marks of an own card."""

TOUCHED_MARKS = OTHER + SLOTS
"""Marks of a card that a hint touches."""

MOST_OF_AN_OWN_CARD = MAX_COLOURS + MAX_RANKS + 1 + 1 + rules.HISTORY
"""No own card has more marks."""

MOST_OF_A_CARD = 1 + 2 + MAX_COLOURS + MAX_RANKS + 1 + 1
"""No card that a hint touches has more marks."""

_HINT = int(Kind.COLOUR)  # the first kind of move that is one


class Bags(NamedTuple):
    """Marks thrown together in bags, one after the other."""

    marks: NDArray[np.int32]  # [M]
    starts: NDArray[np.int32]  # [bags + 1] where each bag's marks start in `marks`, and M


@kernel
def touch_own(
    row: Row,
    hand_size: Int,
    marks: NDArray[np.int32],
    begins: NDArray[np.int64],
    first: Int,
    bags: Bags,
    bag: Int,
    m: Int,
) -> Int:
    """Fill a row's bags of own cards.

    Args:
      row: the row.
      hand_size: how many bags there are.
      marks: int32[*] marks of the row, among them what is known of its cards.
      begins: int64[hand_size + 1] where those of each own card begin in `marks`, and the last one's end.
      first: the number of the first slot's first mark.
      bags: to fill.
      bag: number of the first one.
      m: marks in bags so far.

    Returns how many there are then.
    """
    for slot in range(hand_size):
        bags.starts[bag + slot] = m
        if row.cards[0, slot] == 0:
            continue
        for k in range(begins[slot], begins[slot + 1]):
            m = put(bags.marks, m, marks[k] - first - slot * KNOWN)
        m = put(bags.marks, m, KNOWN + slot)
        for back in range(rules.HISTORY):
            touched = np.uint32(row.last[back, rules.EFFECT]) >> np.uint32(slot)
            m = put_if(touched & _hinted_me(row, back), bags.marks, m, KNOWN + SLOTS + back)
    return m


@kernel
def touch_others(
    row: Row,
    largest: Largest,
    marks: NDArray[np.int32],
    begins: NDArray[np.int64],
    first: Int,
    bags: Bags,
    bag: Int,
    m: Int,
) -> Int:
    """Fill a row's bags of hints; as `touch_own`, but `begins` is of the others' cards, a hand a seat."""
    hint = 0
    for by_rank in range(2):
        for seat in range(1, largest.players):
            for value in range(largest.ranks if by_rank else largest.colours):
                bags.starts[bag + hint] = m
                begun = False
                for slot in range(largest.hand_size):
                    kind = np.int64(row.cards[seat, slot]) - 1
                    if kind < 0 or (kind % MAX_RANKS if by_rank else kind // MAX_RANKS) != value:
                        continue
                    if not begun:
                        m, begun = put(bags.marks, m, TOUCHED_MARKS + hint), True
                    place = (seat - 1) * largest.hand_size + slot
                    for k in range(begins[place], begins[place + 1]):
                        m = put(bags.marks, m, marks[k] - first - place * OTHER)
                    m = put(bags.marks, m, OTHER + slot)
                hint += 1
    return m


@kernel
def _hinted_me(row: Row, back: Int) -> Int:
    """1 if that move was a hint to who looks, 0 else."""
    made = (row.last[back, rules.ACTOR] > 0) & (row.last[back, rules.KIND] >= _HINT)
    return np.uint32(made & (row.last[back, rules.WHERE] == 0))
