"""A table that keeps what it has drawn.

Textual's draws all cells anew whenever it comes into sight again, or gains or loses the focus: most of the
time that opening a view would take.
"""

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widgets import DataTable


class LastingTable(DataTable[str]):
    """A DataTable whose cells are drawn again only where they, its size or the theme are others.

    Home and End go to the first and the last row: its cursor is a whole row.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("home", "scroll_top"), ("end", "scroll_bottom")]

    _drawn_at: Size | None = None
    _drawn_in = ""  # a theme
    _ground: Style | None = None

    @property
    def rich_style(self) -> Style:
        """How it looks where it is empty; reckoned once for all lines of a drawing."""
        return self._ground or super().rich_style

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw what is not drawn yet, at this size: rows go on to the edge."""
        if self.size != self._drawn_at:
            self._drawn_at = self.size
            self._update_count += 1
        self._ground = super().rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._ground = None

    def _on_resize(self, event: events.Resize) -> None:
        """Forget nothing: it may merely have come into sight; drawing sees to another size."""
        event.prevent_default()

    def notify_style_update(self) -> None:
        """Forget what was drawn for another theme; how it looks with the focus and without is kept apart."""
        if self.app.theme != self._drawn_in:
            self._drawn_in = self.app.theme
            super().notify_style_update()
            return
        super(DataTable, self).notify_style_update()
        self._get_styles_to_render_cell.cache_clear()
        self._styles_cache.clear()
        self.refresh()
