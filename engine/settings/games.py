"""Which games [game_ranges] names: all of them as variants, and the one that stands for them by its name."""

from collections.abc import Mapping
from dataclasses import fields
from itertools import product
from typing import Any

from engine.errors import ConfigError, VariantError
from engine.game.variants import PRESETS, Variant
from engine.settings.sections import GameRangesSection

SIZES = (
    ("players", "players", "max_players"),
    ("colors", "colours", "max_colors"),
    ("ranks", "ranks", "max_ranks"),
    ("hand_sizes", "hand_size", "max_hand_size"),
)
"""Keys of `[game_ranges]`, what a variant calls them, and what limits them in `[model]`."""

_FULL: dict[str, int] = {field.name: getattr(Variant, field.name) for field in fields(Variant)}
"""The full game; cards in hand are 0: as many as is usual for the players."""


def variants_of(ranges: GameRangesSection) -> tuple[Variant, ...]:
    """Every game that [game_ranges] names. Raises ConfigError where a combination cannot be played."""
    base = _FULL | PRESETS[ranges.variant]
    lists = [getattr(ranges, key) or (base[size],) for key, size, _ in SIZES]
    playable, refused = [], []
    for players, colours, ranks, hand_size in product(*lists):
        try:
            changes = {"players": players, "colours": colours, "ranks": ranks, "hand_size": hand_size}
            playable.append(Variant(**(base | changes)))
        except VariantError as error:
            chosen = f"players {players}, colors {colours}, ranks {ranks}, hand_sizes {hand_size or 'usual'}"
            refused.append(f"[game_ranges] {chosen}: {error}")
    if refused:
        more = len(refused) - 3
        raise ConfigError(
            [*refused[:3], *([f"[game_ranges] {more} more such combinations"] if more > 0 else [])]
        )
    return tuple(playable)


def game_name(ranges: GameRangesSection) -> str:
    """The game of [game_ranges], as `engine.game.variants.named` takes it; of several sizes the largest."""
    usual = _FULL | PRESETS[ranges.variant]
    del usual["players"]  # is no part of a name
    lists = {size: getattr(ranges, key) for key, size, _ in SIZES if size in usual}
    game = usual | {size: max(given) for size, given in lists.items() if given}
    if game == usual:
        return ranges.variant
    return "".join(f"{size[0]}{number}" for size, number in game.items() if number)


def limits_of(given: Mapping[str, Any]) -> dict[str, int]:
    """How large games may be, as keys of `[model]`: as the variant says, or a list that names a larger size.

    A list of smaller ones makes no smaller network: with it nobody could play the game by its name.

    Args:
      given: values that were given for keys of [game_ranges], some of them or all.
    """
    game = Variant(**PRESETS[given.get("variant", "full")])
    return {limit: max((getattr(game, size), *given.get(key, ()))) for key, size, limit in SIZES}
