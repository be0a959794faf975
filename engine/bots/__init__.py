"""Rule-based players: baselines, partners, and teachers for a warm start."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.agents import Agent
from engine.bots.cautious import Cautious
from engine.bots.convention import ConventionBot
from engine.bots.hat.bot import InformationBot
from engine.bots.random_legal import RandomLegal
from engine.games import Games


@dataclass(frozen=True)
class Bot:
    """One entry of the list of bots."""

    make: Callable[[Games], Agent]
    about: str  # one line for people
    source: str  # paper or program it follows


BOTS: dict[str, Bot] = {
    "random": Bot(RandomLegal, "any legal move, all equally likely", "the usual baseline"),
    "cautious": Bot(
        Cautious,
        "plays cards it can prove playable, hints at those of others, else discards; guesses only if forced",
        "after Osawa 2015, and Walton-Rivers et al. 2017, arXiv:1704.07069",
    ),
    "convention": Bot(
        ConventionBot,
        "hints call for plays and warn of discards; the best bot for 2 players",
        "after SmartBot, github.com/Quuxplusone/Hanabi",
    ),
    "hat": Bot(
        InformationBot,
        "hints that tell every other player at once; the best bot for 3 to 5 players",
        "Cox et al., How to Make the Perfect Fireworks Display, 2015; the program hanabi.rs",
    ),
}
"""Every rule-based player, by name."""
