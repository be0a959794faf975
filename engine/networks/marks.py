"""The marks of a row that are set: kernels that write their numbers, one group after the other.

Each kernel is given where its group starts (`engine.networks.layout.Layout`), writes from place n of
`marks` on, and returns the place after its last one; there must be room for one more.
"""

import numpy as np
from numpy.typing import NDArray

from engine.game import observation, rules
from engine.game.kernels import Int, kernel
from engine.game.moves import Kind
from engine.game.observation import Row
from engine.game.variants import KINDS, MAX_COLOURS, MAX_PLAYERS, MAX_RANKS

SLOTS = observation.SLOTS
AGES = (1, 2, 3, 4, 5, 7, 11, 19)
"""The first of each group of ages of a hint, in moves."""
_AGE_GROUP = np.searchsorted(AGES, np.arange(256), side="right").astype(np.uint8)
"""uint8[256]: the group, from 1, of each age of a hint; 0 for never."""

COPIES = 3  # the most a kind has
FACTS = 3  # playable, useless, last
KNOWN = MAX_COLOURS + MAX_RANKS + len(AGES)  # what hints named, and how long ago
OTHER = KINDS + FACTS + KNOWN
TOKENS, LIVES, DECK = 16, 8, 51  # how many numbers of each are told apart
MOVE = 4 + SLOTS + KINDS + MAX_COLOURS + MAX_RANKS + SLOTS + 2  # and, twice, a seat

_HINT = int(Kind.COLOUR)
_RANK_HINT = int(Kind.RANK)


@kernel
def known(row: Row, seat: Int, slot: Int, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    """What hints named of a card, and the age of the last one."""
    age = np.int64(_AGE_GROUP[row.hint_age[seat, slot]])
    if age == 0:
        return n
    of_colour, of_rank = np.int64(row.colours_left[seat, slot]), np.int64(row.ranks_left[seat, slot])
    n = put_bits(of_colour if of_colour & rules.HINTED else 0, MAX_COLOURS, marks, n, at)
    n = put_bits(of_rank if of_rank & rules.HINTED else 0, MAX_RANKS, marks, n, at + MAX_COLOURS)
    return put(marks, n, at + MAX_COLOURS + MAX_RANKS + age - 1)


@kernel
def put(marks: NDArray[np.int32], n: Int, mark: Int) -> Int:
    """Set a mark."""
    marks[np.uint64(n)] = mark
    return n + 1


@kernel
def put_if(bit: Int, marks: NDArray[np.int32], n: Int, mark: Int) -> Int:
    """Set a mark if the lowest bit is set; no branch, since the processor would often guess it wrong."""
    marks[np.uint64(n)] = mark
    return n + np.int64(bit & np.uint32(1))


@kernel
def put_bits(bits: Int, count: Int, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    """Set the marks from `at` on as the lowest bits are."""
    for bit in range(count):
        n = put_if(np.uint32(bits) >> np.uint32(bit), marks, n, at + bit)
    return n


@kernel
def board(row: Row, marks: NDArray[np.int32], n: Int, groups: NDArray[np.int64]) -> Int:
    """Heights of stacks, discards, tokens, lives, cards in the deck, turns left: groups 2 to 7."""
    for colour in range(np.int64(row.colours)):
        n = put(marks, n, groups[2] + colour * (MAX_RANKS + 1) + np.int64(row.stacks[colour]))
        for rank in range(np.int64(row.ranks)):
            at = groups[3] + (colour * MAX_RANKS + rank) * COPIES
            gone = np.int64(row.discards[colour, rank])
            for copy in range(COPIES):
                n = put_if(np.uint32(gone > copy), marks, n, at + copy)
    n = put(marks, n, groups[4] + min(np.int64(row.info), TOKENS - 1))
    n = put(marks, n, groups[5] + min(np.int64(row.lives), LIVES - 1))
    n = put(marks, n, groups[6] + np.int64(row.deck_left))
    if row.deck_left == 0:
        n = put(marks, n, groups[7] + np.int64(row.turns_left))
    return n


@kernel
def variant(row: Row, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    """Players, colours, ranks and cards in a hand."""
    n = put(marks, n, at + np.int64(row.players) - 1)
    n = put(marks, n, at + MAX_PLAYERS + np.int64(row.colours) - 1)
    n = put(marks, n, at + MAX_PLAYERS + MAX_COLOURS + np.int64(row.ranks) - 1)
    return put(marks, n, at + MAX_PLAYERS + MAX_COLOURS + MAX_RANKS + np.int64(row.hand_size) - 1)


@kernel
def last_moves(row: Row, players: int, marks: NDArray[np.int32], n: Int, at: Int) -> Int:
    """What the last moves were, the newest first."""
    for back in range(rules.HISTORY):
        actor = np.int64(row.last[back, rules.ACTOR])
        if actor == 0:
            return n
        kind, where = np.int64(row.last[back, rules.KIND]), np.int64(row.last[back, rules.WHERE])
        what, effect = np.int64(row.last[back, rules.WHAT]), np.int64(row.last[back, rules.EFFECT])
        n = put(marks, n, at + actor - 1)
        target, one = at + players, at + 2 * players
        n = put(marks, n, one + kind)
        slots = one + 4
        kinds = slots + SLOTS
        named = kinds + KINDS
        touched = named + MAX_COLOURS + MAX_RANKS
        if kind < _HINT:
            n = put(marks, n, slots + where)
            n = put(marks, n, kinds + what - 1)
            n = put_bits(effect, 2, marks, n, touched + SLOTS)
        else:
            n = put(marks, n, target + where)
            n = put(marks, n, named + (MAX_COLOURS + what if kind == _RANK_HINT else what))
            n = put_bits(effect, SLOTS, marks, n, touched)
        at = touched + SLOTS + 2
    return n
