"""Rule-based players: baselines and partners. The list is light: kernels are loaded with who plays."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from engine.errors import AgentError


@dataclass(frozen=True)
class Bot:
    """One entry of the list of bots."""

    home: str  # where its class is
    about: str  # one line for people
    source: str  # paper or program it follows

    @property
    def make(self) -> Callable[[Any], Any]:
        """Makes the player (engine.players.agents.Agent) for the games that it shall play (engine.Games)."""
        module, _, name = self.home.rpartition(".")
        return getattr(import_module(module), name)


BOTS: dict[str, Bot] = {
    "random": Bot(
        "engine.players.bots.random_legal.RandomLegal",
        "any legal move, all equally likely",
        "the usual baseline",
    ),
    "cautious": Bot(
        "engine.players.bots.cautious.Cautious",
        "plays cards it can prove playable, hints at those of others, else discards; guesses only if forced",
        "after Osawa 2015, and Walton-Rivers et al. 2017, arXiv:1704.07069",
    ),
    "convention": Bot(
        "engine.players.bots.convention.ConventionBot",
        "best with 2 players: hints call for plays and warn of discards",
        "after SmartBot, github.com/Quuxplusone/Hanabi",
    ),
    "hat": Bot(
        "engine.players.bots.hat.bot.InformationBot",
        "best with 3 to 5 players: hints that tell every other player at once",
        "Cox et al., How to Make the Perfect Fireworks Display, 2015; the program hanabi.rs",
    ),
}
"""Every rule-based player, by name."""


def find(name: str) -> Callable[[Any], Any]:
    """The maker of a rule-based player: called with the games it shall play. Raises AgentError."""
    if name not in BOTS:
        raise AgentError(f"agent {name!r}: allowed are {', '.join(BOTS)}")
    return BOTS[name].make
