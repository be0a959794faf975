"""Who sits at a table: people, bots, checkpoints; found by their names, and called by short ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import VariantError
from engine.game.variants import MAX_PLAYERS, Variant, named
from engine.machine.home import at_home
from engine.players.evaluation import Maker
from hanabi_tui.commands.contenders import called, check, contenders, game_of
from hanabi_tui.table.messages import HUMAN, TableError


@dataclass(frozen=True)
class Seat:
    """A seat: what its player is called, and what makes it; None: a person sits there."""

    name: str
    make: Maker | None


def variant_of(name: str, players: int) -> Variant:
    """The game of a name, for so many players. Raises TableError."""
    if not 2 <= players <= MAX_PLAYERS:
        raise TableError(f"{players} seats: Hanabi has 2 to {MAX_PLAYERS} players")
    try:
        return named(name, players)
    except VariantError as error:
        raise TableError(str(error)) from None


def seats_of(names: Sequence[str], variant: Variant) -> list[Seat]:
    """The seats of a table.

    Raises AgentError, GenerationError for names that mean no player, or one that cannot play this variant.
    """
    makers: dict[str, tuple[str, Maker]] = {}
    for name in dict.fromkeys(names):
        if name != HUMAN:
            (who,) = contenders([at_home(name)])
            check(who, variant)
            game_of([who], variant.name)  # says so where it trained on another
            makers[name] = called(who.name), who.make  # which run it is of, whoever seated it knows
    words = [makers[name][0] if name in makers else HUMAN.capitalize() for name in names]
    return [
        Seat(f"{word} {words[: seat + 1].count(word)}" if words.count(word) > 1 else word, maker)
        for seat, (word, maker) in enumerate(
            zip(words, (makers[name][1] if name in makers else None for name in names), strict=True)
        )
    ]
