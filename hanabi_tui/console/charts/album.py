"""All that the Charts page shows: one run, others beside it, and what is kept nowhere but here."""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from hanabi_tui.console.charts.curves import Curves
from hanabi_tui.console.charts.figure import Figure
from hanabi_tui.console.charts.other_runs import short_names
from hanabi_tui.console.charts.panels import PANELS, USUAL, VITALS, Panel, Run, figure_of, has_numbers
from hanabi_tui.console.charts.place import Place
from hanabi_tui.console.charts.series import Series
from hanabi_tui.console.live.model import Model

PATIENCE = 10.0
"""Seconds between two measurements of the machine that are no gap yet."""


class Album:
    """Runs, and the charts that are made of them.

    Attributes:
      own: the run that all is about.
      others: runs that it is compared with.
      wanted: names of the panels that are shown; None: the usual ones, and those that have numbers.
      logs: names of the panels whose y axis is logarithmic.
    """

    def __init__(self, directory: Path) -> None:
        self.own = Curves(directory)
        self.others: list[Curves] = []
        self.wanted: set[str] | None = None
        self.logs: set[str] = set()
        self._vitals, self._run = Series(VITALS, patience=PATIENCE), ""
        self._reading = set[Curves]()

    @property
    def every(self) -> tuple[Curves, ...]:
        """All runs, the own one first."""
        return (self.own, *self.others)

    async def catch_up(self, curves: Curves) -> AsyncIterator[None]:
        """Read, in a thread, what came to a run.db; yields when there is more to show.

        Ends at once where the same run is being read already, for a long one takes its time.
        """
        if curves in self._reading:
            return
        self._reading.add(curves)
        try:
            if not curves.known and curves.take(await asyncio.to_thread(curves.read_preview)):
                yield
            if curves.take(await asyncio.to_thread(curves.read_news)):
                yield
        finally:
            self._reading.discard(curves)

    def measure(self, model: Model) -> None:
        """Keep what the newest vitals say."""
        run = model.overview.run if model.overview else ""
        if run and self._run and run != self._run:  # another one, in the same directory
            self._vitals = Series(VITALS, patience=PATIENCE)
        self._run = run or self._run
        vitals, progress, newest = model.vitals, model.progress, self._vitals.newest
        if newest is not None and progress is not None and progress.step < newest.step:  # it went back
            self._vitals.forget_after(progress.step, progress.seconds)
        if vitals is None or (newest is not None and vitals.time <= newest.clock):
            return
        trip = vitals.link.round_trip if vitals.link else None
        gpu = vitals.device.utilisation if vitals.device else None
        step, seconds = (progress.step, progress.seconds) if progress else (0, 0.0)
        values = [_scaled(trip, 1000), _scaled(gpu, 1), _scaled(vitals.cpu, 100)]
        self._vitals.append(Place(step, seconds, vitals.time), values)

    def compare(self, directories: Sequence[Path]) -> None:
        """Lay these runs over the own one, and no others."""
        known = {curves.directory: curves for curves in self.others}
        for directory, curves in known.items():
            if directory not in directories:
                curves.stopped.set()
        self.others = [known.get(directory) or Curves(directory) for directory in directories]

    def close(self) -> None:
        """End a reading under way."""
        for curves in self.every:
            curves.stopped.set()

    def figures(self) -> dict[Panel, Figure]:
        """What is shown, in order."""
        every = self.every
        names = short_names([curves.directory for curves in every]) if self.others else [""]
        runs = [Run(name, each, each is self.own) for name, each in zip(names, every, strict=True)]
        found = {panel: figure_of(panel, runs, self._vitals, log=panel.name in self.logs) for panel in PANELS}
        return {panel: figure for panel, figure in found.items() if self._wants(panel, figure)}

    def problem(self) -> str:
        """What could not be read, and why; empty: all could."""
        return "; ".join(curves.problem for curves in self.every if curves.problem)

    def _wants(self, panel: Panel, figure: Figure) -> bool:
        if self.wanted is not None:
            return panel.name in self.wanted
        return panel.name in USUAL or has_numbers(figure)


def _scaled(value: float | None, factor: float) -> float:
    return math.nan if value is None else value * factor
