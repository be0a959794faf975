"""Colours in order: a network is shown colours by how far their stacks are, whatever they are called.

The rules treat all colours alike, so what is learned of one should hold for every other. Of positions that
differ in the names of colours only, a network therefore sees fewer. The order hangs on what every player
sees, stacks first, then the sum of the ranks discarded: so a hint means the same to who gives it and to who
takes it. Colours that are alike in both stay in the order of their names, and at the deal all are: names may
still matter then. Of positions of a two-player game that the bot `convention` plays with itself, three in ten
look different once colours are renamed: more than nine in ten of turns 0 to 4, half of turns 10 to 14.

Letters: N rows · C colours (5) · M shared moves (50).
"""

import numpy as np
from numpy.typing import NDArray

from engine.game import observation, rules
from engine.game.kernels import Int, kernel
from engine.game.moves import SHARED, Kind
from engine.game.observation import Row, Rows
from engine.game.variants import MAX_COLOURS, MAX_PLAYERS, MAX_RANKS

Place = NDArray[np.int8]
"""int8[C]: the place of each colour in an order, from 0."""

HINTS = 2 * SHARED.hand_size
"""The shared number of the first colour hint; (MAX_PLAYERS − 1) · C of them follow."""

_END = HINTS + (MAX_PLAYERS - 1) * MAX_COLOURS
_DISCARDS = 64
"""More than all discards of a colour can weigh, each as its rank, from 1."""  # used by kernels

_COLOUR_HINT = int(Kind.COLOUR)
_COLOUR_HINTS = np.uint64((1 << _END) - (1 << HINTS))
"""Bits of these moves."""
_ANY = (1 << MAX_COLOURS) - 1
"""What is known of a card's colour before any hint."""


def put_in_order(
    rows: Rows, places: NDArray[np.int8] | None = None, names: NDArray[np.int8] | None = None
) -> NDArray[np.int8]:
    """Name the colours in rows, uint8[N, 169], by their places; the rows are changed.

    Args:
      rows: as `engine.game.observation.observe` wrote them.
      places: int8[N, C] to write into; None: a new array.
      names: int8[N, C], of each colour, the lowest first, what decides between those that are alike, all of
        them different; None: their own order (see `engine.game.other_play`).

    Returns:
      int8[N, C]: the place of each colour.
    """
    if places is None:
        places = np.empty((len(rows), MAX_COLOURS), dtype=np.int8)
    _put_in_order(rows.view(observation.ROW)[:, 0], places, own_names(len(rows)) if names is None else names)
    return places


def own_names(rows: int) -> NDArray[np.int8]:
    """int8[N, C]: colours in the order of their own names."""
    return np.tile(np.arange(MAX_COLOURS, dtype=np.int8), (rows, 1))


def by_own_names(values: NDArray[np.float32], places: NDArray[np.int8]) -> NDArray[np.float32]:
    """float32[N, M]: values of moves, by the numbers that they have where colours keep their names."""
    values = values.copy()
    hints = values[:, HINTS:_END].reshape(len(values), -1, MAX_COLOURS)
    values[:, HINTS:_END] = colours_by_own_names(hints, places).reshape(len(values), -1)
    return values


def colours_by_own_names(of_places: NDArray[np.float32], places: NDArray[np.int8]) -> NDArray[np.float32]:
    """float32[N, K, C] of places, as float32[N, K, C] of colours."""
    return np.take_along_axis(of_places, places[:, None, :].astype(np.int64), axis=2)


@kernel
def move_in_order(move: Int, place: Place) -> Int:
    """The shared number of a move where colours are named by their places."""
    move = np.int64(move)
    if move < HINTS or move >= _END:
        return move
    colour = (move - HINTS) % MAX_COLOURS
    return move - colour + np.int64(place[colour])


@kernel
def move_by_own_name(move: Int, place: Place) -> Int:
    """The other way round."""
    move = np.int64(move)
    if move < HINTS or move >= _END:
        return move
    wanted = (move - HINTS) % MAX_COLOURS
    found = 0
    for colour in range(MAX_COLOURS):
        if place[colour] == wanted:
            found = colour
    return move - wanted + found


