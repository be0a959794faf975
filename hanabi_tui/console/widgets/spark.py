"""A course of values in a line or two, without axes."""

from collections.abc import Sequence
from typing import Any

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from hanabi_tui.console.charts.dots import ASCII, charset
from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.charts.series import Series
from hanabi_tui.console.charts.sparks import BARS, PLAIN_BARS, sparks


class Spark(Widget):
    """Little bars, the newest at the right: as many lines high as it has room for.

    spark.set_values([...]) shows numbers; spark.set_series(series, "loss", seconds=600) the last ten minutes
    of a metric.
    """

    DEFAULT_CSS = "Spark { width: 1fr; height: 1; color: $primary; }"

    def __init__(self, *, low: float | None = None, high: float | None = None, **more: Any) -> None:
        """Make one; `low` and `high` are the values of an empty and a full bar (None: as the values are)."""
        super().__init__(**more)
        self._low, self._high = low, high
        self._values: Sequence[float] = ()
        self._drawn: tuple[str, ...] = ()
        self._bars = PLAIN_BARS if charset() is ASCII else BARS

    def set_values(self, values: Sequence[float]) -> None:
        """Show these, oldest first; NaN leaves a gap."""
        self._values = tuple(values)
        if self._texts() != self._drawn:
            self.refresh()

    def set_series(self, series: Series, metric: str, *, seconds: float = 600.0) -> None:
        """Show the last so many seconds of a metric."""
        span = series.span(Axis.CLOCK)
        if span is None:
            self.set_values(())
            return
        window = series.window(
            metric, Axis.CLOCK, span[1] - seconds, span[1], most=2 * max(1, self.size.width)
        )
        self.set_values(window.means)

    def render_line(self, y: int) -> Strip:
        """One line."""
        self._drawn = self._texts()
        text = self._drawn[y] if y < len(self._drawn) else " " * self.size.width
        return Strip([Segment(text, self.rich_style)], self.size.width)

    def _texts(self) -> tuple[str, ...]:
        width, height = self.size
        return tuple(sparks(self._values, width, height, low=self._low, high=self._high, bars=self._bars))
