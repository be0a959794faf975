"""A player's hand in a GAME record (engine.game.rules): which cards are held, oldest first."""

from typing import Any


def places(game: Any, seat: int) -> list[int]:
    """The places in the deck of a hand's cards, slot 0 first."""
    first = seat * int(game["hand_size"])
    return [int(place) for place in game["hands"][first : first + int(game["held"][seat])]]


def kinds(game: Any, seat: int) -> list[int]:
    """The kinds of a hand's cards, slot 0 first."""
    return [int(game["deck"][place]) for place in places(game, seat)]
