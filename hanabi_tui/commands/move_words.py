"""Moves as parts of a sentence: "after a red hint the next player plays the newest card"."""

from engine.game.moves import COLOUR_NAMES, Kind, Move
from engine.game.variants import Variant

_RANKS = ("ones", "twos", "threes", "fours", "fives")
_SEATS = ("", "the next player", "the second player after", "the third player after")


def cause(move: Move, variant: Variant) -> str:
    """A move that was made: "a red hint", "a discard of the oldest card"."""
    match move.kind:
        case Kind.DISCARD:
            return f"a discard of {_card(move.slot, variant)}"
        case Kind.PLAY:
            return f"a play of {_card(move.slot, variant)}"
        case Kind.COLOUR:
            return f"a {COLOUR_NAMES[move.value]} hint{_to(move.offset, variant)}"
        case Kind.RANK:
            return f"a hint at {_RANKS[move.value]}{_to(move.offset, variant)}"


def answer(move: Move, variant: Variant) -> str:
    """What someone does: "plays the newest card", "hints at red"."""
    match move.kind:
        case Kind.DISCARD:
            return f"discards {_card(move.slot, variant)}"
        case Kind.PLAY:
            return f"plays {_card(move.slot, variant)}"
        case Kind.COLOUR:
            return f"hints at {COLOUR_NAMES[move.value]}{_back(move.offset, variant)}"
        case Kind.RANK:
            return f"hints at {_RANKS[move.value]}{_back(move.offset, variant)}"


def _card(slot: int, variant: Variant) -> str:
    if slot == 0:
        return "the oldest card"
    return "the newest card" if slot == variant.hand_size - 1 else f"card {slot + 1}"


def _to(offset: int, variant: Variant) -> str:
    """Whom a hint was given to, seen from whoever gave it; with two players it goes without saying."""
    if variant.players == 2:
        return ""
    if offset == variant.players - 1:
        return " to the player before"
    return f" to {_SEATS[offset]}"


def _back(offset: int, variant: Variant) -> str:
    """The same, seen from the next player, whose seats are counted anew."""
    if variant.players == 2:
        return ""
    if offset == variant.players - 1:
        return " to whoever moved before"
    return f" to {('', 'the one after', 'the second one after', 'the third one after')[offset]}"
