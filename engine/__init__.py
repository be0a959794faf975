"""Hanabi for machines: the game, its players, and what they learn. Knows no terminal and no network."""

from engine import chance
from engine.dealing import shuffled_decks
from engine.games import PASS, Games
from engine.variants import NO_CARD, PRESETS, Variant, preset

__all__ = ["NO_CARD", "PASS", "PRESETS", "Games", "Variant", "chance", "preset", "shuffled_decks"]
