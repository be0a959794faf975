"""Jump mode: a letter over each part of the view that can have the focus; pressing it goes there."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.events import Click, Key
from textual.widget import Widget
from textual.widgets import Label

from hanabi_tui.console.dialogues.dialogue import Dialogue

LETTERS = "asdfghjklwertuiopzxcvbnm"
"""Near at hand first."""


class Jump(Dialogue[Widget]):
    """Letters over parts of the screen; dismissed with the part chosen."""

    DEFAULT_CSS = """
    Jump { layers: letters; background: $background 40%; align: left top; }
    Jump Label {
        layer: letters; position: absolute;
        background: $accent; color: $background; text-style: bold;
    }
    Jump #how { dock: bottom; width: 100%; position: relative; background: $panel; color: $foreground; }
    """

    def __init__(self, parts: Sequence[Widget]) -> None:
        super().__init__()
        self._parts = dict(zip(LETTERS, parts, strict=False))

    def compose(self) -> ComposeResult:
        """The letters."""
        for letter, part in self._parts.items():
            label = Label(f" {letter} ")
            label.styles.offset = (part.region.x, part.region.y)
            yield label
        yield Label("Press a letter to go there; Esc: back", id="how")

    def on_key(self, event: Key) -> None:
        """A letter goes there, anything else back."""
        event.stop()
        self.dismiss(self._parts.get(event.key))

    def on_click(self, event: Click) -> None:
        """A click goes back."""
        self.dismiss(None)
