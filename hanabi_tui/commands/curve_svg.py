"""Curves as a picture: lines over minutes, bands of error, marks to compare with; SVG, without a library."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 62, 190, 40, 45

# told apart by colour and by dashes, after Wong, "Points of view: Color blindness", 2011; the second
# colours are for dark pages
_COLOURS = (("#0072b2", "#56b4e9"), ("#d55e00", "#e69f00"), ("#009e73", "#4dc9a3"), ("#cc79a7", "#e3a6c8"))
_DASHES = ("", "6 3", "2 3", "8 3 2 3")

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A named curve.

    Attributes:
      name: what stands beside it.
      points: minutes, value; where the value is NaN the curve is broken.
      errors: how far the band around each point reaches, up and down; empty: no band.
      faint: whether it stays behind the others.
    """

    name: str
    points: Sequence[Point]
    errors: Sequence[float] = ()
    faint: bool = False


@dataclass(frozen=True)
class Frame:
    """What the picture shows, and where: values of minutes and of the curves become places."""

    longest: float
    lowest: float
    highest: float

    def x(self, minutes: float) -> float:
        """Px from the left."""
        return LEFT + minutes / self.longest * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Px from the top."""
        share = (value - self.lowest) / (self.highest - self.lowest)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def style(*, dark: bool = False) -> str:
    """CSS for the picture's classes, on a light ground or a dark one."""
    text, faint, rule, ground = (
        ("#e8e6e3", "#a0a0a0", "#3a3d42", "#16181c") if dark else ("#222", "#666", "#ddd", "#fff")
    )
    lines = "".join(
        f".curve .l{n} {{ stroke: {pair[dark]} }} .curve .b{n}, .curve .n{n} {{ fill: {pair[dark]} }}\n"
        for n, pair in enumerate(_COLOURS)
    )
    return (
        f".curve text {{ fill: {text} }} .curve .faint {{ fill: {faint} }}\n"
        f".curve .ground {{ fill: {ground} }} .curve .rule {{ stroke: {rule} }}\n"
        f".curve .mark {{ stroke: {faint} }}\n{lines}"
    )


def picture(
    title: str,
    lines: Sequence[Line],
    marks: Sequence[tuple[str, float]] = (),
    *,
    unit: str = "score",
    least: float = 25.0,
    alone: bool = True,
) -> str:
    """SVG of curves over minutes, with level marks, from 0 (or the lowest value) up to the highest.

    Args:
      title: above it.
      lines: the curves.
      marks: names and values of level lines.
      unit: of the values, above their axis.
      least: the scale reaches at least so high.
      alone: as a file of its own, with its style and a white ground; else for a page that has `style`.
    """
    frame = _frame(lines, marks, least)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        *([f"<style>{style()}</style>"] if alone else []),
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        _text(LEFT, 20, title, size=13),
        _text(8, TOP - 6, unit),
        *_axes(frame),
        *_marks(frame, marks),
    ]
    for n, line in sorted(enumerate(lines), key=lambda each: not each[1].faint):
        parts += _curve(frame, n % len(_COLOURS), line)
    for n, line in enumerate(lines):
        at = HEIGHT - BOTTOM - 14 * (len(lines) - n)
        parts.append(_text(frame.x(frame.longest) + 6, at, line.name, kind=f"n{n % len(_COLOURS)}"))
    return "\n".join([*parts, "</svg>", ""])


def _frame(lines: Sequence[Line], marks: Sequence[tuple[str, float]], least: float) -> Frame:
    values = [
        value + sign * error
        for line in lines
        for (_, value), error in zip(line.points, line.errors or [0.0] * len(line.points), strict=True)
        for sign in (-1, 1)
        if not math.isnan(value)
    ] + [mark for _, mark in marks]
    longest = max((x for line in lines for x, _ in line.points), default=0.0)
    highest = max([least, *values])
    return Frame(longest or 1.0, min([0.0, *values]), highest if highest > 0 else 1.0)


def ticks(lowest: float, highest: float, count: int = 6) -> list[float]:
    """Round numbers from one to the other, about so many of them: 1, 2 or 5 times a power of ten apart."""
    rough = (highest - lowest) / count
    power = 10.0 ** math.floor(math.log10(rough))
    apart = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first = math.ceil(lowest / apart - 1e-9)
    return [n * apart for n in range(first, math.floor(highest / apart + 1e-9) + 1)]


def number(value: float) -> str:
    """A tick in a few letters: `0.25`, `15`, `80 k`, `1.5 M`."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == ' k' else size):g}{letter}"
    return f"{value:g}"


def _axes(frame: Frame) -> Iterator[str]:
    end = frame.x(frame.longest)
    for level in ticks(frame.lowest, frame.highest):
        yield _rule(frame.x(0), end, frame.y(level), "rule")
        yield _text(LEFT - 8, frame.y(level) + 4, number(level), "end")
    hours = frame.longest > 180
    scale = 60 if hours else 1
    for tick in ticks(0, frame.longest / scale):
        yield _text(frame.x(tick * scale), HEIGHT - BOTTOM + 16, number(tick), "middle")
    yield _text((LEFT + end) / 2, HEIGHT - 8, "hours" if hours else "minutes", "middle")


def _marks(frame: Frame, marks: Sequence[tuple[str, float]]) -> Iterator[str]:
    taken: list[float] = []
    for name, mark in sorted(marks, key=lambda mark: -mark[1]):
        yield _rule(frame.x(0), frame.x(frame.longest), frame.y(mark), "mark", "1 3")
        at = max([frame.y(mark) + 4, *(place + 13 for place in taken)])
        taken.append(at)
        yield _text(frame.x(frame.longest) + 6, at, f"{name} {mark:g}", kind="faint")


def _curve(frame: Frame, n: int, line: Line) -> Iterator[str]:
    known = [
        list(run)
        for nan, run in groupby(range(len(line.points)), lambda i: math.isnan(line.points[i][1]))
        if not nan
    ]
    for run in known:
        if line.errors:
            over = [(line.points[i][0], line.points[i][1] + line.errors[i]) for i in run]
            under = [(line.points[i][0], line.points[i][1] - line.errors[i]) for i in reversed(run)]
            yield f'<polygon class="b{n}" points="{_places(frame, over + under)}" fill-opacity="0.2"/>'
        width, opacity = (1, 0.45) if line.faint else (2, 1)
        yield (
            f'<polyline class="l{n}" points="{_places(frame, [line.points[i] for i in run])}" fill="none" '
            f'stroke-width="{width}" stroke-opacity="{opacity}" stroke-dasharray="{_DASHES[n]}"/>'
        )
        if len(run) == 1:
            x, y = line.points[run[0]]
            yield f'<circle class="n{n}" cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="2.5"/>'


def _places(frame: Frame, points: Sequence[Point]) -> str:
    return " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in points)


def _rule(start: float, end: float, level: float, kind: str, dashes: str = "") -> str:
    ends = f'x1="{start:g}" x2="{end:g}" y1="{level:.1f}" y2="{level:.1f}"'
    return f'<line class="{kind}" {ends} stroke-dasharray="{dashes}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "", size: int = 12) -> str:
    return (
        f'<text class="{kind}" x="{x:g}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(words)}</text>"
    )
