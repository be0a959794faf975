"""Curves as strokes on a sheet of dots: lines, areas, and the spread of what a bucket stands for."""

import math
from collections.abc import Sequence, Set
from typing import NamedTuple

from hanabi_tui.console.charts.dots import Dots
from hanabi_tui.console.charts.scale import Scale

_PATTERNS = (
    lambda x: True,
    lambda x: x % 8 < 5,
    lambda x: x % 4 < 2,
    lambda x: x % 12 < 7 or x % 12 == 9,
)
"""Which columns of dots a line of each kind has: solid, dashed, dotted, dash-dot."""

SAMPLES = ("───", "╌╌╌", "···", "─·─")
ASCII_SAMPLES = ("---", "- -", "...", "-.-")


class Path(NamedTuple):
    """A curve in dots: where each of its points lies; NaN in `ys` is no point.

    Attributes:
      xs, ys: not rounded.
      breaks: numbers of the points that no line leads to.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    breaks: Set[int]


def path(xs: Sequence[float], ys: Sequence[float], breaks: Set[int], across: Scale, up: Scale) -> Path:
    """A curve on its scales."""
    return Path(dots_of(xs, across), dots_of(ys, up), breaks)


def dots_of(values: Sequence[float], scale: Scale) -> list[float]:
    """Where many values lie, as `Scale.dot` says of one."""
    zero, one = scale.dot(scale.low), scale.dot(scale.high)
    if zero == one:
        return [zero if value == value else value for value in values]
    if scale.log:
        low = math.log(scale.low)
        factor = (one - zero) / (math.log(scale.high) - low)
        return [(math.log(value) - low) * factor if value > 0 else math.nan for value in values]
    low, factor = scale.low, (one - zero) / (scale.high - scale.low)
    return [(value - low) * factor for value in values]


def draw_line(dots: Dots, curve: Path, kind: int = 0) -> None:
    """Draw straight lines from point to point."""
    draw_area(dots, curve, curve.ys, kind)


def draw_area(dots: Dots, lower: Path, highs: Sequence[float], kind: int = 0) -> None:
    """Fill what lies between a curve and another one above it, over the same xs."""
    extent, begun = _Extent(dots), False
    for number, (x, low, high) in enumerate(zip(lower.xs, lower.ys, highs, strict=True)):
        if number in lower.breaks:
            begun = False
        if low == low and high == high:
            extent.reach(x, low, high, joined=begun)
            begun = True
    drawn = _PATTERNS[kind]
    for column, (low, high) in enumerate(zip(extent.lows, extent.highs, strict=True)):
        if low <= high and drawn(column):
            dots.stroke(column, math.floor(low + 0.5), math.floor(high + 0.5))


class _Extent:
    """How far an area reaches down and up in each column of dots, while its outline is followed."""

    def __init__(self, dots: Dots) -> None:
        self._across, self._most = dots.across, 4.0 * dots.down
        self.lows, self.highs = [math.inf] * dots.across, [-math.inf] * dots.across
        self._x, self._low, self._high, self._column = 0.0, 0.0, 0.0, 0

    def reach(self, x: float, low: float, high: float, *, joined: bool) -> None:
        """Go on to the next stroke, in a straight line from the last one if they are joined."""
        if low < -self._most or high > self._most:  # so far away that only the direction counts
            low, high = (max(-self._most, min(self._most, y)) for y in (low, high))
        column = math.floor(x + 0.5)
        if joined and column != self._column:
            for border in range(max(self._column, -1), min(column, self._across)):
                share = (border + 0.5 - self._x) / (x - self._x)
                edge = self._low + share * (low - self._low), self._high + share * (high - self._high)
                self._cover(border, *edge)
                self._cover(border + 1, *edge)
        self._cover(column, low, high)
        self._x, self._low, self._high, self._column = x, low, high, column

    def _cover(self, column: int, low: float, high: float) -> None:
        if 0 <= column < self._across:
            if low < self.lows[column]:
                self.lows[column] = low
            if high > self.highs[column]:
                self.highs[column] = high
