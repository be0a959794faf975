"""`hanabi-tui evaluate` and `hanabi-tui agents`: how well players play, a line each."""

from pathlib import Path

from engine import Games, chance, preset
from engine.agents import find
from engine.bots import BOTS
from engine.evaluation import Evaluation, evaluate, record
from engine.hanablive import dump

HEADER = (
    f"{'agent':<12} {'players':>7} {'games':>8} {'strict score':>16} {'points kept':>16} "
    f"{'perfect':>8} {'struck out':>10}"
)


def run(
    names: list[str] | None, players: list[int], games: int, variant_name: str, seed: int, save: Path | None
) -> None:
    """Print a line for each agent and number of players.

    Args:
      names: agents; None: every bot.
      players: numbers of seats.
      games: K games a line.
      variant_name: a preset.
      seed: decides the decks.
      save: where the first game of the last line goes, if anywhere.

    Raises:
      AgentError: an unknown agent, or one that cannot play; said before any game is played.
      OSError: the file to save to cannot be written; likewise.
    """
    lines = [(name, preset(variant_name, seats)) for name in names or BOTS for seats in players]
    for name, variant in lines:
        find(name)(Games.shuffled([variant], chance.stream(seed)))
    if save is not None:
        save.open("a", encoding="utf-8").close()
    print(HEADER, flush=True)
    for name, variant in lines:
        print(line_of(name, evaluate([find(name)], variant, games, seed)), flush=True)
    if save is not None:
        name, variant = lines[-1]
        names = [f"{name} {seat + 1}" for seat in range(variant.players)]
        save.write_text(dump(record([find(name)], variant, seed, names)), encoding="utf-8")
        print(f"The first game is in {save}; look at it with: hanabi-tui replay {save}")


def line_of(name: str, outcome: Evaluation) -> str:
    """One line below HEADER."""
    scores = [
        f"{outcome.mean(strict=strict):.2f} ± {outcome.standard_error(strict=strict):.3f}"
        for strict in (True, False)
    ]
    return (
        f"{name:<12} {outcome.variant.players:>7} {outcome.games:>8,} {scores[0]:>16} {scores[1]:>16} "
        f"{100 * outcome.perfect:>7.1f}% {100 * outcome.strike_outs:>9.1f}%"
    )


def list_agents() -> None:
    """Print every bot: its name, what it is, where it comes from."""
    for name, bot in BOTS.items():
        print(f"{name:<12} {bot.about}\n{'':<12} {bot.source}")
