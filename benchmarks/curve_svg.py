"""Curves as a picture: lines of score over minutes, and marks to compare with, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 50, 190, 40, 45
# told apart by colour and by dashes, after Wong, "Points of view: Color blindness", 2011
STYLES = (
    ("#0072b2", ""),
    ("#d55e00", "6 3"),
    ("#009e73", "2 3"),
    ("#cc79a7", "8 3 2 3"),
)


@dataclass(frozen=True)
class Line:
    """A named curve."""

    name: str
    points: Sequence[tuple[float, float]]  # minutes, score


def picture(title: str, lines: Sequence[Line], marks: Sequence[tuple[str, float]]) -> str:
    """SVG of curves over minutes, with level marks. Scores from 0 to a little above the highest."""
    longest = max((x for line in lines for x, _ in line.points), default=1.0)
    highest = max([25.0, *(y for line in lines for _, y in line.points)])

    def x(minutes: float) -> float:
        return LEFT + minutes / longest * (WIDTH - LEFT - RIGHT)

    def y(points: float) -> float:
        return HEIGHT - BOTTOM - points / highest * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="13">{escape(title)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}">minutes</text>',
        f'<text x="8" y="{TOP - 6}">score</text>',
    ]
    for level in range(0, int(highest) + 1, 5):
        parts.append(_rule(x(0), x(longest), y(level), "#dddddd"))
        parts.append(f'<text x="{LEFT - 8}" y="{y(level) + 4}" text-anchor="end">{level}</text>')
    for n in range(6):
        minutes = longest * n / 5
        parts.append(
            f'<text x="{x(minutes)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{minutes:g}</text>'
        )
    taken: list[float] = []
    for name, mark in sorted(marks, key=lambda mark: -mark[1]):
        parts.append(_rule(x(0), x(longest), y(mark), "#888888", "1 3"))
        at = max([y(mark) + 4, *(place + 13 for place in taken)])
        taken.append(at)
        parts.append(f'<text x="{x(longest) + 6}" y="{at}" fill="#555555">{escape(name)} {mark:g}</text>')
    for n, line in enumerate(lines):
        colour, dashes = STYLES[n % len(STYLES)]
        places = " ".join(f"{x(minutes):.1f},{y(points):.1f}" for minutes, points in line.points)
        parts.append(
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dashes}"/>'
        )
        at = HEIGHT - BOTTOM - 14 * (len(lines) - n)
        parts.append(
            f'<text x="{x(longest) - 8}" y="{at}" fill="{colour}" '
            f'text-anchor="end">{escape(line.name)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _rule(start: float, end: float, level: float, colour: str, dashes: str = "") -> str:
    ends = f'x1="{start}" x2="{end}" y1="{level}" y2="{level}"'
    return f'<line {ends} stroke="{colour}" stroke-dasharray="{dashes}"/>'
