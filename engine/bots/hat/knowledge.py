"""What the seats know of cards: sets of kinds as bits, and how many copies of each are still unseen.

A set of kinds is a uint64 whose bit k stands for kind k (5 · colour + rank). G games, P seats.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.kernels import Int, kernel
from engine.rules import Game
from engine.variants import KINDS, MAX_COLOURS, MAX_DECK, MAX_RANKS, copies

VIEW = np.dtype([("possible", np.uint32, (MAX_DECK,))])
"""What one seat holds to be known to all: for each place in the deck, the kinds the card there may be, as far
as conventions tell. What hints say outright is kept by the rules (colours_left, ranks_left), and which kinds
are used up follows from the table, so neither stands here."""

View: TypeAlias = Any
"""One VIEW, inside a kernel."""

ALL_KINDS = np.uint64((1 << KINDS) - 1)
_ONE, _U31 = np.uint64(1), np.uint64(31)
_EACH_COLOUR = np.uint64(sum(1 << MAX_RANKS * colour for colour in range(MAX_COLOURS)))
_OF_COLOURS = np.array(
    [
        sum(31 << MAX_RANKS * colour for colour in range(MAX_COLOURS) if colours >> colour & 1)
        for colours in range(1 << MAX_COLOURS)
    ],
    dtype=np.uint64,
)
"""uint64[32]: the kinds of each set of colours."""

_PAIRS, _FOURS, _EIGHTS = map(np.uint64, (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F))
_BYTES = np.uint64(0x0101010101010101)
_U2, _U3, _U4, _U5, _U10, _U20, _U56 = map(np.uint64, (2, 3, 4, 5, 10, 20, 56))
_copies = kernel(copies)


class Board(NamedTuple):
    """What a position makes of each kind, all sets of kinds. Copies are counted in three layers."""

    playable: Int
    """It goes on its stack now."""
    dead: Int
    """It will never score: below its stack, or above a rank of which all copies are discarded."""
    single: Int
    """Only one copy is not discarded."""
    left: Int
    """Some copy is not in sight."""
    one: Int
    """At least one copy is neither in sight nor known by its hints,"""
    two: Int
    """at least two,"""
    three: Int
    """three."""


@kernel
def bit(kind: Int) -> Int:
    """The set of one kind."""
    return _ONE << np.uint64(kind)


@kernel
def size(kinds: Int) -> Int:
    """int64: how many kinds a set has (Warren, "Hacker's Delight", section 5-1)."""
    kinds -= (kinds >> _ONE) & _PAIRS
    kinds = (kinds & _FOURS) + ((kinds >> _U2) & _FOURS)
    kinds = (kinds + (kinds >> _U4)) & _EIGHTS
    return np.int64((kinds * _BYTES) >> _U56)


@kernel
def colours_of(kinds: Int) -> Int:
    """The colours that occur in a set, colour c as bit 5 · c."""
    kinds |= (kinds >> _ONE) | (kinds >> _U2) | (kinds >> _U3) | (kinds >> _U4)
    return kinds & _EACH_COLOUR


@kernel
def ranks_of(kinds: Int) -> Int:
    """The ranks that occur in a set, rank r as bit r."""
    kinds |= (kinds >> _U5) | (kinds >> _U10)
    kinds |= (kinds >> _U10) | (kinds >> _U20)
    return kinds & _U31


@kernel
def kinds_named(colour_hint: bool, value: Int) -> Int:
    """The kinds of a colour, or of a rank."""
    if colour_hint:
        return _OF_COLOURS[1 << value]
    return _EACH_COLOUR << np.uint64(value)


@kernel
def table_board(game: Game) -> Board:
    """Board: the position as everyone sees it; out of sight is what is not on stacks or discarded."""
    zero = np.uint64(0)
    playable, dead, single, one, two, three = zero, zero, zero, zero, zero, zero
    ranks = int(game.ranks)
    for colour in range(np.int64(game.colours)):
        stack, reachable = np.int64(game.stacks[colour]), True
        for rank in range(ranks):
            kind = colour * MAX_RANKS + rank
            left = _copies(rank, ranks) - np.int64(game.discards[kind])
            if left == 1:
                single |= bit(kind)
            if rank < stack:
                dead |= bit(kind)
                left -= 1
            else:
                reachable = reachable and bool(left > 0)
                if not reachable:
                    dead |= bit(kind)
                elif rank == stack:
                    playable |= bit(kind)
            if left >= 1:
                one |= bit(kind)
            if left >= 2:
                two |= bit(kind)
            if left >= 3:
                three |= bit(kind)
    return Board(playable, dead, single, one, one, two, three)


@kernel
def without(board: Board, card: Int) -> Board:
    """Board: with one card (the set of its kind) less out of sight."""
    three = board.three & ~card
    two = board.two & ~(card & ~board.three)
    one = board.one & ~(card & ~board.two)
    return Board(board.playable, board.dead, board.single, board.left, one, two, three)


@kernel
def without_known(game: Game, view: View, board: Board, less: Board, seat: Int) -> Board:
    """Board: `less`, without the cards of a hand of which `board` leaves but one kind."""
    first = seat * np.int64(game.hand_size)
    for i in range(first, first + np.int64(game.held[seat])):
        kinds = possible(game, view, board, np.int64(game.hands[i]))
        if size(kinds) == 1:
            less = without(less, kinds)
    return less


@kernel
def public_board(game: Game, view: View) -> Board:
    """Board: as everyone sees it."""
    board = table_board(game)
    less = board
    for seat in range(np.int64(game.players)):
        less = without_known(game, view, board, less, seat)
    return less


@kernel
def private_board(game: Game, view: View, seat: Int) -> Board:
    """Board: as one seat sees it, who also sees the others' cards."""
    board = table_board(game)
    hand_size = np.int64(game.hand_size)
    for other in range(np.int64(game.players)):
        if other != seat:
            for i in range(other * hand_size, other * hand_size + np.int64(game.held[other])):
                board = without(board, bit(game.deck[game.hands[i]]))
    one = board.one
    board = Board(board.playable, board.dead, board.single, one, one, board.two, board.three)
    return without_known(game, view, board, board, seat)


