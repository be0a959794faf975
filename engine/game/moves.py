"""The moves of Hanabi and their numbers, as HLE counts them.

With H cards in hand, C colours, R ranks, and `offset` seats from the mover to the player hinted at:

    discard slot s                      s
    play slot s                         H + s
    hint colour c to offset o           2·H + (o − 1)·C + c
    hint rank r to offset o             2·H + (P − 1)·C + (o − 1)·R + r

Slot 0 is the oldest card. Mixed variants share the numbers of the largest game, 5 players with 5 cards, 5
colours and 5 ranks (50 moves): `SHARED`, which compact rows and networks use.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import VariantError
from engine.game.variants import MAX_RANKS, Variant

MAX_MOVES = 64
"""The most move ids any variant has (60), rounded up to the bits of a legal mask."""  # used by kernels

SHARED = Variant(players=5, colours=5, ranks=5, hand_size=5)
"""The variant whose move numbers stand for the moves of all."""


class Kind(IntEnum):
    """What a move does; the order is that of HLE's move numbers."""  # used by kernels

    DISCARD = 0
    PLAY = 1
    COLOUR = 2
    RANK = 3


@dataclass(frozen=True, slots=True)
class Move:
    """One move. `slot` for plays and discards; `offset` (seats from the mover) and `value` for hints."""

    kind: Kind
    slot: int = 0
    offset: int = 0
    value: int = 0

    def __str__(self) -> str:
        match self.kind:
            case Kind.DISCARD | Kind.PLAY:
                return f"{self.kind.name.lower()} slot {self.slot + 1}"
            case Kind.COLOUR:
                known = 0 <= self.value < len(COLOUR_NAMES)
                colour = COLOUR_NAMES[self.value] if known else f"colour {self.value}"
                return f"hint {colour} to player +{self.offset}"
            case Kind.RANK:
                return f"hint {self.value + 1}s to player +{self.offset}"


COLOUR_NAMES = ("red", "yellow", "green", "white", "blue")
COLOUR_LETTERS = "RYGWB"


def card_name(kind: int) -> str:
    """`R1` for the red one: HLE's letters."""
    return f"{COLOUR_LETTERS[kind // MAX_RANKS]}{kind % MAX_RANKS + 1}"


def number(move: Move, variant: Variant) -> int:
    """The move's id in a variant. Raises VariantError for a move the variant does not have."""
    values = variant.ranks if move.kind is Kind.RANK else variant.colours
    is_hint = move.kind in (Kind.COLOUR, Kind.RANK)
    there = 0 < move.offset < variant.players and 0 <= move.value < values
    if not (there if is_hint else 0 <= move.slot < variant.hand_size):
        raise VariantError(f"{variant} has no move {move}")
    h, p, c, r = variant.hand_size, variant.players, variant.colours, variant.ranks
    match move.kind:
        case Kind.DISCARD:
            return move.slot
        case Kind.PLAY:
            return h + move.slot
        case Kind.COLOUR:
            return 2 * h + (move.offset - 1) * c + move.value
        case Kind.RANK:
            return 2 * h + (p - 1) * c + (move.offset - 1) * r + move.value


class Sizes(Hashable, Protocol):
    """What decides which moves there are: of a variant, or of the largest games of several."""

    @property
    def players(self) -> int:
        """Of a game."""

    @property
    def colours(self) -> int:
        """Of cards."""

    @property
    def ranks(self) -> int:
        """Of each colour."""

    @property
    def hand_size(self) -> int:
        """Cards in a full hand."""


@cache
def table(variant: Sizes) -> tuple[Move, ...]:
    """Every move of a variant, by its id."""
    offsets = range(1, variant.players)
    return (
        *(Move(Kind.DISCARD, slot=slot) for slot in range(variant.hand_size)),
        *(Move(Kind.PLAY, slot=slot) for slot in range(variant.hand_size)),
        *(Move(Kind.COLOUR, offset=o, value=c) for o in offsets for c in range(variant.colours)),
        *(Move(Kind.RANK, offset=o, value=r) for o in offsets for r in range(variant.ranks)),
    )


@cache
def to_shared(variant: Sizes) -> NDArray[np.int64]:
    """int64[moves]: the shared number of each of the variant's moves.

    Raises VariantError for hands of more than 5 cards: shared numbers know no sixth slot.
    """
    return np.array([number(move, SHARED) for move in table(variant)], dtype=np.int64)


@cache
def from_shared(variant: Variant) -> NDArray[np.int64]:
    """int64[50]: the variant's number of each shared move, −1 where the variant has no such move.

    Raises VariantError for hands of more than 5 cards.
    """
    back = np.full(SHARED.moves, -1, dtype=np.int64)
    back[to_shared(variant)] = np.arange(variant.moves)
    return back
