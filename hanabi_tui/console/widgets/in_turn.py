"""Charts drawn one after another, with a breath between two: a key that comes meanwhile goes first."""

import asyncio
from collections.abc import Iterable

from hanabi_tui.console.widgets.chart import Chart

BREATH = 0.01
"""Seconds between two charts: a key passes through several queues, each a turn of the loop."""


class InTurn:
    """Charts that show what is no longer so, and wait to be drawn."""

    def __init__(self) -> None:
        self._waiting: dict[Chart, None] = {}
        self._drawing = False

    def add(self, charts: Iterable[Chart]) -> None:
        """Have these drawn, each once."""
        self._waiting |= dict.fromkeys(charts)

    def done(self, chart: Chart) -> None:
        """It was drawn by someone else."""
        self._waiting.pop(chart, None)

    async def draw(self, after: float = 0.0) -> None:
        """Draw until none waits, beginning after some seconds; nothing, where someone draws already."""
        if self._drawing:
            return
        self._drawing = True
        try:
            await asyncio.sleep(after)
            while self._waiting:
                chart = next(iter(self._waiting))
                self.done(chart)
                if chart.is_attached:
                    chart.redraw()
                await asyncio.sleep(BREATH)
        finally:
            self._drawing = False
