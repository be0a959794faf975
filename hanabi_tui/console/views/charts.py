"""Charts: a run's whole history, many small or one large; zoomed, smoothed, and compared with other runs."""

import math
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from hanabi_tui.console.charts.album import Album
from hanabi_tui.console.charts.chart_actions import ACTIONS
from hanabi_tui.console.charts.chart_words import what_is_seen
from hanabi_tui.console.charts.curves import Curves
from hanabi_tui.console.charts.dots import charset
from hanabi_tui.console.charts.figure import Figure, around
from hanabi_tui.console.charts.lens_keys import LensKeys
from hanabi_tui.console.charts.panels import PANELS, Panel
from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.dialogues.charts import which_panels, which_runs
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.widgets.chart import Chart
from hanabi_tui.console.widgets.in_turn import InTurn

TICK = 1.0
"""Seconds between two looks into run.db while the view is seen."""

OTHERS = 0.05
"""Seconds until what keys or a mouse did to one chart is seen on all."""

NARROWEST, LOWEST = 38, 7
"""Columns and lines that a small chart has at least."""

_MOST_COLUMNS = 4


class Charts(LensKeys):
    """All curves of a run."""

    actions = ACTIONS

    DEFAULT_CSS = """
    Charts { layout: vertical; }
    Charts #lens { height: 1; color: $text-muted; }
    Charts #small { height: 1fr; layout: grid; grid-gutter: 0 1; }
    Charts #small Chart { height: 100%; }
    Charts #large { height: 1fr; display: none; }
    Charts.-enlarged #small { display: none; }
    Charts.-enlarged #large { display: block; }
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._album: Album | None = None
        self._figures: dict[Panel, Figure] = {}
        self._chosen = ""
        self._dot = charset().dot
        self._seen, self._turns = False, InTurn()

    def compose(self) -> ComposeResult:
        """A line that says what is seen, the small charts, the large one."""
        yield Static("", id="lens", markup=False)
        with VerticalScroll(id="small", can_focus=False):
            for panel in PANELS:
                yield Chart(Figure(panel.name), lens=self._lens, id=_id_of(panel))
        yield Chart(Figure(""), lens=self._lens, explained=True, id="large")

    def on_mount(self) -> None:
        """Begin to look."""
        self.set_interval(TICK, self._tick)

    def on_unmount(self) -> None:
        """End a reading under way."""
        if self._album is not None:
            self._album.close()

    def show(self, model: Model) -> None:
        """Show how things are now."""
        self._seen = True
        if self._album is None:
            self._album = Album(model.directory)
            self._tick()
            self._redraw()

    def leave(self) -> None:
        """Stop reading until the view is seen again."""
        self._seen = False

    def on_resize(self, event: Resize) -> None:
        """As many charts side by side as fit."""
        self._arrange()

    def on_chart_moved(self, event: Chart.Moved) -> None:
        """All charts show the same part; the others follow a little later, for a mouse moves often."""
        self._let_others_follow()
        self._say_what_is_seen()

    def _let_others_follow(self) -> None:
        self._turns.add(self._charts())
        self.run_worker(self._turns.draw(after=OTHERS), group="drawing")

    def on_chart_clicked(self, event: Chart.Clicked) -> None:
        """A click chooses a chart, two enlarge it."""
        found = next((panel for panel in self._figures if _id_of(panel) == event.chart.id), None)
        if found is not None:
            self._choose(found.name)
        if event.twice:
            self.action_enlarge()

    # showing

    def _tick(self) -> None:
        if self._album is not None:
            self._album.measure(self.app.model)
            if self._seen:
                for curves in self._album.every:
                    self.run_worker(self._catch_up(self._album, curves), group="curves")

    async def _catch_up(self, album: Album, curves: Curves) -> None:
        async for _ in album.catch_up(curves):
            if self.is_attached:
                self._take()
                self._let_others_follow()

    def _redraw(self) -> None:
        """Draw everything that is seen from what is known by now."""
        self._take()
        for chart in self._charts():
            chart.redraw()
            self._turns.done(chart)

    def _take(self) -> None:
        """Give the charts what is known by now, to show when they are drawn next."""
        if self._album is None:
            return
        before, self._figures = [*self._figures], self._album.figures()
        self._bounds = around(figure.bounds(self._lens.axis) for figure in self._figures.values())
        if before != [*self._figures]:
            for panel in PANELS:
                self._chart(panel).display = panel in self._figures
            self._arrange()
            self._choose(self._chosen)
        for panel, figure in self._figures.items():
            self._chart(panel).hold(figure, bounds=self._bounds)
            if panel.name == self._chosen:
                self._large.hold(figure, bounds=self._bounds)
        self._say_what_is_seen()

    def _arrange(self) -> None:
        """So many columns that each is wide enough, and rows that fill the height but scroll if they must."""
        small = self.query_one("#small")
        count = max(1, len(self._figures) or len(PANELS))
        columns = max(1, min(_MOST_COLUMNS, self.size.width // NARROWEST, count))
        rows = math.ceil(count / columns)
        height = max(LOWEST, (self.size.height - 1) // rows)
        small.styles.grid_size_columns = columns
        small.styles.grid_rows = str(height)

    def _say_what_is_seen(self) -> None:
        if self._album is not None:
            figure = next(iter(self._figures.values()), None)
            text = what_is_seen(self._album, self._lens, self._bounds, figure, self._dot)
            self.query_one("#lens", Static).update(text, layout=False)

    @property
    def _large(self) -> Chart:
        return self.query_one("#large", Chart)

    @property
    def _enlarged(self) -> bool:
        return self.has_class("-enlarged")

    def _chart(self, panel: Panel) -> Chart:
        return self.query_one(f"#{_id_of(panel)}", Chart)

    def _charts(self) -> list[Chart]:
        return [self._large] if self._enlarged else [self._chart(panel) for panel in self._figures]

    def _choose(self, name: str) -> None:
        names = [panel.name for panel in self._figures]
        self._chosen = name if name in names else names[0] if names else ""
        for panel, figure in self._figures.items():
            chart = self._chart(panel)
            chart.set_class(panel.name == self._chosen, "-chosen")
            if panel.name == self._chosen:
                self._large.set_figure(figure, bounds=self._bounds)
                chart.scroll_visible(animate=False)

    # what keys do

    def _moved(self) -> None:
        """The chosen chart shows at once what its lens shows now: whoever holds a key down need not wait."""
        self._let_others_follow()
        for chart in self._charts():
            if chart is self._large or chart.has_class("-chosen"):
                chart.redraw()
                self._turns.done(chart)
        self._say_what_is_seen()

    def action_enlarge(self) -> None:
        """One chart, or all."""
        self.toggle_class("-enlarged")
        self.call_after_refresh(self._redraw)

    def action_back(self) -> None:
        """First the crosshair goes, then the large chart."""
        if self._lens.cross is not None:
            self._lens.cross = None
            self._moved()
        elif self._enlarged:
            self.action_enlarge()

    def action_next_chart(self) -> None:
        """The one after the chosen one."""
        self._step(1)

    def action_previous_chart(self) -> None:
        """The one before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        names = [panel.name for panel in self._figures]
        if names:
            self._choose(names[(names.index(self._chosen) + by) % len(names)])

    def action_axis(self) -> None:
        """Another x axis."""
        self._lens.turn(Axis((self._lens.axis + 1) % len(Axis)))
        self._redraw()

    def action_log(self) -> None:
        """Powers of ten at even distances."""
        if self._album is not None and self._chosen:
            self._album.logs ^= {self._chosen}
            self._redraw()

    def action_metrics(self) -> None:
        """Choose charts."""
        self.app.push_screen(which_panels(self._figures), self._show_panels)

    def _show_panels(self, names: list[str] | None) -> None:
        if self._album is not None and names is not None:
            self._album.wanted = set(names) or None
            self._redraw()

    async def action_compare(self) -> None:
        """Choose other runs."""
        if self._album is not None:
            self.app.push_screen(await which_runs(self._album), self._compare)

    def _compare(self, paths: list[str] | None) -> None:
        if self._album is not None and paths is not None:
            self._album.compare([Path(path) for path in paths])
            self._redraw()
            self._tick()


def _id_of(panel: Panel) -> str:
    return f"chart-{panel.name.replace(' ', '-')}"
