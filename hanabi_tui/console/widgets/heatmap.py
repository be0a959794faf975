"""A matrix on the screen: a number, a shade and a colour in each field, labels that stay while it scrolls."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hanabi_tui.commands.heat import Rgb, mixed, readable_on

SHADES = " ░▒▓█"
"""How strong a field is, for whoever sees no colours."""


@dataclass(frozen=True)
class Field:
    """One field of a matrix.

    Attributes:
      text: what stands in it, short; empty: nothing is known.
      strength: how dark its shade is, 0..1.
      ground: its colour; None: that of the page.
    """

    text: str = ""
    strength: float = 0.0
    ground: Rgb | None = None


@dataclass(frozen=True)
class Matrix:
    """N rows of M fields, with labels.

    Attributes:
      corner: stands where the labels meet.
      rows, columns: N and M labels.
      fields: N × M.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    fields: Sequence[Sequence[Field]]
    corner: str = ""

    @property
    def label_width(self) -> int:
        """Columns of the screen that the labels of rows take, with a space behind."""
        return max(map(len, (self.corner, *self.rows))) + 1

    @property
    def field_width(self) -> int:
        """Columns of the screen that a field takes: its label with a space, and its text.

        What is left in front of the text has the shade; `100` and the like leave nothing.
        """
        labels = (1 + len(label) for label in self.columns)
        return max((*labels, *(len(field.text) for row in self.fields for field in row)), default=2)


EMPTY = Matrix((), (), ())


class HeatMap(ScrollView, can_focus=True):
    """Shows a Matrix; a cursor, moved by keys and mouse, points at one field and tells which."""

    DEFAULT_CSS = """
    HeatMap { height: 1fr; min-height: 3; }
    HeatMap .heat-map--label { color: $text-muted; }
    HeatMap .heat-map--pointed { color: $text; text-style: bold underline; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"heat-map--label", "heat-map--pointed"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"point({step})", what, show=False)
        for key, step, what in (
            ("up", "-1, 0", "Row above"),
            ("down", "1, 0", "Row below"),
            ("left", "0, -1", "Column before"),
            ("right", "0, 1", "Next column"),
            ("home", "0, -99", "First column"),
            ("end", "0, 99", "Last column"),
            ("pageup", "-8, 0", "Some rows up"),
            ("pagedown", "8, 0", "Some rows down"),
            ("ctrl+home", "-99, -99", "First field"),
            ("ctrl+end", "99, 99", "Last field"),
        )
    ]

    class Pointed(Message):
        """The cursor points at a field."""

        def __init__(self, heat_map: "HeatMap", row: int, column: int) -> None:
            super().__init__()
            self.heat_map, self.row, self.column = heat_map, row, column

        @property
        def control(self) -> "HeatMap":
            """Which heat map it is."""
            return self.heat_map

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual calls it so
        super().__init__(id=id)
        self.matrix = EMPTY
        self.cursor = (0, 0)

    def show_matrix(self, matrix: Matrix) -> None:
        """Show another matrix; the cursor stays where it is, if it can."""
        self.matrix = matrix
        self.virtual_size = Size(
            matrix.label_width + matrix.field_width * len(matrix.columns), 1 + len(matrix.rows)
        )
        self.point_at(*self.cursor)

    def point_at(self, row: int, column: int) -> None:
        """Move the cursor to a field, or as near as there is one."""
        rows, columns = len(self.matrix.rows), len(self.matrix.columns)
        self.cursor = (max(0, min(row, rows - 1)), max(0, min(column, columns - 1)))
        self._scroll_to_cursor()
        self.refresh()
        if rows and columns:
            self.post_message(self.Pointed(self, *self.cursor))

    def action_point(self, rows: int, columns: int) -> None:
        """Move the cursor by so many fields."""
        self.point_at(self.cursor[0] + rows, self.cursor[1] + columns)

    def on_click(self, event: events.Click) -> None:
        """Point at what was clicked."""
        at = event.get_content_offset(self)
        if at is None:
            return
        row = at.y - 1 + self.scroll_offset.y
        column = (at.x - self.matrix.label_width + self.scroll_offset.x) // max(self.matrix.field_width, 1)
        if at.y >= 1 and at.x >= self.matrix.label_width and row < len(self.matrix.rows):
            self.point_at(row, column)

    def _scroll_to_cursor(self) -> None:
        """Bring the cursor between the labels and the edge."""
        row, column = self.cursor
        wide = self.matrix.field_width
        room = self.scrollable_content_region.size
        x = _into_sight(column * wide, wide, self.scroll_offset.x, room.width - self.matrix.label_width)
        y = _into_sight(row, 1, self.scroll_offset.y, room.height - 1)
        if (x, y) != self.scroll_offset:
            self.scroll_to(x, y, animate=False)

    def render_line(self, y: int) -> Strip:
        """A line of the screen: the labels of columns, or a row."""
        room = self.scrollable_content_region.width
        row = y - 1 + self.scroll_offset.y
        if not self.matrix.rows or row >= len(self.matrix.rows):
            return Strip.blank(self.size.width, self.rich_style)
        wide = self.matrix.label_width
        name = self.matrix.corner if y == 0 else self.matrix.rows[row]
        style = self._label_style(pointed=y > 0 and row == self.cursor[0])
        label = Strip([Segment(name, style), Segment(" " * (wide - len(name)), self.rich_style)])
        fields = Strip(list(self._heads() if y == 0 else self._fields(row)))
        start = self.scroll_offset.x
        fields = fields.crop_extend(start, start + max(room - wide, 0), self.rich_style)
        return Strip.join([label, fields]).crop_extend(0, self.size.width, self.rich_style)

    def _heads(self) -> list[Segment]:
        return [
            part
            for column, name in enumerate(self.matrix.columns)
            for part in (
                Segment(" " * (self.matrix.field_width - len(name)), self.rich_style),
                Segment(name, self._label_style(pointed=column == self.cursor[1])),
            )
        ]

    def _fields(self, row: int) -> list[Segment]:
        return [
            part
            for column, field in enumerate(self.matrix.fields[row])
            for part in self._field(field, pointed=(row, column) == self.cursor)
        ]

    def _field(self, field: Field, *, pointed: bool) -> list[Segment]:
        wide = self.matrix.field_width
        style = self.rich_style
        shade = style
        if field.ground is not None:
            ink = readable_on(field.ground)
            style += Style(color=Color.from_rgb(*ink), bgcolor=Color.from_rgb(*field.ground))
            shade = style + Style(color=Color.from_rgb(*mixed(field.ground, ink, 0.35)))
        if pointed:
            return [Segment(f"{field.text:>{wide}}", style + Style(reverse=True, bold=True))]
        mark = SHADES[min(ceil(field.strength * (len(SHADES) - 1)), len(SHADES) - 1)]
        room = wide - len(field.text)
        return [Segment(f"{mark:<{room}}"[:room], shade), Segment(field.text, style)]

    def _label_style(self, *, pointed: bool) -> Style:
        return self.get_component_rich_style("heat-map--pointed" if pointed else "heat-map--label")


def _into_sight(start: int, length: int, scrolled: int, room: int) -> int:
    """How far to scroll, at least, so that a stretch can be seen."""
    if start < scrolled or room < length:
        return start
    return max(scrolled, start + length - room)
