"""What a multilayer perceptron sees of a compact row: numbers from 0 to 1, and marks that are set or not.

Beside what HLE's vector says, it spells out what follows from it: for each card that its holder does not
see, how likely each kind is, given what hints left possible and which cards are already seen (the "V0 belief"
of Foerster et al., "Bayesian Action Decoder", 2019, section 5.1, in its first round), and whether a card can
be played, is of no more use, or is the last one that is needed.

For two players that makes 266 numbers, about half of them not 0, and 746 marks, of which some 60 are set. So
numbers stand in a matrix, and marks in a list of those that are set: that is two thirds less to multiply.
What single moves touch is said once more, by itself (`engine.networks.touched`).

Letters: N rows · A numbers · M marks set in all the rows together.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.game import observation, rules
from engine.game.kernels import Int, kernel
from engine.game.observation import Row, Rows
from engine.game.variants import KINDS, MAX_RANKS
from engine.networks.counting import Planes, count, planes_of
from engine.networks.largest import Largest
from engine.networks.layout import Layout
from engine.networks.marks import (
    FACTS,
    KNOWN,
    OTHER,
    SLOTS,
    board,
    known,
    last_moves,
    put,
    put_if,
    variant,
)
from engine.networks.touched import (
    Bags,
    touch_others,
    touch_own,
)

PLAYABLE, USELESS, LAST = 1, 2, 3
"""What a kind of card is worth now: it can be played; it can never score any more; it is needed, and no other
copy is left. 0: none of these."""

_POSSIBLE = (rules.POSSIBLE.astype(np.uint32) << np.arange(KINDS, dtype=np.uint32)).sum(-1, dtype=np.uint32)
"""uint32[32, 32]: which kinds of card colours and ranks not excluded leave possible, as bits."""


class Features(NamedTuple):
    """What is seen of N rows."""

    numbers: NDArray[np.float32]  # [N, A] from 0 to 1
    whole: Bags  # N, the marks that each row sets
    own: Bags  # N · S, S as many as a hand of the layout has: each own card's marks; an empty slot has none
    hints: Bags  # N · H, each hint's marks; one that touches no card has none


def expand(rows: Rows, layout: Layout, numbers: NDArray[np.float32] | None = None) -> Features:
    """Features of rows.

    Args:
      rows: uint8[N, 169], contiguous.
      layout: none of the rows' games may be larger; what there is more in them is not seen.
      numbers: float32[N, layout.numbers] to write into; None: a new array.
    """
    if numbers is None:
        numbers = np.empty((len(rows), layout.numbers), dtype=np.float32)
    whole, own, hints = (
        Bags(np.empty(len(rows) * most + 1, dtype=np.int32), np.zeros(len(rows) * bags + 1, dtype=np.int32))
        for most, bags in (
            (layout.most, 1),
            (layout.most_own, layout.hand_size),
            (layout.most_of_hints, layout.hints),
        )
    )
    _expand(rows.view(observation.ROW)[:, 0], Largest(*layout), layout.starts, numbers, whole, own, hints)
    return Features(numbers, _cut(whole), _cut(own), _cut(hints))


def _cut(bags: Bags) -> Bags:
    """Without the room that was not needed."""
    return Bags(bags.marks[: bags.starts[-1]], bags.starts)


def own_beliefs(features: Features) -> NDArray[np.float32]:
    """float32[N, S, K]: how likely each own card is of each kind; 0 for an empty slot.

    Args:
      features: in the layout of the largest games.
    """
    whole = Layout()
    own = features.numbers[:, : SLOTS * whole.own_numbers].reshape(-1, SLOTS, whole.own_numbers)
    return own[:, :, :KINDS]


@kernel
def _expand(
    rows: NDArray[np.void],
    largest: Largest,
    groups: NDArray[np.int64],
    numbers: NDArray[np.float32],
    whole: Bags,
    own: Bags,
    hints: Bags,
) -> None:
    unseen = np.empty(KINDS, dtype=np.int32)  # copies of each kind that nobody holding it can rule out
    hidden = np.empty(KINDS, dtype=np.int32)  # the same for the observer, who also sees the other hands
    worth = np.empty(1 + FACTS, dtype=np.uint32)  # the kinds of each worth, as bits
    players, hand_size = largest.players, largest.hand_size
    begins = np.empty(players * hand_size + 1, dtype=np.int64)  # of each card's marks
    marks, hints_each = whole.marks, (len(hints.starts) - 1) // max(1, len(rows))
    n = of_own = of_hints = 0
    for i in range(len(rows)):
        row, x = rows[i], numbers[i]
        whole.starts[i] = n
        for j in range(len(x)):
            x[j] = 0
        _weigh(row, unseen, worth)
        _take_out_seen(row, unseen, hidden)
        n = _own_cards(row, largest, hidden, worth, x, marks, n, groups[0], begins)
        of_own = touch_own(row, hand_size, marks, begins, groups[0], own, i * hand_size, of_own)
        n = _other_cards(row, largest, unseen, worth, x, marks, n, groups[1], begins)
        of_hints = touch_others(row, largest, marks, begins, groups[1], hints, i * hints_each, of_hints)
        x[len(x) - 1] = np.float32(row.deck_left) / np.float32(50)
        n = board(row, marks, n, groups)
        n = variant(row, marks, n, groups[8])
        n = last_moves(row, players, marks, n, groups[9])
    whole.starts[len(rows)] = n
    own.starts[len(rows) * hand_size] = of_own
    hints.starts[len(rows) * hints_each] = of_hints


@kernel
def _own_cards(
    row: Row,
    largest: Largest,
    hidden: NDArray[np.int32],
    worth: NDArray[np.uint32],
    x: NDArray[np.float32],
    marks: NDArray[np.int32],
    n: Int,
    first: Int,
    begins: NDArray[np.int64],
) -> Int:
    planes, told = planes_of(hidden), largest.colours * MAX_RANKS
    for slot in range(largest.hand_size):
        begins[slot] = n
        if row.cards[0, slot] != 0:
            at = slot * (told + FACTS)
            possible, share = _belief(row, 0, slot, hidden, planes, x, at, told)
            for fact in range(FACTS):
                copies = count(possible & worth[1 + fact], planes)
                x[at + told + fact] = np.float32(copies) * share
            n = known(row, 0, slot, marks, n, first + slot * KNOWN)
    begins[largest.hand_size] = n
    return n


@kernel
def _other_cards(
    row: Row,
    largest: Largest,
    unseen: NDArray[np.int32],
    worth: NDArray[np.uint32],
    x: NDArray[np.float32],
    marks: NDArray[np.int32],
    n: Int,
    first: Int,
    begins: NDArray[np.int64],
) -> Int:
    planes, told, hand_size = planes_of(unseen), largest.colours * MAX_RANKS, largest.hand_size
    numbers = hand_size * (told + FACTS)  # of one's own cards, which come first
    for seat in range(1, largest.players):
        for slot in range(hand_size):
            place = (seat - 1) * hand_size + slot
            begins[place] = n
            code = np.int64(row.cards[seat, slot])
            if code != 0:
                at = first + place * OTHER
                _belief(row, seat, slot, unseen, planes, x, numbers + place * told, told)
                n = put(marks, n, at + code - 1)
                for fact in range(FACTS):
                    n = put_if(worth[1 + fact] >> np.uint32(code - 1), marks, n, at + KINDS + fact)
                n = known(row, seat, slot, marks, n, at + KINDS + FACTS)
    begins[(largest.players - 1) * hand_size] = n
    return n


@kernel
def _weigh(row: Row, unseen: NDArray[np.int32], worth: NDArray[np.uint32]) -> None:
    """Copies of each kind not on the table, and which kinds are worth what."""
    for kind in range(KINDS):
        unseen[kind] = 0
    playable, useless, last = np.uint32(0), np.uint32(0), np.uint32(0)
    ranks = np.int64(row.ranks)
    for colour in range(np.int64(row.colours)):
        stack, within_reach = np.int64(row.stacks[colour]), True
        for rank in range(ranks):
            kind = colour * MAX_RANKS + rank
            left = rules.copies_of(rank, ranks) - np.int64(row.discards[colour, rank])
            played = rank < stack
            unseen[kind] = left - played
            within_reach &= played | (left > 0)
            needed = within_reach & (not played)
            playable |= np.uint32(needed & (rank == stack)) << np.uint32(kind)
            last |= np.uint32(needed & (rank > stack) & (left == 1)) << np.uint32(kind)
            useless |= np.uint32(not needed) << np.uint32(kind)
    worth[PLAYABLE], worth[USELESS], worth[LAST] = playable, useless, last


@kernel
def _take_out_seen(row: Row, unseen: NDArray[np.int32], hidden: NDArray[np.int32]) -> None:
    hidden[:] = unseen
    for seat in range(1, np.int64(row.players)):
        for slot in range(np.int64(row.hand_size)):
            code = np.int64(row.cards[seat, slot])
            if code != 0:
                hidden[code - 1] -= 1


@kernel
def _belief(
    row: Row,
    seat: Int,
    slot: Int,
    counts: NDArray[np.int32],
    planes: Planes,
    x: NDArray[np.float32],
    at: Int,
    told: Int,
) -> tuple[Int, Int]:
    """How likely a card is of each kind: copies left of it over copies left of all that hints leave.

    Only of the first `told` kinds, which are all that there are. Returns the possible kinds as bits, and how
    much one copy makes likely.
    """
    possible = _POSSIBLE[row.colours_left[seat, slot] & 31, row.ranks_left[seat, slot] & 31]
    total = count(possible, planes)
    share = np.float32(1) / np.float32(total) if total > 0 else np.float32(0)
    start = np.uint64(at)  # unsigned, so that numba does not ask whether it counts from the end
    for kind in range(told):
        left = counts[kind] * np.int32((possible >> np.uint32(kind)) & np.uint32(1))
        x[start + np.uint64(kind)] = np.float32(left) * share
    return possible, share
