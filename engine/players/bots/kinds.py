"""Sets of kinds of cards, and of slots of a hand, as rule-based players reason about them.

A set is a uint64 with bit k set for kind k = 5 · colour + rank, or for slot k. Kernels compute with uint64
throughout (numba turns a uint64 with an int64 into a float); records keep sets of kinds as uint32.
"""

import numpy as np

from engine.game.chance import count_bits
from engine.game.kernels import Int, kernel
from engine.game.moves import Kind
from engine.game.rules import Game
from engine.game.variants import KINDS, MAX_COLOURS, MAX_DECK, MAX_RANKS

ALL_KINDS = np.uint64((1 << KINDS) - 1)

POSSIBLE = ("possible", np.uint32, (MAX_DECK,))
"""A field of notes: the set of kinds that each card may be, by its place in the deck."""

_RANK = int(Kind.RANK)
_ONE = np.uint64(1)
_ONE_COLOUR = np.uint64((1 << MAX_RANKS) - 1)
_ONE_RANK = np.uint64(sum(1 << colour * MAX_RANKS for colour in range(MAX_COLOURS)))
_COLOUR_BITS = (1 << MAX_COLOURS) - 1
_OF_COLOURS = np.array(
    [
        sum(int(_ONE_COLOUR) << colour * MAX_RANKS for colour in range(MAX_COLOURS) if colours >> colour & 1)
        for colours in range(1 << MAX_COLOURS)
    ],
    dtype=np.uint64,
)
"""uint64[32]: the kinds of each set of colours."""

size = count_bits
"""int64: how many members a set has."""


@kernel
def bit(member: Int) -> Int:
    """The set of one kind, or of one slot."""
    return _ONE << np.uint64(member)


@kernel
def has(members: Int, member: Int) -> bool:
    """Whether a set holds a kind, or a slot."""
    return (members >> np.uint64(member)) & _ONE != 0


@kernel
def is_single(members: Int) -> bool:
    """Whether a set holds exactly one member."""
    return members != 0 and members & (members - _ONE) == 0


@kernel
def lowest(members: Int) -> Int:
    """int64: the lowest member of a set that is not empty."""
    return size((members & (~members + _ONE)) - _ONE)


@kernel
def without_lowest(members: Int) -> Int:
    """A set that is not empty, without its lowest member."""
    return members & (members - _ONE)


@kernel
def colours_of(kinds: Int) -> Int:
    """The colours that occur in a set of kinds, colour c as bit 5 · c."""
    colours = kinds
    for rank in range(1, MAX_RANKS):
        colours |= kinds >> np.uint64(rank)
    return colours & _ONE_RANK


@kernel
def ranks_of(kinds: Int) -> Int:
    """The ranks that occur in a set of kinds, rank r as bit r."""
    ranks = kinds
    for colour in range(1, MAX_COLOURS):
        ranks |= kinds >> np.uint64(colour * MAX_RANKS)
    return ranks & _ONE_COLOUR


@kernel
def named_kinds(hint_kind: Int, value: Int) -> Int:
    """The set of kinds that a hint of a colour or rank names."""
    if hint_kind == _RANK:
        return _ONE_RANK << np.uint64(value)
    return _ONE_COLOUR << np.uint64(value * MAX_RANKS)


@kernel
def told_kinds(game: Game, place: Int) -> Int:
    """The set of kinds that the hints given so far leave to the card of a place in the deck."""
    ranks = _ONE_RANK * (np.uint64(game.ranks_left[place]) & _ONE_COLOUR)
    return _OF_COLOURS[game.colours_left[place] & _COLOUR_BITS] & ranks


@kernel
def place_of(game: Game, seat: Int, slot: Int) -> Int:
    """The place in the deck of the card in a slot of a hand."""
    return np.int64(game.hands[seat * np.int64(game.hand_size) + slot])


@kernel
def touched_slots(game: Game, seat: Int, hint_kind: Int, value: Int) -> Int:
    """The set of slots of a hand that a hint of a colour or rank names."""
    named, touched = named_kinds(hint_kind, value), np.uint64(0)
    for slot in range(np.int64(game.held[seat])):
        if has(named, game.deck[place_of(game, seat, slot)]):
            touched |= bit(slot)
    return touched


@kernel
def copy_possible(source: Game, target: Game) -> None:
    """Copy the field `possible` from one record of notes into another."""
    for place in range(MAX_DECK):
        target.possible[place] = source.possible[place]
