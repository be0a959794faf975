"""How a number went over the last minutes, as a curve in a line of text."""

import math
from collections.abc import Iterable

from hanabi_tui.console.charts.dots import ASCII, charset
from hanabi_tui.console.charts.sparks import BARS, PLAIN_BARS, sparks


def lately(
    points: Iterable[tuple[float, float]],
    end: float,
    width: int,
    slot: float = 5.0,
    *,
    from_zero: bool = True,
) -> str:
    """A curve of one line, the newest at the right; blank where nothing was measured."""
    return lines_lately(points, end, width, 1, slot, from_zero=from_zero)[0]


def lines_lately(
    points: Iterable[tuple[float, float]],
    end: float,
    width: int,
    height: int,
    slot: float = 5.0,
    *,
    from_zero: bool = True,
) -> list[str]:
    """A curve of several lines.

    Each cell is the mean of a slot of the clock, so the curve moves a cell at a time and does not flicker.

    Args:
      points: moments (s) and values; NaN: nothing was measured.
      end: the newest moment (s).
      width: cells.
      height: lines.
      slot: seconds that a cell stands for.
      from_zero: the lowest cell is 0; else it is near the smallest value.
    """
    if width <= 0 or not math.isfinite(end):
        return [""] * height
    sums, counts = [0.0] * width, [0] * width
    newest = int(end // slot)
    for moment, value in points:
        place = width - 1 - newest + int(moment // slot)
        if 0 <= place < width and math.isfinite(value):
            sums[place] += value
            counts[place] += 1
    means = [total / count if count else math.nan for total, count in zip(sums, counts, strict=True)]
    bars = PLAIN_BARS if charset() is ASCII else BARS
    return sparks(means, width, height, low=0.0 if from_zero else None, bars=bars)
