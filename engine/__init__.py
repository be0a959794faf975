"""Hanabi for machines: the game, its players, and what they learn. Knows no terminal and no network.

Names that users of the library want are here, wherever in the rooms below they are at home.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.game import canonical, chance, observation
    from engine.game.dealing import shuffled_decks
    from engine.game.games import PASS, Games
    from engine.game.variants import NO_CARD, PRESETS, Variant, named, preset
    from engine.records import hanablive, link, text

__all__ = [
    "NO_CARD",
    "PASS",
    "PRESETS",
    "Games",
    "Variant",
    "canonical",
    "chance",
    "hanablive",
    "link",
    "named",
    "observation",
    "preset",
    "shuffled_decks",
    "text",
]

_MODULES = {
    "canonical": "game",
    "chance": "game",
    "hanablive": "records",
    "link": "records",
    "observation": "game",
    "text": "records",
}

_HOMES = {
    "NO_CARD": "variants",
    "PASS": "games",
    "PRESETS": "variants",
    "Games": "games",
    "Variant": "variants",
    "named": "variants",
    "preset": "variants",
    "shuffled_decks": "dealing",
}


def __getattr__(name: str) -> Any:
    """Load on first use: the kernels take half a second, and settings and help need none of them."""
    if name in _HOMES:
        return getattr(import_module(f"engine.game.{_HOMES[name]}"), name)
    if name in _MODULES:
        return import_module(f"engine.{_MODULES[name]}.{name}")
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