@kernel
def weight(board: Board, kinds: Int) -> Int:
    """int64: how many cards of a set of kinds are out of sight."""
    return size(kinds & board.one) + size(kinds & board.two) + size(kinds & board.three)


@kernel
def share(board: Board, kinds: Int, wanted: Int) -> float:
    """float64: how likely a card of one of some kinds is of one of the wanted kinds."""
    total = weight(board, kinds)
    if total == 0:
        return size(kinds & wanted) / size(kinds)
    return weight(board, kinds & wanted) / total


@kernel
def possible(game: Game, view: View, board: Board, place: Int) -> Int:
    """The kinds that the card at a place in the deck may be; never empty.

    Where conventions leave none, somebody did not keep to them: then only hints and counts are believed.
    """
    colours = _OF_COLOURS[game.colours_left[place] & 31]
    ranks = _EACH_COLOUR * (np.uint64(game.ranks_left[place]) & _U31)
    plain = colours & ranks & board.left
    kinds = plain & np.uint64(view.possible[place])
    if kinds == 0:
        kinds = plain
    fewer = kinds & board.one
    return kinds if fewer == 0 else fewer


@kernel
def narrow(game: Game, view: View, board: Board, place: Int, allowed: Int) -> None:
    """Note that a card is of one of some kinds, unless that cannot be."""
    kinds = possible(game, view, board, place) & allowed
    if kinds != 0:
        view.possible[place] = kinds


@kernel
def copy_view(source: View, target: View) -> None:
    """Make one view the same as another."""
    for place in range(MAX_DECK):
        target.possible[place] = source.possible[place]


@kernel
def all_agree(views: NDArray[Any], g: Int, players: Int) -> bool:
    """Whether all seats of game g hold the same to be known."""
    for seat in range(1, players):
        for place in range(MAX_DECK):
            if views[g, seat].possible[place] != views[g, 0].possible[place]:
                return False
    return True
