"""A course of values in one or two lines of text: little bars, the newest at the right."""

import math
from collections.abc import Sequence

BARS = " ▁▂▃▄▅▆▇█"
PLAIN_BARS = " .:-=+*#%"


def sparks(
    values: Sequence[float],
    width: int,
    height: int = 1,
    *,
    low: float | None = None,
    high: float | None = None,
    bars: str = BARS,
) -> list[str]:
    """Lines of text, from the top.

    Args:
      values: oldest first; NaN leaves a gap. More than fit are put together, their means shown.
      width: in characters.
      height: in lines.
      low: the value of an empty bar; None: the smallest, or 0 if that is near.
      high: the value of a full bar; None: the largest.
      bars: the characters, from empty to full.
    """
    shown = [_mean(values[begin:end]) for begin, end in _portions(len(values), width)]
    known = [value for value in shown if math.isfinite(value)]
    if not known:
        return [" " * width for _ in range(height)]
    high = max(known) if high is None else high
    if low is None:
        low = min(known)
        low = 0.0 if 0 < low < high / 2 else low - (high - low) / 8
    full = len(bars) - 1
    eighths = [_part(value, low, high, height * full) for value in shown]
    lines = []
    for line in range(height - 1, -1, -1):
        text = "".join(bars[min(max(eighth - line * full, 0), full)] for eighth in eighths)
        lines.append(text.rjust(width))
    return lines


def _portions(count: int, width: int) -> list[tuple[int, int]]:
    cells = min(count, max(width, 0))
    return [(count * cell // cells, count * (cell + 1) // cells) for cell in range(cells)]


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan


def _part(value: float, low: float, high: float, full: int) -> int:
    """So many parts of `full`; at least one, for what was measured can be seen."""
    if not math.isfinite(value):
        return 0
    share = (value - low) / (high - low) if high > low else 0.5
    return min(max(round(share * full), 1), full)
