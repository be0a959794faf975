"""`hanabi-tui evaluate` and `hanabi-tui agents`: how well players play, a line each."""

import os
import shlex
from math import isnan
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
      OSError: the file to save to cannot be written; likewise. Playing broken off leaves no file.
    """
    lines = [(name, preset(variant_name, seats)) for name in names or BOTS for seats in players]
    for name, variant in lines:
        find(name)(Games.shuffled([variant], chance.stream(seed)))
    if save is not None:
        check_writable(save)
    print(HEADER, flush=True)
    for name, variant in lines:
        print(line_of(name, evaluate([find(name)], variant, games, seed)), flush=True)
    if save is not None:
        name, variant = lines[-1]
        names = [f"{name} {seat + 1}" for seat in range(variant.players)]
        replaced = write(save, dump(record([find(name)], variant, seed, names)))
        print(
            f"The first game is in {save}{' (replaced)' if replaced else ''}; "
            f"look at it with: hanabi-tui replay {shlex.quote(str(save))}"
        )


def check_writable(path: Path) -> None:
    """Raise OSError if no file can be written there; make none."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory; give the name of a file")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {folder}")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"{path}: writing to it is not permitted")
    if not _is_device(path) and not os.access(folder, os.W_OK):
        raise PermissionError(f"{path}: writing to the folder {folder} is not permitted")


def write(path: Path, words: str) -> bool:
    """Write a file whole or not at all; whether another file was replaced."""
    if _is_device(path):
        path.write_text(words, encoding="utf-8")
        return False
    path = path.resolve()  # of a symbolic link, what it points to
    replaced, part = path.exists(), path.with_name(f".hanabi-tui-{os.getpid()}.part")
    try:
        part.write_text(words, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return replaced


def _is_device(path: Path) -> bool:
    """Whether there is something to write into rather than a file to replace, such as /dev/stdout."""
    return path.exists() and not path.is_file()


def line_of(name: str, outcome: Evaluation) -> str:
    """One line below HEADER."""
    scores = [
        f"{outcome.mean(strict=strict):.2f} ± {_or_dash(outcome.standard_error(strict=strict))}"
        for strict in (True, False)
    ]
    return (
        f"{name:<12} {outcome.variant.players:>7} {outcome.games:>8,} {scores[0]:>16} {scores[1]:>16} "
        f"{100 * outcome.perfect:>7.1f}% {100 * outcome.strike_outs:>9.1f}%"
    )


def _or_dash(error: float) -> str:
    return "–" if isnan(error) else f"{error:.3f}"


def list_agents() -> None:
    """Print every bot: its name, what it is, where it comes from."""
    for name, bot in BOTS.items():
        print(f"{name:<12} {bot.about}\n{'':<12} {bot.source}")
