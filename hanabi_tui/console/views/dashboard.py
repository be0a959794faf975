"""The first view: all that one wants to know at a glance."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from engine.contracts.events import Progress
from hanabi_tui.console.glance.learning import learning_lines
from hanabi_tui.console.glance.link import link_lines
from hanabi_tui.console.glance.log_tail import log_lines
from hanabi_tui.console.glance.machines import brief_lines, device_lines, machine_lines
from hanabi_tui.console.glance.panel_view import PanelView
from hanabi_tui.console.glance.run import run_lines
from hanabi_tui.console.glance.score import score_lines
from hanabi_tui.console.glance.sight import Sight
from hanabi_tui.console.glance.speed import speed_lines
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.past import evaluations, recent
from hanabi_tui.console.widgets.panel import Panel
from hanabi_tui.console.widgets.recent_curve import RecentCurve
from hanabi_tui.console.widgets.score_curve import ScoreCurve

SHORT = 320
"""Progress that short curves are made of: as many seconds as the longest of them shows."""

RUN, SCORE = 7, 6
"""Lines that the state of the run, with its reason, and the scores may take."""


PACES: dict[str, Callable[[Progress], float]] = {
    "collected": lambda one: one.samples_per_second,
    "trained": lambda one: one.trained_per_second,
}
"""Speeds that are drawn where there is much room."""


class Dashboard(PanelView):
    """A run at a glance."""

    # panels side by side, and two columns of them
    layouts: ClassVar[Mapping[str, tuple[int, int]]] = {"-wide": (110, 33), "-huge": (170, 40)}

    DEFAULT_CSS = """
    Dashboard {
        layout: grid; grid-size: 1; grid-rows: auto 1fr 10 3;
        Panel, #scores { border-top: solid $panel; border-title-color: $text-muted; }
        #run, #score { border: none; height: auto; }
        ScoreCurve { height: 1fr; }
        #numbers { layout: horizontal; }
        #fast, #slow { width: 1fr; height: 1fr; }
        #slow { margin-left: 2; }
        #speed, #learning, #link, #machines { height: 5; }
        #device, #machine, RecentCurve { display: none; }
    }
    Dashboard.-wide {
        grid-size: 2; grid-columns: 1fr 52; grid-rows: auto 3fr 2fr;
        Panel, #scores, RecentCurve { border: round $panel; padding: 0 1; border-title-color: $text-muted; }
        #run, #score { border: none; padding: 0; }
        #run { column-span: 2; margin: 0 2; }
        #numbers { row-span: 2; layout: vertical; }
        #fast { height: auto; }
        #slow { height: 1fr; margin: 0; }
        #speed { height: 6; }
        #link { height: 7; }
        #learning { height: 1fr; max-height: 9; }
        #device { display: block; height: 6; }
        #machine { display: block; height: 5; }
        #machines { display: none; }
    }
    Dashboard.-huge {
        grid-columns: 1fr 104;
        #numbers { layout: horizontal; }
        #fast { height: 1fr; }
        RecentCurve { display: block; height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """A panel for each side of a run."""
        yield Panel("", run_lines, id="run", most=RUN)
        with Container(id="scores"):
            yield Panel("", score_lines, id="score", most=SCORE)
            yield ScoreCurve(id="curve")
        with Container(id="numbers"):
            with Container(id="fast"):
                yield Panel("Speed", speed_lines, id="speed")
                yield Panel("Link to the learner", link_lines, id="link")
                yield Panel("This machine", machine_lines, id="machine")
                yield RecentCurve("samples", "/s", PACES, id="pace")
            with Container(id="slow"):
                yield Panel("Learning", learning_lines, id="learning")
                yield Panel("Machines", brief_lines, id="machines")
                yield Panel("Learner's device", device_lines, id="device")
                yield RecentCurve("loss", "points", {"": lambda one: one.loss}, id="loss")
        yield Panel("Log", log_lines, id="log")

    def on_mount(self) -> None:
        """Title what has parts."""
        self.query_one("#scores").border_title = "Score"

    def fill(self, model: Model, now: float) -> None:
        """Fill the panels and curves that are displayed."""
        past = self._remembered.past
        known = recent(past, model.recent)
        sight = Sight(
            model,
            now,
            evaluations(past, model.evaluations, model.scores.step),
            self._remembered.link(model, now),
            known[-SHORT:],
            self.app.key_of,
        )
        for panel in self.query(Panel):
            if panel.display:
                panel.see(sight)
        self.query_one(ScoreCurve).see(sight.evaluations)
        for curve in self.query(RecentCurve):
            if curve.display:
                curve.see(known)
