"""What everyone at the table knows of everyone's cards, by hints, card counting and the convention.

The notes are public. They are made only of what all players see (who hinted what, which slots it touched,
which cards were played or discarded), so one set of notes serves every seat, and no seat learns from it
what it may not know. What a seat sees besides, the others' hands, enters only when it chooses a move.
"""

from typing import Any, TypeAlias

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import HINTED, Game
from engine.game.variants import KINDS, MAX_DECK
from engine.players.bots.board import Board
from engine.players.bots.convention.losses import chop_loss
from engine.players.bots.convention.weights import Weights
from engine.players.bots.kinds import POSSIBLE, bit, copy_possible, is_single, lowest, place_of, told_kinds

CALLED = 1
"""Flag of a card: a hint called for it to be played."""
SPARED = 2
"""Flag of a card: nobody warned of its discard when somebody could, so it is hardly critical."""

NOTES = np.dtype(
    [
        POSSIBLE,  # uint32[50]: the set of kinds each card may be, by its place in the deck
        ("flags", np.uint8, (MAX_DECK,)),  # CALLED | SPARED
        ("sure", np.int64, (KINDS,)),  # scratch of settle: cards in hands known to be of each kind
    ],
    align=True,
)
"""The public notes on one game."""

Notes: TypeAlias = Any
"""One NOTES record, inside a kernel."""


@kernel
def copy_notes(source: Notes, target: Notes) -> None:
    """Copy one NOTES record into another."""
    copy_possible(source, target)
    for place in range(MAX_DECK):
        target.flags[place] = source.flags[place]


@kernel
def settle(notes: Notes, game: Game, board: Board) -> None:
    """Strike out, for every card in a hand, the kinds of which all copies are accounted for."""
    for _ in range(KINDS):  # each pass may identify a card, and so begin another; a few do
        spent = _spent(notes, game, board)
        changed = False
        for seat in range(np.int64(game.players)):
            for slot in range(np.int64(game.held[seat])):
                place = place_of(game, seat, slot)
                if _strike_out(notes, game, board, place, spent):
                    changed = True
        if not changed:
            return


@kernel
def _spent(notes: Notes, game: Game, board: Board) -> Int:
    """The set of kinds whose copies all lie open, or are known to be in hands."""
    for kind in range(KINDS):
        notes.sure[kind] = 0
    for seat in range(np.int64(game.players)):
        for slot in range(np.int64(game.held[seat])):
            possible = np.uint64(notes.possible[place_of(game, seat, slot)])
            if is_single(possible):
                notes.sure[lowest(possible)] += 1
    spent = np.uint64(0)
    for kind in range(KINDS):
        if board.left[kind] <= notes.sure[kind]:
            spent |= bit(kind)
    return spent


@kernel
def _strike_out(notes: Notes, game: Game, board: Board, place: Int, spent: Int) -> bool:
    """Take the spent kinds from what one card may be. Returns whether that changed the notes."""
    possible = np.uint64(notes.possible[place])
    if is_single(possible) and possible & board.gone == 0:
        return False
    left = possible & ~spent
    if left == 0:  # the notes contradict the table: somebody broke the convention
        told = told_kinds(game, place)
        left = told & ~board.gone
        left = told if left == 0 else left
        notes.flags[place] = 0
    notes.possible[place] = left
    return left != possible


@kernel
def looks_playable(notes: Notes, place: Int, board: Board) -> bool:
    """Whether all know that a card should be played.

    A card once called for is trusted not to be of a kind played since: its caller would have spoken up.
    """
    possible = np.uint64(notes.possible[place])
    if notes.flags[place] & CALLED:
        possible &= ~board.dead
    return possible != 0 and possible & ~board.playable == 0


@kernel
def looks_dead(notes: Notes, place: Int, board: Board) -> bool:
    """Whether all know that a card can never score."""
    return np.uint64(notes.possible[place]) & ~board.dead == 0


@kernel
def playable_slots(notes: Notes, game: Game, board: Board, seat: Int) -> Int:
    """The set of slots of a hand that look playable."""
    slots = np.uint64(0)
    for slot in range(np.int64(game.held[seat])):
        if looks_playable(notes, place_of(game, seat, slot), board):
            slots |= bit(slot)
    return slots


@kernel
def chop_of(notes: Notes, game: Game, board: Board, seat: Int, weights: Weights) -> Int:
    """The slot a player is expected to discard: a dead card, else the least loss, the oldest of equals.

    −1 for an empty hand.
    """
    chop, least = -1, 1e9
    for slot in range(np.int64(game.held[seat])):
        place = place_of(game, seat, slot)
        if looks_dead(notes, place, board):
            return slot
        expected = chop_loss(np.uint64(notes.possible[place]), board, weights)
        if notes.flags[place] & SPARED:
            expected *= weights.chop_spared
        if (game.colours_left[place] | game.ranks_left[place]) & HINTED:
            expected *= weights.chop_touched
        if expected < least - 1e-9:
            chop, least = slot, expected
    return chop
