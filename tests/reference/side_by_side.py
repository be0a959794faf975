"""Bots on every kind of variant side by side, for tests."""

from collections.abc import Callable

from engine import Games, Variant, chance, preset
from engine.players.agents import Agent
from engine.players.evaluation import play

SMALL_VARIANTS = [
    preset("small"),
    preset("very-small"),
    preset("small", 3),
    preset("very-small", 3),
    Variant(players=2, colours=1, ranks=1, hand_size=1, info_tokens=1, life_tokens=1),
    Variant(players=2, colours=3, ranks=4, hand_size=7, info_tokens=2, life_tokens=2),
    Variant(players=2, colours=5, ranks=5, hand_size=25),
    Variant(players=3, colours=4, ranks=2, hand_size=1, info_tokens=0, life_tokens=3),
    Variant(players=4, colours=5, ranks=5, hand_size=12),
    Variant(players=5, colours=5, ranks=3, hand_size=3, info_tokens=20, life_tokens=9),
]


def played_out(bot: Callable[[Games], Agent], partner: Callable[[Games], Agent], players: int) -> Games:
    """Games of some players that a bot played to their end beside others; a move that is not legal raises."""
    variants = [v for v in SMALL_VARIANTS if v.players == players] + [preset("full", players)]
    games = Games.shuffled(variants * 20, chance.stream(3))
    seats = [bot(games), *(partner(games) for _ in range(players - 1))]
    for _ in play(games, seats, chance.stream(4)):
        pass
    return games
