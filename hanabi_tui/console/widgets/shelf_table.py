"""A table of checkpoints and rule bots, of which some can be chosen."""

import time
from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import DataTable

from engine.players.bots import BOTS
from hanabi_tui.console.measuring import checkpoint_words as words
from hanabi_tui.console.measuring.contestants import Checkpoint, Shelf
from hanabi_tui.console.widgets.lasting_table import LastingTable
from hanabi_tui.quantities import roughly, size

AGES = 15.0
"""Seconds after which ages are shown anew."""

_COLUMNS = {
    "": 2,
    "Step": 11,
    "Score": 14,
    "Size": 8,
    "Age": 10,
    "Trained": 10,
    "Files": 8,
    "Which": 18,
}
"""Titles, and columns of the screen."""


class ShelfTable(LastingTable):
    """A row for each, the cursor on one of them.

    Attributes:
      shelf: what is shown; None: nothing yet.
      chosen: names of those that are chosen, in the order in which they were.
    """

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    ShelfTable { scrollbar-size-horizontal: 0; }
    """

    def __init__(self, soundness: Callable[[Checkpoint], str]) -> None:
        """`soundness` says whether the files of a checkpoint are sound, as far as is known."""
        super().__init__(cursor_type="row", zebra_stripes=True, cell_padding=0)
        self.shelf: Shelf | None = None
        self.chosen: list[str] = []
        self._soundness, self._filled = soundness, 0.0
        for name, wide in _COLUMNS.items():
            self.add_column(name, width=wide, key=name)

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Those that are shown."""
        return self.shelf.checkpoints if self.shelf else ()

    @property
    def under(self) -> str:
        """The name of whoever is under the cursor; empty while there is nobody."""
        if not self.row_count:
            return ""
        return str(self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value)

    def named(self, name: str) -> Checkpoint | None:
        """The checkpoint of a name; None for a bot, and for one that is gone."""
        return next((each for each in self.checkpoints if each.name == name), None)

    def label(self, name: str) -> str:
        """Whom a name means, for people."""
        found = self.named(name)
        return f"step {found.label}" if found else name

    def fill(self, found: Shelf) -> None:
        """Show what is there; the cursor and the chosen stay, where they are still there."""
        under, self.shelf, self._filled = self.under, found, time.monotonic()
        names = [*(each.name for each in found.checkpoints), *BOTS]
        self.chosen = [name for name in self.chosen if name in names]
        with self.prevent(DataTable.RowHighlighted):
            self.clear()
            for each in found.checkpoints:
                self.add_row(*self._row(each), key=each.name)
            for bot in BOTS:
                self.add_row(self._mark(bot), bot, "–", "", "", "", "", "rule bot", key=bot)
            self.move_cursor(row=names.index(under) if under in names else 0)

    def grow_old(self) -> None:
        """Show ages anew, now and then."""
        if time.monotonic() - self._filled > AGES:
            self._filled = time.monotonic()
            for each in self.checkpoints:
                self.update_cell(each.name, "Age", _age(each))

    def choose(self, name: str) -> None:
        """Choose one, or no longer."""
        if name in self.chosen:
            self.chosen.remove(name)
        else:
            self.chosen.append(name)
        self.update_cell(name, "", self._mark(name))

    def _row(self, each: Checkpoint) -> tuple[str, ...]:
        sound = self._soundness(each)
        return (
            self._mark(each.name),
            f"{each.step:,}",
            words.score(each),
            size(each.size),
            _age(each),
            roughly(each.manifest.counters.seconds) if each.manifest else "?",
            sound if sound in (words.UNCHECKED, words.SOUND) else words.DAMAGED,
            words.which(each),
        )

    def _mark(self, name: str) -> str:
        return "✓" if name in self.chosen else ""


def _age(each: Checkpoint) -> str:
    return roughly(time.time() - each.manifest.created) if each.manifest else "?"
