"""How a speed or a loss went over the last minutes."""

from collections.abc import Callable, Mapping, Sequence

from engine.contracts.events import Progress
from hanabi_tui.console.charts.figure import Figure, Line
from hanabi_tui.console.charts.lens import Lens
from hanabi_tui.console.charts.place import Axis, Place
from hanabi_tui.console.charts.series import Series
from hanabi_tui.console.widgets.chart import Chart

EVERY = 5.0
"""Seconds between two drawings: nobody sees more on minutes."""

PATIENCE = 15.0
"""Seconds between two Progress that are no pause."""


class RecentCurve(Chart):
    """Some numbers of Progress over the clock.

    Args:
      title: of what.
      unit: of it.
      numbers: what each line is called (empty: it alone is there), and how it is found.
    """

    def __init__(
        self,
        title: str,
        unit: str,
        numbers: Mapping[str, Callable[[Progress], float]],
        *,
        id: str,  # noqa: A002
    ) -> None:
        super().__init__(Figure(title, unit), lens=Lens(axis=Axis.CLOCK, half_life=5), id=id)
        self._numbers, self._drawn = dict(numbers), 0.0

    def see(self, recent: Sequence[Progress]) -> None:
        """Show these, oldest first; draws only now and then."""
        newest = recent[-1].time if recent else 0.0
        if abs(newest - self._drawn) < EVERY:
            return
        self._drawn = newest
        series = Series([name or "value" for name in self._numbers], patience=PATIENCE)
        for one in recent:
            place = Place(one.step, one.seconds, one.time)
            series.append(place, [number(one) for number in self._numbers.values()])
        self.set_lines([Line(name, series, name or "value") for name in self._numbers])
