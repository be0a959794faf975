"""Which game is played: numbers of players, colours, ranks, cards in hand and tokens.

The rules and presets are those of the Hanabi Learning Environment (HLE), Bard et al., "The Hanabi
Challenge", 2020, https://arxiv.org/abs/1902.00506, section 2.
"""

import re
from dataclasses import dataclass, fields
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING

from engine.errors import VariantError

if TYPE_CHECKING:  # settings are checked with variants, and consoles that only look need no numpy
    import numpy as np
    from numpy.typing import NDArray

# used by kernels
MAX_PLAYERS = 5
MAX_COLOURS = 5
MAX_RANKS = 5
MAX_DECK = 50
KINDS = MAX_COLOURS * MAX_RANKS
NO_CARD = 255
"""Stands where no card is: behind the end of a short deck, in an empty slot."""

_ALLOWED = {
    "players": (2, MAX_PLAYERS),
    "colours": (1, MAX_COLOURS),
    "ranks": (1, MAX_RANKS),
    "hand_size": (1, MAX_DECK // 2),
    "info_tokens": (0, 255),
    "life_tokens": (1, 255),
}


def card(colour: int, rank: int) -> int:
    """The kind of a card, 0..24, in every variant: 5 · colour + rank, both counted from 0."""
    return colour * MAX_RANKS + rank


def copies(rank: int, ranks: int) -> int:
    """How many cards of one rank (from 0) each colour has: 3 of the lowest, 1 of the highest, else 2."""
    if rank == 0:
        return 3
    return 1 if rank == ranks - 1 else 2


@dataclass(frozen=True, slots=False)
class Variant:
    """One way to play Hanabi. `hand_size` 0 means the usual: 5 cards for 2–3 players, else 4.

    Raises VariantError for numbers out of range, or for more cards in hands than the deck has.
    """

    players: int = 2
    colours: int = 5
    ranks: int = 5
    hand_size: int = 0
    info_tokens: int = 8
    life_tokens: int = 3

    def __post_init__(self) -> None:
        if self.hand_size == 0:
            object.__setattr__(self, "hand_size", 5 if self.players in (2, 3) else 4)
        for field in fields(self):
            value, (low, high) = getattr(self, field.name), _ALLOWED[field.name]
            whole = isinstance(value, Integral) and not isinstance(value, bool)
            if not whole or not low <= int(value) <= high:
                raise VariantError(f"{field.name} = {value!r}: allowed are whole numbers {low} to {high}")
            object.__setattr__(self, field.name, int(value))
        if self.players * self.hand_size > self.deck_size:
            raise VariantError(
                f"{self.players} players with {self.hand_size} cards each need "
                f"{self.players * self.hand_size} cards, but {self.colours} colours of {self.ranks} ranks "
                f"make {self.deck_size}: fewer players, smaller hands or more colours"
            )

    @property
    def deck_size(self) -> int:
        """Cards in the deck, at most 50."""
        return self.colours * sum(copies(rank, self.ranks) for rank in range(self.ranks))

    @property
    def max_score(self) -> int:
        """Points of a perfect game."""
        return self.colours * self.ranks

    @property
    def moves(self) -> int:
        """How many move ids there are: 2·H + (P−1)·(C+R), at most 60."""
        return 2 * self.hand_size + (self.players - 1) * (self.colours + self.ranks)

    @cached_property
    def full_deck(self) -> "NDArray[np.uint8]":
        """uint8[deck_size]: every card of the deck, sorted by kind."""
        import numpy as np

        kinds = [
            card(colour, rank)
            for colour in range(self.colours)
            for rank in range(self.ranks)
            for _ in range(copies(rank, self.ranks))
        ]
        return np.array(kinds, dtype=np.uint8)

    @property
    def name(self) -> str:
        """`full`, `small` or `very-small` where it is one of these, else its numbers: `c5r5h6i8l3`.

        `named` reads it.
        """
        for name in PRESETS:
            try:
                if preset(name, self.players) == self:
                    return name
            except VariantError:
                continue
        return f"c{self.colours}r{self.ranks}h{self.hand_size}i{self.info_tokens}l{self.life_tokens}"

    def __str__(self) -> str:
        return f"{self.name}, {self.players} players"


PRESETS: dict[str, dict[str, int]] = {
    "full": {},
    "small": {"colours": 2, "hand_size": 2, "info_tokens": 3, "life_tokens": 1},
    "very-small": {"colours": 1, "hand_size": 2, "info_tokens": 3, "life_tokens": 1},
}
"""What each of HLE's named games changes from the full one."""


def preset(name: str, players: int = 2) -> Variant:
    """One of HLE's named games (`full`, `small`, `very-small`). Raises VariantError for other names."""
    if name not in PRESETS:
        raise VariantError(f"variant {name!r}: allowed are {', '.join(PRESETS)}")
    return Variant(players=players, **PRESETS[name])


_NUMBERS = {"c": "colours", "r": "ranks", "h": "hand_size", "i": "info_tokens", "l": "life_tokens"}
_SPELLED = re.compile("".join(rf"(?:{letter}(?P<{field}>\d{{1,3}}))?" for letter, field in _NUMBERS.items()))


def named(name: str, players: int = 2) -> Variant:
    """A preset, or the game of a `Variant.name`; a number that is left out is the full game's.

    Raises VariantError for other names, and for a game that cannot be played.
    """
    if name in PRESETS:
        return preset(name, players)
    spelled = _SPELLED.fullmatch(name)
    if not name or spelled is None:
        raise VariantError(
            f"variant {name!r}: allowed are {', '.join(PRESETS)}, or numbers such as c3r5h5i8l3: colours, "
            "ranks, cards in hand, information tokens, lives; what is left out is as in the full game"
        )
    return Variant(players=players, **{field: int(n) for field, n in spelled.groupdict().items() if n})
