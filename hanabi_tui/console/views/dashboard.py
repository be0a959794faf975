"""The first view: all that one wants to know at a glance."""

import asyncio
import time
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Resize

from hanabi_tui.console.link_history import Stretch, stretches
from hanabi_tui.console.model import Model
from hanabi_tui.console.panels.learning import learning_lines
from hanabi_tui.console.panels.link import link_lines
from hanabi_tui.console.panels.log_tail import log_lines
from hanabi_tui.console.panels.machines import brief_lines, device_lines, machine_lines
from hanabi_tui.console.panels.run import run_lines
from hanabi_tui.console.panels.score import score_lines
from hanabi_tui.console.panels.sight import Room, Sight
from hanabi_tui.console.panels.speed import speed_lines
from hanabi_tui.console.past import Past, changes, evaluations, read_past, recent
from hanabi_tui.console.view import View
from hanabi_tui.console.widgets.panel import Panel

TICK = 1.0
"""Seconds between two looks at the clock, for what grows old while nothing comes."""

WIDE, HUGE = (110, 33), (170, 40)
"""Columns and lines from which there is room for panels side by side, and for two columns of them."""

RUN = 7
"""Lines that the state of the run may take, with its reason."""


class Dashboard(View):
    """A run at a glance."""

    title: ClassVar[str] = "Dashboard"
    key: ClassVar[str] = "1"

    DEFAULT_CSS = """
    Dashboard {
        layout: grid; grid-size: 1; grid-rows: auto 1fr 10 3;
        Panel { border-top: solid $panel; border-title-color: $text-muted; }
        #run { border: none; height: auto; }
        #scores { layout: vertical; }
        #score { height: 1fr; }
        #numbers { layout: grid; grid-size: 2 2; grid-gutter: 0 2; }
        #device, #machine { display: none; }
    }
    Dashboard.-wide {
        grid-size: 2; grid-columns: 1fr 52; grid-rows: auto 3fr 2fr;
        Panel { border: round $panel; padding: 0 1; }
        #run { column-span: 2; border: none; margin: 0 1; }
        #numbers { row-span: 2; layout: grid; grid-size: 1; grid-gutter: 0; grid-rows: 6 1fr 7 6 5; }
        #device, #machine { display: block; }
        #machines { display: none; }
    }
    Dashboard.-huge {
        grid-columns: 1fr 104;
        #numbers { grid-size: 2; grid-rows: 1fr 1fr 1fr; }
        #learning { row-span: 2; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._past, self._read = Past(), object()
        self._in_sight = False
        self._link: tuple[Stretch, ...] = ()

    def compose(self) -> ComposeResult:
        """A panel for each side of a run."""
        yield Panel("", lambda sight, room: run_lines(sight, Room(room.width, RUN)), id="run")
        with Container(id="scores"):
            yield Panel("Score", partial(score_lines, marks={}), id="score")
        with Container(id="numbers"):
            yield Panel("Speed", speed_lines, id="speed")
            yield Panel("Learning", learning_lines, id="learning")
            yield Panel("Link to the learner", link_lines, id="link")
            yield Panel("Machines", brief_lines, id="machines")
            yield Panel("Learner's device", device_lines, id="device")
            yield Panel("This machine", machine_lines, id="machine")
        yield Panel("Log", log_lines, id="log")

    def on_mount(self) -> None:
        """Let what is shown grow old."""
        self.set_interval(TICK, self._tick)

    def on_resize(self, event: Resize) -> None:
        """Take the layout that fits."""
        for size_class, (columns, lines) in (("-wide", WIDE), ("-huge", HUGE)):
            self.set_class(event.size.width >= columns and event.size.height >= lines, size_class)

    def show(self, model: Model) -> None:
        """Show how things are now."""
        self._in_sight = True
        met = (model.overview and (model.overview.run, model.overview.began), model.missed)
        if met != self._read:  # a run was met, or something was not heard
            self._read = met
            self.run_worker(self._read_past(model), group="past", exclusive=True, exit_on_error=False)
        self._show(model)

    def leave(self) -> None:
        """Rest."""
        self._in_sight = False

    def _tick(self) -> None:
        if self._in_sight:
            self._show(self.app.model)

    def _show(self, model: Model) -> None:
        now, past = time.time(), self._past
        sight = Sight(
            model,
            now,
            evaluations(past, model.evaluations),
            stretches(changes(past, model.events), now),
            recent(past, model.recent),
        )
        for panel in self.query(Panel):
            if panel.display:
                panel.see(sight)

    async def _read_past(self, model: Model) -> None:
        self._past = await asyncio.to_thread(read_past, model.directory)
        if self._in_sight:
            self._show(model)
