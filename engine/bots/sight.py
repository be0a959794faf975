"""What a player sees from a seat: the others' cards, counted against what its own cards may be."""

from typing import Any, TypeAlias

import numpy as np

from engine.bots.board import Board, is_single, only_kind, place_of
from engine.kernels import Int, kernel
from engine.rules import Game
from engine.variants import KINDS, MAX_DECK

SIGHT = np.dtype(
    [
        ("unseen", np.int64, (KINDS,)),  # copies of each kind that are in the deck or in the own hand
        ("own", np.int64, (MAX_DECK // 2,)),  # the set of kinds that the card in each own slot may be
        ("sure", np.int64, (KINDS,)),  # scratch: own cards known to be of each kind
    ],
    align=True,
)
"""What one seat of one game knows, as it moves."""

Sight: TypeAlias = Any
"""One SIGHT record, inside a kernel."""


@kernel
def look_around(sight: Sight, game: Game, board: Board, seat: Int) -> None:
    """Fill `unseen`: of all copies that do not lie open, those that no other player holds."""
    for kind in range(KINDS):
        sight.unseen[kind] = board.left[kind]
    for other in range(np.int64(game.players)):
        if other != seat:
            for slot in range(np.int64(game.held[other])):
                sight.unseen[game.deck[place_of(game, other, slot)]] -= 1


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
                sight.sure[only_kind(sight.own[slot])] += 1
        for slot in range(held):
            if not is_single(sight.own[slot]):
                narrowed = _still_unseen(sight, sight.own[slot])
                if narrowed != 0 and narrowed != sight.own[slot]:
                    sight.own[slot] = narrowed
                    changed = True


@kernel
def _still_unseen(sight: Sight, kinds: Int) -> Int:
    """Of a set of kinds, those with an unseen copy that is not surely another own card."""
    left = 0
    for kind in range(KINDS):
        if (kinds >> kind) & 1 and sight.unseen[kind] > sight.sure[kind]:
            left |= 1 << kind
    return left


@kernel
def share(sight: Sight, kinds: Int, among: Int) -> float:
    """The chance that a card is of one of `kinds`, if it is one of `among`: by unseen copies."""
    good, copies = 0, 0
    for kind in range(KINDS):
        if (among >> kind) & 1 and sight.unseen[kind] > 0:
            copies += sight.unseen[kind]
            if (kinds >> kind) & 1:
                good += sight.unseen[kind]
    return good / copies if copies > 0 else 0.0
