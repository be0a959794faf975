"""A chart as characters: curves in dots, axes with round ticks, a legend with each line's letter and stroke.

title unit  a ─── this run 21.8  b ╌╌╌ other 20.1
 22 ┤                         ⣀⠤⠒⠉b
 20 ┤      ⢀⡠⠤⠒⠒⠒⠒⠒⠒⠒⠉⠉⠉         a
    └──C───────┴────P─────┴──────────
       0      10k        20k
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from hanabi_tui.console.charts.dots import ASCII, BRAILLE, Charset, Dots
from hanabi_tui.console.charts.figure import Curve, Figure, Mark, seen
from hanabi_tui.console.charts.legend import LINES, letter, write_legend
from hanabi_tui.console.charts.lens import Lens, Span
from hanabi_tui.console.charts.reach import y_span
from hanabi_tui.console.charts.scale import (
    Scale,
    axis_ticks,
    log_texts,
    log_ticks,
    number_text,
    number_texts,
    place_text,
    place_texts,
    ticks,
)
from hanabi_tui.console.charts.sheet import Run, Sheet
from hanabi_tui.console.charts.trace import SAMPLES, dots_of, draw_area, draw_line, path

_ROOMY = 60
"""Columns from which on the crosshair tells beside the curve what happened."""


class Drawing(NamedTuple):
    """A chart, drawn.

    Attributes:
      lines: each as stretches of one style.
      left, columns: where the plot begins, and how wide it is, in characters.
      span: what lies there on the x axis; None: nothing was drawn.
    """

    lines: list[list[Run]]
    left: int
    columns: int
    span: Span | None


def draw(
    figure: Figure,
    lens: Lens,
    width: int,
    height: int,
    *,
    chars: Charset = BRAILLE,
    bounds: Span | None = None,
    explained: bool = False,
) -> Drawing:
    """Draw a figure.

    Args:
      figure: what.
      lens: which part of it, and how smooth.
      width: in characters.
      height: in lines.
      chars: what the terminal can show.
      bounds: what the whole x axis is; None: what the figure's lines cover.
      explained: whether a line says what the figure means.
    """
    return _Plot(
        figure, lens, Sheet(width, height, ascii_only=chars is ASCII), chars, bounds, explained
    ).draw()


class _Plot:
    """One drawing under way."""

    def __init__(
        self,
        figure: Figure,
        lens: Lens,
        sheet: Sheet,
        chars: Charset,
        bounds: Span | None,
        explained: bool,
    ) -> None:
        self.figure, self.lens, self.sheet, self.chars = figure, lens, sheet, chars
        bounds = bounds or figure.bounds(lens.axis)
        self.span = lens.look(bounds) if bounds else None
        self.top = 2 if explained and figure.meaning else 1
        self.rows = max(1, sheet.height - self.top - (2 if sheet.height >= 7 else 0))
        self.left, self.columns = 0, sheet.width
        self.x_labels: list[tuple[int, str]] = []

    def draw(self) -> Drawing:
        if self.top == 2:
            self.sheet.put(1, 1, self.figure.meaning, "note")
        if self.span is None or not self.figure.lines or self.sheet.width < 12 or self.sheet.height < 3:
            self.sheet.put(0, 0, self.figure.title, "title")
            text = "no room" if self.span and self.figure.lines else "nothing yet"
            self.sheet.put(max(0, (self.sheet.width - len(text)) // 2), self.sheet.height // 2, text, "note")
            return Drawing(self.sheet.runs(), 0, self.sheet.width, None)
        across = (self.sheet.width - 7) * self.chars.across
        curves = [seen(line, self.lens, self.span, across) for line in self.figure.lines]
        self._lay_out(curves)
        self._back()
        for number, curve in reversed([*enumerate(curves)]):
            self._curve(number, curve)
        self._letters(curves)
        self._front(curves)
        return Drawing(self.sheet.runs(), self.left, self.columns, self.span)

    def _lay_out(self, curves: Sequence[Curve]) -> None:
        assert self.span
        low, high = y_span(self.figure, curves, self.span)
        most = max(2, self.rows // 3)
        log = self.figure.log and low > 0
        self.y_ticks = (log_ticks if log else ticks)(low, high, most)
        self.y_texts = (log_texts if log else number_texts)(self.y_ticks)
        self.left = max(6, *(len(text) + 1 for text in self.y_texts), 0) if self.y_texts else 6
        self.columns = self.sheet.width - self.left
        self.x = Scale(*self.span, self.columns * self.chars.across)
        self.y = Scale(low, high, self.rows * self.chars.down, log)
        self.x_ticks = axis_ticks(self.lens.axis, *self.span, max(1, self.columns // 10))

    def _column(self, place: float) -> int:
        """The character's column, which may lie outside the plot."""
        return self.left + math.floor((self.x.dot(place) + 0.5) / self.chars.across)

    def _line(self, value: float) -> int:
        dot = math.floor(self.y.dot(value) + 0.5)
        return self.top + self.rows - 1 - dot // self.chars.down

    # behind the curves

    def _back(self) -> None:
        chars, sheet, bottom = self.chars, self.sheet, self.top + self.rows
        for line in range(self.top, bottom):
            sheet.put(self.left - 1, line, chars.side, "axis")
        for value, text in zip(self.y_ticks, self.y_texts, strict=True):
            line = self._line(value)
            sheet.put(self.left - 1 - len(text), line, text, "axis")
            sheet.put(self.left - 1, line, chars.tick, "axis")
            sheet.put(self.left, line, chars.grid * self.columns, "grid")
        if bottom < sheet.height:
            self._x_axis(bottom)
        for goal in self.figure.goals:
            if self.y.low <= goal.value <= self.y.high:
                sheet.put(self.left, self._line(goal.value), chars.goal * self.columns, "goal")

    def _x_axis(self, bottom: int) -> None:
        chars, sheet = self.chars, self.sheet
        sheet.put(self.left - 1, bottom, chars.corner + chars.rule * self.columns, "axis")
        free = 0
        for value, text in zip(self.x_ticks, place_texts(self.lens.axis, self.x_ticks), strict=True):
            column = self._column(value)
            sheet.put(column, bottom, chars.notch, "axis")
            start = min(max(0, column - len(text) // 2), sheet.width - len(text))
            if start >= free:
                sheet.put(start, bottom + 1, text, "axis")
                free = start + len(text) + 2
                self.x_labels.append((start, text))
        for mark in self._marks():
            column = self._column(mark.place[self.lens.axis])
            sheet.put(column, bottom, mark.kind, "mark")
            if mark.tall:
                for line in range(self.top, bottom):
                    sheet.put(column, line, chars.tall, "mark")

    def _marks(self) -> Sequence[Mark]:
        """Those that are seen; in a column of characters, the last one that is tall, or else the last one."""
        assert self.span
        axis, (first, last) = self.lens.axis, self.span
        seen_here: dict[int, Mark] = {}
        for mark in self.figure.marks_near(axis, (first + last) / 2, (last - first) / 2):
            column = self._column(mark.place[axis])
            if mark.tall or column not in seen_here or not seen_here[column].tall:
                seen_here[column] = mark
        if len(seen_here) > self.columns // 4:  # too many to tell apart
            return [mark for mark in seen_here.values() if mark.tall]
        return [*seen_here.values()]

    # the curves

    def _curve(self, number: int, curve: Curve) -> None:
        kind, window, style = number % len(SAMPLES), curve.window, f"line{number % LINES}"
        faint = f"raw{number % LINES}"
        if curve.errors:
            pairs = [*zip(window.means, curve.errors, strict=True)]
            band = self._dots()
            self._area(band, curve, [m - error for m, error in pairs], [m + error for m, error in pairs], 2)
            self._print(band, faint)
        raw = self._dots()
        self._area(raw, curve, window.lows, window.highs, 0 if curve.smoothed else kind)
        self._print(raw, faint if curve.smoothed else style)
        if curve.smoothed:
            calm = self._dots()
            draw_line(calm, path(window.xs, curve.shown, window.breaks, self.x, self.y), kind)
            self._print(calm, style)

    def _area(
        self, dots: Dots, curve: Curve, lows: Sequence[float], highs: Sequence[float], kind: int
    ) -> None:
        lower = path(curve.window.xs, lows, curve.window.breaks, self.x, self.y)
        draw_area(dots, lower, dots_of(highs, self.y), kind)

    def _dots(self) -> Dots:
        return Dots(self.columns, self.rows, self.chars)

    def _print(self, dots: Dots, style: str) -> None:
        self.sheet.print(dots, self.left, self.top, self.chars.dots, style)

    # in front of them

    def _letters(self, curves: Sequence[Curve]) -> None:
        if len(curves) < 2:
            return
        assert self.span
        for number, curve in reversed([*enumerate(curves)]):
            last = curve.nearest(self.span[1])
            if last is not None:
                column = min(self._column(curve.window.xs[last]) + 1, self.sheet.width - 1)
                self.sheet.put(column, self._line(curve.shown[last]), letter(number), f"line{number % LINES}")

    def _front(self, curves: Sequence[Curve]) -> None:
        for goal in self.figure.goals:
            if self.y.low <= goal.value <= self.y.high:
                text = f" {goal.name} {number_text(goal.value, 0.01)} "
                self.sheet.put(self.left + 1, self._line(goal.value), text[: self.columns - 2], "goal")
        cross = self.lens.cross
        if cross is not None and self.span and self.span[0] <= cross <= self.span[1]:
            self._cross(cross)
        assert self.span
        write_legend(self.sheet, self.figure, curves, self.lens, self.span, self.chars)

    def _cross(self, cross: float) -> None:
        column, bottom = self._column(cross), self.top + self.rows
        for line in range(self.top, bottom):
            self.sheet.put(column, line, self.chars.cross, "cross", behind=True)
        assert self.span
        text = f" {place_text(self.lens.axis, cross, self.span[1] - self.span[0])} "
        start = min(max(0, column - len(text) // 2), self.sheet.width - len(text))
        for tick, label in self.x_labels:
            if tick < start + len(text) and start < tick + len(label):  # half a number would read as another
                self.sheet.put(tick, bottom + 1, " " * len(label))
        self.sheet.put(start, bottom + 1, text, "cross")
        near = [mark for mark in self._marks() if abs(self._column(mark.place[self.lens.axis]) - column) <= 1]
        if self.columns < _ROOMY:
            return
        for line, mark in enumerate(near, self.top):
            note = f" {mark.kind} {mark.text} "[: self.columns]
            start = min(max(self.left, column + 1), self.sheet.width - len(note))
            self.sheet.put(start, line, note, "note")
