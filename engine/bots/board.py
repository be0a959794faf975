"""What lies open on the table, as rule-based players reason about it: sets of kinds, and card counting.

A set of kinds is a whole number with bit k set for kind k = 5 · colour + rank. Kernels compute with int64
sets (numba turns a uint64 with an int64 into a float), records keep them as uint32.
"""

from typing import Any, TypeAlias

import numpy as np

from engine.kernels import Int, kernel
from engine.moves import Kind
from engine.rules import Game, copies_of
from engine.variants import KINDS, MAX_COLOURS, MAX_RANKS

BOARD = np.dtype(
    [
        ("stacks", np.int64, (MAX_COLOURS,)),  # cards on each colour's stack
        ("left", np.int64, (KINDS,)),  # copies neither played nor discarded
        ("gone", np.int64),  # the set of kinds without such a copy
        ("playable", np.int64),  # the set of kinds that score now
        ("useless", np.int64),  # the set of kinds that can never score any more
        ("critical", np.int64),  # the set of kinds still wanted of which one copy is left
        ("colours", np.int64),  # of the variant
        ("ranks", np.int64),
    ],
    align=True,
)
"""The open cards of one game, counted."""

Board: TypeAlias = Any
"""One BOARD record, inside a kernel."""

_RANK = int(Kind.RANK)
_ONE_RANK = sum(1 << colour * MAX_RANKS for colour in range(MAX_COLOURS))
_ONE_COLOUR = (1 << MAX_RANKS) - 1


@kernel
def survey(board: Board, game: Game) -> None:
    """Fill a BOARD record with what lies open in a GAME record."""
    board.colours = game.colours
    board.ranks = game.ranks
    for kind in range(KINDS):
        board.left[kind] = 0
    for colour in range(board.colours):
        board.stacks[colour] = game.stacks[colour]
        for rank in range(board.ranks):
            kind = colour * MAX_RANKS + rank
            board.left[kind] = copies_of(rank, board.ranks) - np.int64(game.discards[kind])
            if rank < board.stacks[colour]:
                board.left[kind] -= 1
    judge(board)


@kernel
def judge(board: Board) -> None:
    """Sort the kinds into playable, useless and critical ones, by `stacks` and `left`."""
    playable, useless, critical, gone = 0, 0, 0, 0
    for colour in range(board.colours):
        reachable = True
        for rank in range(board.ranks):
            kind = colour * MAX_RANKS + rank
            if board.left[kind] <= 0:
                gone |= 1 << kind
            if rank < board.stacks[colour]:
                useless |= 1 << kind
                continue
            if not reachable or board.left[kind] <= 0:
                reachable = False
                useless |= 1 << kind
                continue
            if rank == board.stacks[colour]:
                playable |= 1 << kind
            if board.left[kind] == 1:
                critical |= 1 << kind
    board.gone = gone
    board.playable = playable
    board.useless = useless
    board.critical = critical


@kernel
def all_kinds(game: Game) -> Int:
    """The set of kinds that a game's variant has."""
    kinds = np.int64(0)
    for colour in range(np.int64(game.colours)):
        kinds |= ((1 << np.int64(game.ranks)) - 1) << (colour * MAX_RANKS)
    return kinds


@kernel
def named_kinds(hint_kind: Int, value: Int) -> Int:
    """The set of kinds that a hint of a colour or rank names."""
    if hint_kind == _RANK:
        return _ONE_RANK << value
    return _ONE_COLOUR << (value * MAX_RANKS)


@kernel
def told_kinds(game: Game, place: Int) -> Int:
    """The set of kinds that the hints given so far leave to the card of a place in the deck."""
    kinds = np.int64(0)
    ranks = np.int64(game.ranks_left[place]) & _ONE_COLOUR
    for colour in range(MAX_COLOURS):
        if (np.int64(game.colours_left[place]) >> colour) & 1:
            kinds |= ranks << (colour * MAX_RANKS)
    return kinds


@kernel
def is_single(kinds: Int) -> bool:
    """Whether a set holds exactly one kind."""
    return kinds != 0 and (kinds & (kinds - 1)) == 0


@kernel
def only_kind(kinds: Int) -> Int:
    """The lowest kind of a set that is not empty."""
    kind = 0
    while not (kinds >> kind) & 1:
        kind += 1
    return kind


@kernel
def size(kinds: Int) -> Int:
    """How many kinds a set holds."""
    count = 0
    while kinds:
        kinds &= kinds - 1
        count += 1
    return count


@kernel
def place_of(game: Game, seat: Int, slot: Int) -> Int:
    """The place in the deck of the card in a slot of a hand."""
    return np.int64(game.hands[seat * np.int64(game.hand_size) + slot])


@kernel
def touched_slots(game: Game, seat: Int, hint_kind: Int, value: Int) -> Int:
    """The slots of a hand that a hint of a colour or rank names, as bits."""
    named, touched = named_kinds(hint_kind, value), 0
    for slot in range(np.int64(game.held[seat])):
        if (named >> np.int64(game.deck[place_of(game, seat, slot)])) & 1:
            touched |= 1 << slot
    return touched


@kernel
def put_on_stack(to: Board, board: Board, kind: Int) -> None:
    """Fill the BOARD record `to` with what `board` is once a playable kind has been played."""
    for colour in range(MAX_COLOURS):
        to.stacks[colour] = board.stacks[colour]
    for other in range(KINDS):
        to.left[other] = board.left[other]
    to.colours, to.ranks = board.colours, board.ranks
    to.stacks[kind // MAX_RANKS] += 1
    to.left[kind] -= 1
    judge(to)
