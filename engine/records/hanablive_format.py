"""The shape of hanab.live's JSON: its fields, its numbers, and which variants it can express.

hanab.live knows five, four and three colours of five ranks, 8 information and 3 life tokens, and hands one
card smaller or larger than usual.
"""

from dataclasses import replace

import msgspec

from engine.game.moves import Kind
from engine.game.variants import Variant

VARIANTS = {"No Variant": 5, "4 Suits": 4, "3 Suits": 3}
"""hanab.live's names of the variants that are also ours, and their numbers of colours."""

PLAY, DISCARD, COLOUR, RANK, END, END_BY_VOTE = range(6)
"""hanab.live's types of action."""

STRUCK_OUT_END = 2
"""hanab.live's number for a game that ended with its last life; for the others see recording.STOPS."""

MAKES = {PLAY: Kind.PLAY, DISCARD: Kind.DISCARD, COLOUR: Kind.COLOUR, RANK: Kind.RANK}
TYPES = {made: number for number, made in MAKES.items()}
"""Which of our moves an action makes, and back."""

UNPLAYABLE = {"all_or_nothing": "allOrNothing", "detrimental_characters": "detrimentalCharacters"}
"""Options that change the rules of every game. Others (empty clues, deck plays) only allow more moves, which
are refused where they are made."""


class Card(msgspec.Struct, rename="camel"):
    """A card of the deck: the suit's index from 0, rank from 1."""

    suit_index: int
    rank: int


class Action(msgspec.Struct, omit_defaults=True, rename="camel"):
    """What was done: its type, and at what.

    `target` is the card's place in the deck, or the seat hinted at; `value` a hint's colour from 0 or rank
    from 1.
    """

    type: int
    target: int
    value: int | None = None


class Options(msgspec.Struct, omit_defaults=True, rename="camel"):
    """hanab.live's options, as far as they change the game."""

    # a default made by a function is written, too: other programs may want the name
    variant: str = msgspec.field(default_factory=lambda: "No Variant")
    starting_player: int = 0
    one_extra_card: bool = False
    one_less_card: bool = False
    all_or_nothing: bool = False
    detrimental_characters: bool = False


class Ours(msgspec.Struct, rename="camel"):
    """The numbers of a variant that hanab.live has no name for."""

    colours: int
    ranks: int
    hand_size: int
    info_tokens: int
    life_tokens: int


class Game(msgspec.Struct, omit_defaults=True, rename="camel"):
    """One game; the fields are hanab.live's, and those of `hanabi_tui` ours."""

    players: list[str]
    deck: list[Card]
    actions: list[Action]
    options: Options = msgspec.field(default_factory=Options)
    notes: list[list[str]] = []
    id: int = 0
    seed: str = ""
    hanabi_tui: Ours | None = None
    hanabi_tui_seed: str = ""


def options_of(variant: Variant) -> Options | None:
    """The options with which hanab.live plays a variant, None if it cannot."""
    for name, colours in VARIANTS.items():
        usual = Variant(players=variant.players, colours=colours)
        for extra in (0, 1, -1):
            if variant == replace(usual, hand_size=usual.hand_size + extra):
                return Options(variant=name, one_extra_card=extra == 1, one_less_card=extra == -1)
    return None
