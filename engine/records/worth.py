"""What a card is still worth to the team, seen by someone who sees every card."""

from enum import Enum
from typing import Any

from engine.game.variants import MAX_RANKS, copies


class Worth(Enum):
    """What playing or losing a card would mean now."""

    PLAYS = "plays"
    """It scores if played now."""
    LAST = "last"
    """It will be needed later, and every other copy is discarded."""
    SPARE = "spare"
    """It will be needed later, but another copy exists."""
    DEAD = "dead"
    """It can never score: its rank is on the stack, or a rank below it is lost for good."""


def is_lost(game: Any, colour: int, rank: int) -> bool:
    """Whether every copy of a card is discarded. `game` is a GAME record (engine.game.rules)."""
    return int(game["discards"][colour * MAX_RANKS + rank]) >= copies(rank, int(game["ranks"]))


def worth(game: Any, kind: int) -> Worth:
    """What a card of this kind is worth in a GAME record, as long as one copy is not discarded."""
    colour, rank = divmod(kind, MAX_RANKS)
    height = int(game["stacks"][colour])
    if rank < height or any(is_lost(game, colour, below) for below in range(height, rank)):
        return Worth.DEAD
    if rank == height:
        return Worth.PLAYS
    left = copies(rank, int(game["ranks"])) - int(game["discards"][kind])
    return Worth.LAST if left <= 1 else Worth.SPARE


def is_needed_and_lost(game: Any, kind: int) -> bool:
    """Whether the stack of a card's colour could still have reached it, but every copy is discarded."""
    return is_lost(game, *divmod(kind, MAX_RANKS)) and worth(game, kind) is not Worth.DEAD