@kernel
def code_in_order(code: Int, place: Place) -> Int:
    """The code of a card (1 + 5 · colour + rank; others stay) where colours are named by their places."""
    kind = np.int64(code) - 1
    if kind < 0 or kind >= MAX_COLOURS * MAX_RANKS:
        return np.int64(code)
    return 1 + np.int64(place[kind // MAX_RANKS]) * MAX_RANKS + kind % MAX_RANKS


@kernel
def _put_in_order(rows: NDArray[np.void], places: NDArray[np.int8], names: NDArray[np.int8]) -> None:
    progress = np.empty(MAX_COLOURS, dtype=np.int64)
    stacks = np.empty(MAX_COLOURS, dtype=np.uint8)
    discards = np.empty((MAX_COLOURS, MAX_RANKS), dtype=np.uint8)
    for n in range(len(rows)):
        row, place = rows[n], places[n]
        if _find_places(row, progress, names[n], place):
            continue
        for colour in range(MAX_COLOURS):
            to = place[colour]
            stacks[to] = row.stacks[colour]
            for rank in range(MAX_RANKS):
                discards[to, rank] = row.discards[colour, rank]
        for colour in range(MAX_COLOURS):
            row.stacks[colour] = stacks[colour]
            for rank in range(MAX_RANKS):
                row.discards[colour, rank] = discards[colour, rank]
        _rename_cards(row, place)
        _rename_last_moves(row, place)
        _rename_hints(row, place)


@kernel
def _find_places(row: Row, progress: NDArray[np.int64], names: Place, place: Place) -> bool:
    """Write how far each colour is, and its place; whether all are in order already."""
    for colour in range(MAX_COLOURS):
        gone: Int = 0
        for rank in range(MAX_RANKS):
            gone += (rank + 1) * np.int64(row.discards[colour, rank])
        progress[colour] = np.int64(row.stacks[colour]) * _DISCARDS + gone
    in_order = True
    for colour in range(MAX_COLOURS):
        ahead = 0
        for other in range(MAX_COLOURS):
            lead = progress[other] - progress[colour]
            ahead += (lead > 0) | ((lead == 0) & (names[other] < names[colour]))
        place[colour] = ahead
        in_order &= ahead == colour
    return in_order


@kernel
def _rename_cards(row: Row, place: Place) -> None:
    for seat in range(np.int64(row.players)):
        for slot in range(np.int64(row.hand_size)):
            row.cards[seat, slot] = code_in_order(row.cards[seat, slot], place)
            left: Int = np.int64(row.colours_left[seat, slot])
            if left == _ANY or left == 0:
                continue
            renamed: Int = left & rules.HINTED
            for colour in range(MAX_COLOURS):
                renamed |= (left >> colour & 1) << np.int64(place[colour])
            row.colours_left[seat, slot] = renamed


@kernel
def _rename_last_moves(row: Row, place: Place) -> None:
    for back in range(rules.HISTORY):
        kind, what = np.int64(row.last[back, rules.KIND]), np.int64(row.last[back, rules.WHAT])
        if row.last[back, rules.ACTOR] == 0:
            return
        if kind < _COLOUR_HINT:
            row.last[back, rules.WHAT] = code_in_order(what, place)
        elif kind == _COLOUR_HINT:
            row.last[back, rules.WHAT] = place[what]


@kernel
def _rename_hints(row: Row, place: Place) -> None:
    """The legal moves."""
    legal = np.uint64(0)
    for byte in range(len(row.legal)):
        legal |= np.uint64(row.legal[byte]) << np.uint64(8 * byte)
    renamed = legal & ~_COLOUR_HINTS
    for seat in range(np.int64(row.players) - 1):
        first = HINTS + seat * MAX_COLOURS
        for colour in range(MAX_COLOURS):
            bit = legal >> np.uint64(first + colour) & np.uint64(1)
            renamed |= bit << np.uint64(first + place[colour])
    for byte in range(len(row.legal)):
        row.legal[byte] = renamed >> np.uint64(8 * byte) & np.uint64(255)
