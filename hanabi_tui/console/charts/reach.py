"""What a chart's y axis reaches over."""

import math
from collections.abc import Iterable, Sequence

from hanabi_tui.console.charts.figure import Curve, Figure
from hanabi_tui.console.charts.lens import Span

_FLOOR = 0.3
"""If the smallest value is below this share of the largest one, the axis begins at 0."""

_CUT = 0.005
"""Share of raw values, at each end, that may lie outside when a smoothed line shows the course of things."""


def y_span(figure: Figure, curves: Sequence[Curve], span: Span) -> Span:
    """What the y axis reaches over: all that is seen, a little room, and the next goal above."""
    lows, highs, certain = list[float](), list[float](), list[float]()
    for curve in curves:
        inside = curve.inside(span)
        part = slice(inside.start, inside.stop)
        spread: Iterable[tuple[float, float]] = zip(
            curve.window.lows[part], curve.window.highs[part], strict=True
        )
        if curve.errors:
            errors = [error if error == error else 0.0 for error in curve.errors[part]]
            spread = ((low - e, high + e) for (low, high), e in zip(spread, errors, strict=True))
        known = [pair for pair in spread if math.isfinite(pair[1] - pair[0])]
        lows += [low for low, _ in known]
        highs += [high for _, high in known]
        if curve.smoothed:
            certain += filter(math.isfinite, curve.shown[part])
    if figure.log:
        lows, highs, certain = ([value for value in values if value > 0] for values in (lows, highs, certain))
    if not lows or not highs:
        return (0.1, 1.0) if figure.log else (0.0, 1.0)
    cut = math.floor(len(lows) * _CUT) if certain else 0
    low = min([sorted(lows)[cut], *certain])
    high = max([sorted(highs)[len(highs) - 1 - cut], *certain])
    high = min((goal.value for goal in figure.goals if goal.value >= high), default=high)
    if figure.log:
        return (low / 1.1, high * 1.1)
    if 0 < low < _FLOOR * high:
        low = 0.0
    if high - low < 1e-6 * abs(high):  # one value, and the rounding of its mean
        return (low - 0.04 * abs(low), high + 0.04 * abs(high))
    room = (high - low or 1.0) * 0.04
    return (low if low == 0 else low - room, high + room)
