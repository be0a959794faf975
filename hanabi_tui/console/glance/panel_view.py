"""What views of panels have in common."""

import time
from collections.abc import Mapping
from typing import ClassVar

from textual.events import Resize

from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.past import Remembered
from hanabi_tui.console.view import View

TICK = 1.0
"""Seconds between two looks at the clock, for what grows old while nothing comes."""


class PanelView(View):
    """Reads a run's past, takes the layout that fits, and shows all anew as it grows old.

    Attributes:
      layouts: style classes, with the columns and lines from which there is room for them.
    """

    layouts: ClassVar[Mapping[str, tuple[int, int]]]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._remembered = Remembered()
        self._in_sight, self._shown = False, 0.0

    def on_mount(self) -> None:
        """Let what is shown grow old."""
        self.set_interval(TICK, self._tick)

    def on_resize(self, event: Resize) -> None:
        """Take the layout that fits."""
        before = self.classes
        for layout, (columns, lines) in self.layouts.items():
            self.set_class(event.size.width >= columns and event.size.height >= lines, layout)
        if self._in_sight and self.classes != before:  # other panels are shown now
            self.call_after_refresh(self._show, self.app.model)

    def show(self, model: Model) -> None:
        """Show how things are now."""
        self._in_sight = True
        if self._remembered.due(model):
            self.run_worker(self._read_past(model), group="past", exclusive=True, exit_on_error=False)
        self._show(model)

    def leave(self) -> None:
        """Rest."""
        self._in_sight = False

    def _tick(self) -> None:
        if self._in_sight and time.monotonic() - self._shown > 0.9 * TICK:
            self._show(self.app.model)

    async def _read_past(self, model: Model) -> None:
        await self._remembered.read(model.directory)
        if self._in_sight:
            self._show(model)

    def _show(self, model: Model) -> None:
        self._shown = time.monotonic()
        self.fill(model, time.time())

    def fill(self, model: Model, now: float) -> None:
        """Fill the panels that are displayed."""
        raise NotImplementedError
