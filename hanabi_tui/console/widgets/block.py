"""A block of text lines that repaints only those that changed: what the console's pages are made of."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from hanabi_tui.console.pieces import Line, Part, cut_line, text_of

PART_STYLES = """
    & > .part--quiet { color: $text-muted; }
    & > .part--strong { text-style: bold; }
    & > .part--accent { color: $primary; }
    & > .part--good { color: $text-success; }
    & > .part--warning { color: $text-warning; text-style: bold; }
    & > .part--bad { color: $text-error; text-style: bold; }
"""
"""How the parts of a line look; for the default styles of whatever draws lines."""

PART_CLASSES = {f"part--{part}" for part in Part if part is not Part.PLAIN}


def overlaid(strip: Strip, style: Style) -> Strip:
    """A strip with a style over those of its parts; Strip.apply_style puts it below them."""
    return Strip([Segment(text, (own or Style()) + style) for text, own, _ in strip], strip.cell_length)


class Drawn(Widget):
    """Draws lines in the styles of their parts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = PART_CLASSES

    def strip_of(self, line: Line, width: int, over: Style | None = None) -> Strip:
        """A line as Textual wants it, cut or filled to a width; `over`: a style on top of all."""
        look = self._look()
        segments = [Segment(text, look[part]) for text, part in cut_line(line, width)]
        strip = Strip(segments).adjust_cell_length(width, look[Part.PLAIN])
        return overlaid(strip, over) if over else strip

    def notify_style_update(self) -> None:
        """The theme is another."""
        self._looks = None
        super().notify_style_update()

    _looks: dict[Part, Style] | None = None

    def _look(self) -> dict[Part, Style]:
        if self._looks is None:  # reckoning them takes longer than all the rest
            self._looks = {
                part: self.get_visual_style(f"part--{part}").rich_style
                for part in Part
                if part is not Part.PLAIN
            }
            self._looks[Part.PLAIN] = self.rich_style
        return self._looks


class Block(Drawn):
    """Some lines of text; those that do not fit are not seen.

    Told the same lines again it does nothing at all, and else it repaints those that are others.
    """

    DEFAULT_CSS = "Block {" + PART_STYLES + "}"

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 as Textual
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says, line by line."""
        return tuple(text_of(line) for line in self._lines)

    @property
    def room(self) -> Size:
        """Columns and lines for text, as they were when it was last in sight; out of sight `size` is 0."""
        outer, gutter = self.outer_size, self.gutter
        return Size(max(outer.width - gutter.width, 0), max(outer.height - gutter.height, 0))

    def tell(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        before, self._lines = self._lines, tuple(lines)
        width, height = self.room
        seen = range(min(max(len(before), len(self._lines)), height))
        changed = [y for y in seen if before[y : y + 1] != self._lines[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """One line."""
        line = self._lines[y] if y < len(self._lines) else ()
        return self.strip_of(line, self.size.width)
