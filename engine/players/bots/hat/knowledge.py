"""What the seats know of cards: which kinds each may be, and how many copies of a kind are still unseen."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.game.variants import KINDS, MAX_DECK
from engine.players.bots.board import Board
from engine.players.bots.kinds import POSSIBLE, bit, is_single, size, told_kinds

VIEW = np.dtype([POSSIBLE])
"""What one seat holds to be known to all: for each place in the deck, the kinds the card there may be, as far
as conventions tell. What hints say outright is kept by the rules (colours_left, ranks_left), and which kinds
are used up follows from the table, so neither stands here."""

View: TypeAlias = Any
"""One VIEW, inside a kernel."""


class Layers(NamedTuple):
    """What a position makes of each kind, all sets of kinds. Copies are counted in three layers."""

    playable: Int
    """It goes on its stack now."""
    dead: Int
    """It will never score: below its stack, or above a rank of which all copies are discarded."""
    critical: Int
    """It is not dead, and only one copy is not discarded."""
    left: Int
    """Some copy is not in sight."""
    one: Int
    """At least one copy is neither in sight nor known by its hints,"""
    two: Int
    """at least two,"""
    three: Int
    """three."""


@kernel
def table_layers(cards: Board) -> Layers:
    """Layers: the position by its open cards; out of sight is what is not on stacks or discarded."""
    one, two, three = np.uint64(0), np.uint64(0), np.uint64(0)
    for kind in range(KINDS):
        if cards.left[kind] >= 1:
            one |= bit(kind)
        if cards.left[kind] >= 2:
            two |= bit(kind)
        if cards.left[kind] >= 3:
            three |= bit(kind)
    return Layers(cards.playable, cards.dead, cards.critical, one, one, two, three)


@kernel
def without(board: Layers, card: Int) -> Layers:
    """Layers: with one card (the set of its kind) less out of sight."""
    three = board.three & ~card
    two = board.two & ~(card & ~board.three)
    one = board.one & ~(card & ~board.two)
    return Layers(board.playable, board.dead, board.critical, board.left, one, two, three)


@kernel
def without_known(game: Game, view: View, board: Layers, less: Layers, seat: Int) -> Layers:
    """Layers: `less`, without the cards of a hand of which `board` leaves but one kind."""
    first = seat * np.int64(game.hand_size)
    for i in range(first, first + np.int64(game.held[seat])):
        kinds = possible(game, view, board, np.int64(game.hands[i]))
        if is_single(kinds):
            less = without(less, kinds)
    return less


@kernel
def public_layers(game: Game, view: View, table: Layers) -> Layers:
    """Layers: `table`, the position by its open cards, as everyone sees it who also reads the notes."""
    less = table
    for seat in range(np.int64(game.players)):
        less = without_known(game, view, table, less, seat)
    return less


@kernel
def private_layers(game: Game, view: View, table: Layers, seat: Int) -> Layers:
    """Layers: `table`, the position by its open cards, as one seat sees it, with the others' cards."""
    board = table
    hand_size = np.int64(game.hand_size)
    for other in range(np.int64(game.players)):
        if other != seat:
            for i in range(other * hand_size, other * hand_size + np.int64(game.held[other])):
                board = without(board, bit(game.deck[game.hands[i]]))
    one = board.one
    board = Layers(board.playable, board.dead, board.critical, one, one, board.two, board.three)
    return without_known(game, view, board, board, seat)


@kernel
def weight(board: Layers, kinds: Int) -> Int:
    """int64: how many cards of a set of kinds are out of sight."""
    return size(kinds & board.one) + size(kinds & board.two) + size(kinds & board.three)


@kernel
def share(board: Layers, kinds: Int, wanted: Int) -> float:
    """float64: how likely a card of one of some kinds is of one of the wanted kinds."""
    total = weight(board, kinds)
    if total == 0:
        return size(kinds & wanted) / size(kinds)
    return weight(board, kinds & wanted) / total


@kernel
def possible(game: Game, view: View, board: Layers, place: Int) -> Int:
    """The kinds that the card at a place in the deck may be; never empty.

    Where conventions leave none, somebody did not keep to them: then only hints and counts are believed.
    """
    plain = told_kinds(game, place) & board.left
    kinds = plain & np.uint64(view.possible[place])
    if kinds == 0:
        kinds = plain
    fewer = kinds & board.one
    return kinds if fewer == 0 else fewer


@kernel
def narrow(game: Game, view: View, board: Layers, place: Int, allowed: Int) -> None:
    """Note that a card is of one of some kinds, unless that cannot be."""
    kinds = possible(game, view, board, place) & allowed
    if kinds != 0:
        view.possible[place] = kinds


@kernel
def all_agree(views: NDArray[Any], g: Int, players: Int) -> bool:
    """Whether all seats of game g hold the same to be known."""
    for seat in range(1, players):
        for place in range(MAX_DECK):
            if views[g, seat].possible[place] != views[g, 0].possible[place]:
                return False
    return True
