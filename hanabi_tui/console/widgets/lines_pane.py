"""A pane of many lines, drawn only where it is seen: wrap, follow, a line chosen, a text marked."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hanabi_tui.console.live.line_store import LineStore
from hanabi_tui.console.pieces import Line, plain
from hanabi_tui.console.widgets.block import PART_CLASSES, PART_STYLES, Drawn, overlaid


class LinesPane(ScrollView, Drawn, can_focus=True):
    """Shows lines of text.

    Attributes:
      follow: whether the newest line stays in sight.
      wrap: whether long lines take several rows.
      needle: what is searched for; empty: nothing.
      cursor: the place of the chosen line among those shown, from 0; −1: none.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = PART_CLASSES | {"lines--cursor", "lines--found"}
    DEFAULT_CSS = (
        "LinesPane {"
        + PART_STYLES
        + """
        & > .lines--cursor { background: $surface-lighten-2; }
        & > .lines--found { background: $warning; color: auto; text-style: bold; }
    }"""
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,ctrl+home", "first", show=False),
        Binding("end,ctrl+end", "last", show=False),
        Binding("left", "sideways(-8)", show=False),
        Binding("right", "sideways(8)", show=False),
    ]

    class Changed(Message):
        """What is shown, chosen or followed is something else."""

    def __init__(
        self,
        *,
        dress: Callable[[str], Line] = lambda line: (plain(line),),
        limit: int = 100_000,
        wrap: bool = False,
        id: str | None = None,  # noqa: A002 Textual's name
    ) -> None:
        """`dress` makes pieces of a line's text, and leaves the text as it is."""
        super().__init__(id=id)
        self.follow, self.wrap, self.needle, self.cursor = True, wrap, "", -1
        self._dress, self._store = dress, LineStore(limit)

    @property
    def total(self) -> int:
        """Lines that are held."""
        return len(self._store.lines)

    @property
    def shown(self) -> int:
        """Lines that are wanted."""
        return len(self._store.order)

    @property
    def chosen(self) -> str:
        """The line under the cursor; empty: there is none."""
        return self._store.lines[self._store.order[self.cursor]] if 0 <= self.cursor < self.shown else ""

    # what is shown

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show other lines."""
        self._store.set(lines)
        self._settle()

    def add(self, lines: Sequence[str]) -> None:
        """Add lines at the end; above the limit the oldest go."""
        if not lines:
            return
        chosen = self._number()
        gone = self._store.add(lines)
        if gone:
            self._choose(chosen - gone)
        self._settle()

    def sift(self, words: Sequence[str], also: Callable[[str], bool] | None = None) -> None:
        """Show only lines that hold all these words and pass a test."""
        chosen = self._number()
        self._store.sift(words, also)
        self._choose(chosen)
        self._settle()

    def set_wrap(self, wrap: bool) -> None:
        """Let long lines take several rows, or not."""
        self.wrap = wrap
        self.scroll_to(x=0, animate=False, immediate=True)
        self._settle()
        if not self.follow:
            self.go(self.cursor)

    def on_resize(self) -> None:
        """With another width, wrapped lines take other rows."""
        self._settle()

    def watch_show_vertical_scrollbar(self) -> None:
        """What could not be scrolled can be now; it may come long after the lines."""
        if self.follow:
            self.call_after_refresh(self._to_the_end)

    def _number(self) -> int:
        return self._store.order[self.cursor] if 0 <= self.cursor < self.shown else -1

    def _choose(self, number: int) -> None:
        """Choose the line of a number, or the next one that is shown."""
        self.cursor = min(bisect_left(self._store.order, number), self.shown - 1)

    def _settle(self) -> None:
        """Bring what the store holds to the screen."""
        self._store.wrap(max(self._width, 1) if self.wrap else 0)
        if self.follow or self.cursor >= self.shown:
            self.cursor = self.shown - 1
        self.virtual_size = Size(0 if self.wrap else self._store.widest, self._store.rows)
        if self.follow:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)
            self.call_after_refresh(self._to_the_end)  # a scrollbar may have come, and taken a row
        self.refresh()
        self.post_message(self.Changed())

    def _to_the_end(self) -> None:
        if self.wrap and max(self._width, 1) != self._store.width:
            self._settle()
        elif self.follow:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    # moving

    def go(self, place: int) -> None:
        """Choose the line at a place, and bring it into sight."""
        if not self.shown:
            return
        self.cursor = min(max(place, 0), self.shown - 1)
        row, height = self._store.row_of(self.cursor), self._store.height_of(self.cursor)
        top, visible = self.scroll_offset.y, self.scrollable_content_region.height
        if row < top:
            self.scroll_to(y=row, animate=False, immediate=True)
        elif row + height > top + visible:
            self.scroll_to(y=max(row + height - visible, 0), animate=False, immediate=True)
        self.refresh()
        self.post_message(self.Changed())

    def action_move(self, by: int) -> None:
        """Choose the next line, or the one before."""
        self.follow = False
        self.go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Choose the line a page away."""
        if not self.shown:
            return
        self.follow = False
        row = self._store.row_of(max(self.cursor, 0)) + by * max(self.scrollable_content_region.height - 1, 1)
        self.go(self._store.at(min(max(row, 0), self._store.rows - 1))[0])

    def action_first(self) -> None:
        """Choose the first line."""
        self.follow = False
        self.go(0)

    def action_last(self) -> None:
        """Choose the last line, and follow."""
        self.follow = True
        self._settle()

    def action_sideways(self, by: int) -> None:
        """Look further to the side."""
        self.scroll_to(x=self.scroll_offset.x + by, animate=False, immediate=True)

    def on_click(self, event: events.Click) -> None:
        """Choose the line that was clicked."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y + self.scroll_offset.y < self._store.rows:
            self.follow = False
            self.go(self._store.at(offset.y + self.scroll_offset.y)[0])

    def on_mouse_scroll_up(self) -> None:
        """Whoever scrolls back does not want to be taken to the end again."""
        self.follow = False
        self.post_message(self.Changed())

    # searching

    def look_for(self, needle: str) -> int:
        """Mark a text wherever it is; how many of the lines shown have it."""
        self.needle = needle
        self.refresh()
        return len(self._store.find(needle))

    def next_found(self, by: int) -> tuple[int, int]:
        """Choose the next line that has it, or the one before; which one of how many; 0, 0: none has."""
        found = self._store.find(self.needle)
        if not found:
            return 0, 0
        after = bisect_right(found, self.cursor) if by > 0 else bisect_left(found, self.cursor) - 1
        self.follow = False
        self.go(found[after % len(found)])
        return after % len(found) + 1, len(found)

    # drawing

    def render_line(self, y: int) -> Strip:
        """One row."""
        width, row = self._width, y + self.scroll_offset.y
        if row >= self._store.rows or width <= 0:
            return Strip.blank(self.size.width, self.rich_style)
        place, part = self._store.at(row)
        line = self._store.lines[self._store.order[place]]
        strip = self._marked(self.strip_of(self._dress(line), max(cell_len(line), 1)), line)
        left = self.scroll_offset.x
        strip = strip.crop(*(self._store.span(line, part) if self.wrap else (left, left + width)))
        strip = strip.adjust_cell_length(width, self.rich_style)
        if place == self.cursor and self.has_focus:
            strip = overlaid(strip, self.get_visual_style("lines--cursor", partial=True).rich_style)
        return strip

    def _marked(self, strip: Strip, line: str) -> Strip:
        """A line with what is searched for marked."""
        needle, haystack = self.needle.lower(), line.lower()
        place = haystack.find(needle) if needle and len(haystack) == len(line) else -1
        if place < 0:
            return strip
        style, parts, done = self.get_visual_style("lines--found").rich_style, list[Strip](), 0
        while place >= 0:
            begin = cell_len(line[:place])
            end = begin + cell_len(line[place : place + len(needle)])
            parts += [strip.crop(done, begin), overlaid(strip.crop(begin, end), style)]
            done, place = end, haystack.find(needle, place + len(needle))
        return Strip.join([*parts, strip.crop(done, strip.cell_length)])
