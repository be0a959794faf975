"""What a player sees from a seat: the others' cards, counted against what its own cards may be."""

from typing import Any, TypeAlias

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.game.variants import KINDS, MAX_DECK
from engine.players.bots.board import Board
from engine.players.bots.kinds import bit, is_single, lowest, place_of, without_lowest

SIGHT = np.dtype(
    [
        ("left", np.int64, (KINDS,)),  # copies of each kind that are in the deck or in the own hand
        ("own", np.uint64, (MAX_DECK // 2,)),  # the set of kinds that the card in each own slot may be
        ("sure", np.int64, (KINDS,)),  # scratch: own cards known to be of each kind
    ],
    align=True,
)
"""What one seat of one game knows, as it moves."""

Sight: TypeAlias = Any
"""One SIGHT record, inside a kernel."""

Counted: TypeAlias = Any
"""A SIGHT or a BOARD record: its `left` counts the copies that one seat, or that nobody sees."""


@kernel
def look_around(sight: Sight, game: Game, board: Board, seat: Int) -> None:
    """Fill `left`: of all copies that do not lie open, those that no other player holds."""
    for kind in range(KINDS):
        sight.left[kind] = board.left[kind]
    for other in range(np.int64(game.players)):
        if other != seat:
            for slot in range(np.int64(game.held[other])):
                sight.left[game.deck[place_of(game, other, slot)]] -= 1


@kernel
def count_own(sight: Sight, held: Int) -> None:
    """Narrow `own`, for `held` cards, by the copies left; a set that would become empty stays as it is."""
    changed = True
    while changed:
        changed = False
        for kind in range(KINDS):
            sight.sure[kind] = 0
        for slot in range(held):
            if is_single(sight.own[slot]):
                sight.sure[lowest(sight.own[slot])] += 1
        for slot in range(held):
            if not is_single(sight.own[slot]):
                narrowed = _still_unseen(sight, sight.own[slot])
                if narrowed != 0 and narrowed != sight.own[slot]:
                    sight.own[slot] = narrowed
                    changed = True


@kernel
def _still_unseen(sight: Sight, kinds: Int) -> Int:
    """Of a set of kinds, those with an unseen copy that is not surely another own card."""
    still = np.uint64(0)
    while kinds != 0:
        kind = lowest(kinds)
        kinds = without_lowest(kinds)
        if sight.left[kind] > sight.sure[kind]:
            still |= bit(kind)
    return still


@kernel
def copies_left(cards: Counted, kinds: Int) -> Int:
    """int64: how many copies of some kinds are left."""
    copies = np.int64(0)
    while kinds != 0:
        copies += max(cards.left[lowest(kinds)], np.int64(0))
        kinds = without_lowest(kinds)
    return copies


@kernel
def share(cards: Counted, kinds: Int, wanted: Int) -> float:
    """How likely a card of one of `kinds` is of one of `wanted`, by the copies left; 0 if there are none."""
    copies = copies_left(cards, kinds)
    return copies_left(cards, kinds & wanted) / copies if copies > 0 else 0.0
