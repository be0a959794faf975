"""The largest games that a network shall see: all larger ones it refuses, all smaller ones it can play.

A network that is made for small games alone is smaller itself, and quicker.
"""

from collections.abc import Iterable
from typing import NamedTuple

from engine.errors import AgentError
from engine.game.observation import SLOTS
from engine.game.variants import MAX_COLOURS, MAX_PLAYERS, MAX_RANKS, Variant
from engine.settings.config import ModelSection


class Largest(NamedTuple):
    """The most of each that a game may have."""

    players: int = MAX_PLAYERS
    colours: int = MAX_COLOURS
    ranks: int = MAX_RANKS
    hand_size: int = SLOTS

    @property
    def kinds(self) -> int:
        """K, how many kinds of cards there are."""
        return self.colours * self.ranks

    def check(self, variants: Iterable[Variant]) -> None:
        """Raise AgentError for the first game that is too large."""
        for variant in variants:
            sizes = (
                (variant.players, self.players, "players"),
                (variant.colours, self.colours, "colours"),
                (variant.ranks, self.ranks, "ranks"),
                (variant.hand_size, self.hand_size, "cards in hand"),
            )
            for has, most, what in sizes:
                if has > most:
                    some = what.removesuffix("s") if most == 1 else what
                    raise AgentError(f"this network plays with up to {most} {some}; {variant} has more")


def largest_of(model: ModelSection) -> Largest:
    """What a `[model]` section allows."""
    return Largest(model.max_players, model.max_colors, model.max_ranks, model.max_hand_size)
