"""How the score grew, with its error band and the published marks."""

from collections.abc import Sequence

from textual.strip import Strip

from engine.contracts.events import Evaluated
from hanabi_tui.console.charts.figure import Figure, Goal, Line
from hanabi_tui.console.charts.lens import Lens
from hanabi_tui.console.charts.marks_to_beat import goals_for
from hanabi_tui.console.charts.place import Axis, Place
from hanabi_tui.console.charts.series import Series
from hanabi_tui.console.widgets.chart import Chart

COLUMNS = ("mean", "error")

LEAST = 3
"""Lines below which there is no room for a curve."""


class ScoreCurve(Chart):
    """The mean score of each variant over time trained."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 Textual's name
        super().__init__(
            Figure("score", "points", places=2), lens=Lens(axis=Axis.TRAINED, half_life=0), id=id
        )
        self._newest: tuple[int, float] | None = None

    def see(self, evaluations: Sequence[Evaluated]) -> None:
        """Show these evaluations, oldest first; draws only if there are others."""
        newest = (len(evaluations), evaluations[-1].time) if evaluations else (0, 0.0)
        if newest == self._newest:
            return
        self._newest = newest
        curves: dict[str, Series] = {}
        for event in evaluations:
            for score in event.scores:
                series = curves.setdefault(score.variant, Series(COLUMNS))
                series.append(Place(event.step, event.seconds, event.time), [score.mean, score.error])
        several = len(curves) > 1
        lines = [
            Line(name if several else "", series, "mean", error="error", smooth=False)
            for name, series in curves.items()
        ]
        self.set_lines(lines, goals=_near(goals_for(list(curves)), evaluations))

    def render_line(self, y: int) -> Strip:
        """A line of the curve; with less room than axis and curve need, nothing is drawn."""
        return super().render_line(y) if self.size.height >= LEAST else Strip.blank(self.size.width)


def _near(goals: Sequence[Goal], evaluations: Sequence[Evaluated]) -> Sequence[Goal]:
    """The marks up to the one to beat next: those far above would press the curve flat."""
    best = max((score.mean for event in evaluations for score in event.scores), default=0.0)
    ahead = next((number for number, goal in enumerate(goals) if goal.value > best), len(goals))
    return goals[: ahead + 1]
