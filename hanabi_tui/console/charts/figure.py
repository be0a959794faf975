"""What a chart shows: lines, values to beat, and what happened when."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hanabi_tui.console.charts.lens import Lens, Span
from hanabi_tui.console.charts.place import Axis, Place
from hanabi_tui.console.charts.series import Series, Window
from hanabi_tui.console.charts.smoothing import LEAD, smooth


@dataclass(frozen=True)
class Line:
    """One metric of one run.

    Attributes:
      name: for the legend.
      series: where its numbers are.
      metric: which of them.
      error: the metric of the same series that lies around it on both sides; empty: none does.
      smooth: whether it is smoothed when the lens says so.
    """

    name: str
    series: Series
    metric: str
    error: str = ""
    smooth: bool = True


@dataclass(frozen=True)
class Goal:
    """A value that is drawn across a chart."""

    value: float
    name: str


@dataclass(frozen=True)
class Mark:
    """Something that happened.

    Attributes:
      place: when.
      kind: a letter, shown below the chart.
      text: what, in a few words; the crosshair shows it.
      tall: whether a line goes up from it.
    """

    place: Place
    kind: str
    text: str
    tall: bool = False


@dataclass(frozen=True)
class Figure:
    """Lines, and all that is drawn around them.

    Attributes:
      title: a word or two.
      unit: of y.
      meaning: a sentence; shown where there is room for it.
      lines: the first one is the run that all is about; others are compared with it.
      goals: values to beat.
      marks: what happened, oldest first.
      log: whether y is logarithmic.
      places: decimal places that values are written with; −1: three digits.
    """

    title: str
    unit: str = ""
    meaning: str = ""
    lines: Sequence[Line] = ()
    goals: Sequence[Goal] = ()
    marks: Sequence[Mark] = field(default=(), repr=False)
    log: bool = False
    places: int = -1

    def marks_near(self, axis: Axis, place: float, reach: float) -> Sequence[Mark]:
        """What happened within `reach` of a place, oldest first."""
        begin = bisect_left(self.marks, place - reach, key=lambda mark: mark.place[axis])
        end = bisect_right(self.marks, place + reach, key=lambda mark: mark.place[axis])
        return self.marks[begin:end]

    def bounds(self, axis: Axis) -> Span | None:
        """The first and last place of any line; None: there is no number yet."""
        return around(line.series.span(axis) for line in self.lines)


def around(spans: Iterable[Span | None]) -> Span | None:
    """The span that holds all spans; None if there is none."""
    known = [span for span in spans if span is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


@dataclass(frozen=True)
class Curve:
    """A line as a lens shows it.

    Attributes:
      window: what is seen of it, with a bucket before and after.
      shown: what is drawn: the means, smoothed if they are to be.
      errors: half the width of the band around, or empty.
      smoothed: whether `shown` differs from the means.
    """

    window: Window
    shown: Sequence[float]
    errors: Sequence[float]
    smoothed: bool

    def inside(self, span: Span) -> range:
        """Numbers of the points within a span; all, if none is."""
        xs = self.window.xs
        found = range(bisect_left(xs, span[0]), bisect_left(xs, math.nextafter(span[1], math.inf)))
        return found or range(len(xs))

    def nearest(self, place: float) -> int | None:
        """The number of the point nearest to a place that has a value; None: there is none."""
        xs = self.window.xs
        after = bisect_left(xs, place)
        known = (
            next((n for n in range(after, len(xs)) if self.shown[n] == self.shown[n]), None),
            next((n for n in range(after - 1, -1, -1) if self.shown[n] == self.shown[n]), None),
        )
        return min((n for n in known if n is not None), key=lambda n: abs(xs[n] - place), default=None)


def seen(line: Line, lens: Lens, span: Span, across: int) -> Curve:
    """A line through a lens, on so many columns of dots."""
    half_life = lens.half_life if line.smooth else 0
    window = line.series.window(line.metric, lens.axis, *span, most=2 * across, lead=half_life * LEAD)
    errors: Sequence[float] = ()
    if line.error:
        errors = line.series.window(
            line.error, lens.axis, *span, most=2 * across, lead=half_life * LEAD
        ).means
    calm = smooth(window.means, half_life / window.rows)
    lead = window.start
    breaks = frozenset(number - lead for number in window.breaks if number >= lead)
    xs, lows, means, highs = (column[lead:] for column in window[:4])
    return Curve(
        Window(xs, lows, means, highs, breaks, window.rows, 0), calm[lead:], errors[lead:], half_life > 0
    )
