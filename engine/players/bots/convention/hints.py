"""The convention: what a hint means beyond what it says, and what it means that none was given.

It grew from that of Arthur O'Dwyer's SmartBot (https://github.com/Quuxplusone/Hanabi):

  * A rank hint that touches its receiver's chop, the card it would discard next, warns, if that card may
    be the last of its kind: it is.
  * Another hint that makes a card certainly playable says just that.
  * Any other hint calls for a play: the newest touched card that may be playable is.
  * A player who has nothing to play and is not warned, while there was a token to warn with, may take its
    chop for a card that is hardly critical.

Hints name kinds for sure, so a receiver takes a hint by its word first and by convention second. Where the
two leave nothing, somebody plays by another convention, and the word stands.
"""

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.moves import Kind
from engine.game.rules import Game, read_hint
from engine.players.bots.board import Board
from engine.players.bots.convention.notes import CALLED, SPARED, Notes, chop_of, playable_slots, settle
from engine.players.bots.convention.weights import Weights
from engine.players.bots.kinds import has, named_kinds, place_of, told_kinds, touched_slots

_RANK = int(Kind.RANK)


@kernel
def hear(notes: Notes, game: Game, board: Board, hint: Int, weights: Weights) -> None:
    """Note a hint: what it says, and what it means.

    Args:
      notes: of the game, settled.
      game: as it is before the hint.
      board: the same.
      hint: the move id.
      weights: those of the convention.
    """
    hint_kind, seat, value = read_hint(game, hint)
    touched = touched_slots(game, seat, hint_kind, value)
    chop = chop_of(notes, game, board, seat, weights)
    known = playable_slots(notes, game, board, seat)
    _take_by_word(notes, game, seat, named_kinds(hint_kind, value), touched)
    settle(notes, game, board)
    if hint_kind == _RANK and chop >= 0 and has(touched, chop):
        warned = place_of(game, seat, chop)
        critical = np.uint64(notes.possible[warned]) & board.critical
        if critical != 0:
            notes.possible[warned] = critical
            settle(notes, game, board)
            return
    if playable_slots(notes, game, board, seat) & ~known == 0:
        _call(notes, game, board, seat, touched & ~known)
        settle(notes, game, board)


@kernel
def _take_by_word(notes: Notes, game: Game, seat: Int, named: Int, touched: Int) -> None:
    """Note what a hint says: the touched cards are of the named kinds, the others are not."""
    for slot in range(np.int64(game.held[seat])):
        place = place_of(game, seat, slot)
        says = named if has(touched, slot) else ~named
        possible = np.uint64(notes.possible[place]) & says
        if possible == 0:
            notes.flags[place] = 0
            possible = told_kinds(game, place) & says
        notes.possible[place] = possible


@kernel
def _call(notes: Notes, game: Game, board: Board, seat: Int, slots: Int) -> None:
    """Note that the newest card in these slots that may be playable is."""
    for slot in range(np.int64(game.held[seat]) - 1, -1, -1):
        place = place_of(game, seat, slot)
        playable = np.uint64(notes.possible[place]) & board.playable
        if has(slots, slot) and playable != 0:
            notes.possible[place] = playable
            notes.flags[place] |= CALLED
            return


@kernel
def miss_warning(notes: Notes, game: Game, board: Board, weights: Weights) -> None:
    """Note that the mover left the next player's chop as it is, though it could have warned.

    A hint among such moves must have been heard before.
    """
    seat = (np.int64(game.to_move) + 1) % np.int64(game.players)
    if game.info > 0 and playable_slots(notes, game, board, seat) == 0:
        chop = chop_of(notes, game, board, seat, weights)
        if chop >= 0:
            notes.flags[place_of(game, seat, chop)] |= SPARED
