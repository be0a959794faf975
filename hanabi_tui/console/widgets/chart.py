"""The chart as a widget: drawn line by line, only what changed; wheel, drag and hover move its lens."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from hanabi_tui.console.charts.dots import Charset, charset
from hanabi_tui.console.charts.figure import Figure, Goal, Line, Mark
from hanabi_tui.console.charts.legend import LINES
from hanabi_tui.console.charts.lens import Lens, Span
from hanabi_tui.console.charts.plot import Drawing, draw

ZOOM = 0.8
"""What is seen after one notch of the wheel, as a share of what was seen before."""


_FAINT = ("raw", "grid", "note", "axis")
"""Beginnings of the names of what stays in the background."""


class Chart(Widget):
    """Curves over steps or time.

    A chart for another view takes three lines:

        chart = Chart(Figure("score", "points", places=2, goals=GOALS))
        chart.set_lines([Line("", series, "mean", error="error")])  # again whenever there is more
        chart.lens.half_life = 0; chart.redraw()

    Charts that are given the same Lens show the same part of the run; whoever shares one among them listens
    to Chart.Moved, and redraws the others.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"chart--{name}" for name in ("title", "value", "note", "axis", "grid", "goal", "mark", "cross")),
        *(f"chart--{layer}{number}" for layer in ("line", "raw") for number in range(LINES)),
    }

    DEFAULT_CSS = """
    Chart {
        width: 1fr; height: 1fr;
        .chart--title { text-style: bold; }
        .chart--value { color: $foreground; }
        .chart--note { color: $text-muted; }
        .chart--axis { color: $text-muted; }
        .chart--grid { color: $foreground 12%; }
        .chart--goal { color: $text-success; }
        .chart--mark { color: $text-warning; }
        .chart--cross { color: $foreground; text-style: bold; }
        .chart--line0 { color: $primary; }
        .chart--line1 { color: $accent; }
        .chart--line2 { color: $success; }
        .chart--line3 { color: $warning; }
        .chart--line4 { color: $error; }
        .chart--line5 { color: $secondary; }
        .chart--raw0 { color: $primary 40%; }
        .chart--raw1 { color: $accent 40%; }
        .chart--raw2 { color: $success 40%; }
        .chart--raw3 { color: $warning 40%; }
        .chart--raw4 { color: $error 40%; }
        .chart--raw5 { color: $secondary 40%; }
    }
    Chart.-chosen .chart--title { text-style: reverse bold; }
    """

    class Moved(Message):
        """Its lens shows another part now, or its crosshair stands elsewhere."""

        def __init__(self, chart: "Chart") -> None:
            super().__init__()
            self.chart = chart

        @property
        def control(self) -> "Chart":
            """The chart."""
            return self.chart

    class Clicked(Message):
        """It was clicked at; `twice`: two times in a row."""

        def __init__(self, chart: "Chart", twice: bool) -> None:
            super().__init__()
            self.chart, self.twice = chart, twice

        @property
        def control(self) -> "Chart":
            """The chart."""
            return self.chart

    def __init__(
        self,
        figure: Figure | None = None,
        *,
        lens: Lens | None = None,
        explained: bool = False,
        chars: Charset | None = None,
        **more: Any,
    ) -> None:
        """Make one.

        Args:
          figure: what it shows.
          lens: which part of that; None: one of its own.
          explained: whether a line says what the figure means.
          chars: what it is drawn with; None: what the terminal can show.
          more: as for any widget.
        """
        super().__init__(**more)
        self.figure, self.lens, self.explained = figure or Figure(""), lens or Lens(), explained
        self._chars = chars or charset()
        self._bounds: Span | None = None
        self._drawing: Drawing | None = None
        self._strips: list[Strip] = []
        self._looks: dict[str, Style] = {}
        self._dragged: tuple[int, Span] | None = None

    @property
    def bounds(self) -> Span | None:
        """All of the x axis; None: there is nothing to show."""
        return self._bounds or self.figure.bounds(self.lens.axis)

    def set_lines(
        self,
        lines: Sequence[Line],
        *,
        goals: Sequence[Goal] | None = None,
        marks: Sequence[Mark] | None = None,
    ) -> None:
        """Show these lines, with the same title and all the rest, unless other goals or marks are given."""
        figure = replace(self.figure, lines=tuple(lines))
        if goals is not None:
            figure = replace(figure, goals=tuple(goals))
        if marks is not None:
            figure = replace(figure, marks=tuple(marks))
        self.set_figure(figure)

    def set_figure(self, figure: Figure, *, bounds: Span | None = None) -> None:
        """Show a figure.

        Args:
          figure: what.
          bounds: what the whole x axis is; None: what the figure's lines cover.
        """
        self.hold(figure, bounds=bounds)
        self.redraw()

    def hold(self, figure: Figure, *, bounds: Span | None = None) -> None:
        """Take a figure, as `set_figure` does, that is shown when the chart is drawn next."""
        self.figure, self._bounds = figure, bounds

    def redraw(self) -> None:
        """Draw what the series and the lens say now; only lines that look different are sent out."""
        if not self.size.width or not self.size.height:
            self._strips = []  # it is drawn when it comes into sight
            self.refresh()
            return
        before, self._strips = self._strips, self._draw(self.size)
        if len(before) != len(self._strips):
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, self._strips, strict=True)) if old != new]
        self.refresh(*(Region(0, y, self.size.width, 1) for y in changed)) if changed else None

    def render_line(self, y: int) -> Strip:
        """One line, as it was drawn."""
        if len(self._strips) != self.size.height or self._strips[0].cell_length != self.size.width:
            self._strips = self._draw(self.size)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)

    def notify_style_update(self) -> None:
        """Another theme: all colours are looked up anew."""
        super().notify_style_update()
        self._looks.clear()
        self._strips = []

    def place_at(self, column: int) -> float | None:
        """What lies at a column of the widget on the x axis; None: nothing does."""
        drawing = self._drawing
        if drawing is None or drawing.span is None:
            return None
        first, last = drawing.span
        share = (column - drawing.left + 0.5) / drawing.columns
        return first + min(max(share, 0.0), 1.0) * (last - first)

    def _draw(self, size: Size) -> list[Strip]:
        self._drawing = draw(
            self.figure,
            self.lens,
            size.width,
            size.height,
            chars=self._chars,
            bounds=self._bounds,
            explained=self.explained,
        )
        return [
            Strip([Segment(text, self._look(style)) for text, style in line], size.width)
            for line in self._drawing.lines
        ]

    def _look(self, name: str) -> Style:
        look = self._looks.get(name)
        if look is None:
            look = self.get_component_rich_style(f"chart--{name}") if name else self.rich_style
            own = look.color is not None and look.color.type is not ColorType.TRUECOLOR
            if name.startswith(_FAINT) and (own or self.app.no_color):
                look += Style(dim=True)  # a terminal's own colours cannot be mixed with its background
            self._looks[name] = look
        return look

    # mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """See more."""
        self._zoom(event, 1 / ZOOM)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """See less, around the pointer."""
        self._zoom(event, ZOOM)

    def _zoom(self, event: events.MouseEvent, factor: float) -> None:
        place, bounds = self.place_at(event.x), self.bounds
        if place is not None and bounds is not None:
            event.stop()
            self.lens.zoom(factor, bounds, place)
            self._moved()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the curve."""
        if event.button == 1 and self._drawing is not None and self._drawing.span is not None:
            self._dragged = (event.x, self._drawing.span)
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of it."""
        self._dragged = None
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the curve along, or read what is under the pointer."""
        place, bounds = self.place_at(event.x), self.bounds
        if place is None or bounds is None or self._drawing is None:
            return
        if self._dragged is not None:
            column, (first, last) = self._dragged
            share = (column - event.x) / self._drawing.columns
            if share and self.lens.span is not None:
                self.lens.span, self.lens.following = (first, last), False
                self.lens.pan(share, bounds)
                self._moved()
        elif self.lens.cross != place:
            self.lens.cross = place
            self._moved()

    def on_leave(self, event: events.Leave) -> None:
        """The pointer is gone, and the crosshair with it."""
        if self.lens.cross is not None and not math.isnan(self.lens.cross):
            self.lens.cross = None
            self._moved()

    def on_click(self, event: events.Click) -> None:
        """Say so."""
        self.post_message(self.Clicked(self, event.chain == 2))

    def _moved(self) -> None:
        self.redraw()
        self.post_message(self.Moved(self))
