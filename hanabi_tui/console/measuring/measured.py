"""What `hanabi-tui evaluate --json` and `hanabi-tui crossplay --json` measured, to look at and to read."""

from collections.abc import Sequence

import msgspec

from hanabi_tui.commands.heat import LETTERS, ground
from hanabi_tui.console.widgets.heatmap import Field, Matrix


class Evaluated(msgspec.Struct, frozen=True):
    """How well one plays with itself; scores in points, shares 0..1."""

    agent: str
    variant: str
    players: int
    games: int
    mean: float
    error: float | None
    kept: float
    perfect: float
    struck_out: float


class Crossplay(msgspec.Struct, frozen=True):
    """How well N players play with each other: [N, N] mean strict scores, and their standard errors."""

    variant: str
    players: int
    decks: int
    seating: str
    mean: list[list[float]]
    standard_error: list[list[float | None]]
    with_others: list[float]
    with_others_standard_error: list[float | None]


def evaluated(line: str) -> Evaluated:
    """A line that the command printed. Raises msgspec.MsgspecError for anything else."""
    return msgspec.json.decode(line, type=Evaluated)


def crossplay(text: str) -> Crossplay:
    """What the command printed. Raises msgspec.MsgspecError for anything else."""
    return msgspec.json.decode(text, type=Crossplay)


def table(found: Sequence[Evaluated]) -> str:
    """Evaluations, a line each, below a header."""
    wide = max([len("player"), *(len(each.agent) for each in found)])
    games = [f"{each.variant} {each.players}p" for each in found]
    game_wide = max([10, *map(len, games)])
    lines = [
        f"{'player':<{wide}} {'game':<{game_wide}} {'games':>7}  strict score points kept perfect struck out"
    ]
    for game, each in zip(games, found, strict=True):
        mean = f"{each.mean:.2f} ± {_error(each.error)}"
        lines.append(
            f"{each.agent:<{wide}} {game:<{game_wide}} {each.games:>7,} {mean:>13} {each.kept:>11.2f} "
            f"{100 * each.perfect:>6.1f}% {100 * each.struck_out:>9.1f}%"
        )
    return "\n".join(lines)


def matrix(found: Crossplay, labels: Sequence[str]) -> Matrix:
    """Mean scores; the lowest is darkest, the highest brightest. The last column: with all the others.

    Args:
      found: what was measured.
      labels: N short names, in the same order.
    """
    rows = [[*row, others] for row, others in zip(found.mean, found.with_others, strict=True)]
    lowest, highest = (edge(value for row in rows for value in row) for edge in (min, max))
    fields = [[_score(value, lowest, highest) for value in row] for row in rows]
    names = [f"{letter} {label}" for letter, label in zip(LETTERS, labels, strict=False)]
    return Matrix(names, [*LETTERS[: len(rows)], "others"], fields)


def reading(found: Crossplay, labels: Sequence[str], row: int, column: int) -> str:
    """A field in words."""
    if column == len(found.mean):
        mean, error = found.with_others[row], found.with_others_standard_error[row]
        who = f"{labels[row]} with all the others, in its row and its column"
    else:
        mean, error = found.mean[row][column], found.standard_error[row][column]
        who = labels[row]
        if row == column:
            who += " with itself"
        elif found.players == 2:
            who += f", who begins, with {labels[column]}"
        else:
            who += f", alone with {found.players - 1} of {labels[column]}"
    return f"{who}: {mean:.2f} ± {_error(error)} points over {found.decks:,} decks"


def _score(value: float, lowest: float, highest: float) -> Field:
    share = (value - lowest) / (highest - lowest) if highest > lowest else 1.0
    return Field(f"{value:.2f}", share, ground(share * share))


def _error(error: float | None) -> str:
    return "–" if error is None else f"{error:.2f}"
