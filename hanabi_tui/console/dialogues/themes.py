"""Choosing a theme: the one under the cursor is shown at once."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.widgets import Label, OptionList

from hanabi_tui.console.dialogues.dialogue import Dialogue


class Themes(Dialogue[str]):
    """A list of themes; dismissed with the one chosen."""

    DEFAULT_CSS = """
    Themes { align: right middle; }
    Themes > .window { width: 40; }
    Themes OptionList { height: auto; max-height: 16; }
    """

    def __init__(self, names: Sequence[str], current: str) -> None:
        super().__init__()
        self._names, self._before = tuple(names), current

    def compose(self) -> ComposeResult:
        """The names."""
        with VerticalGroup(classes="window"):
            yield Label("Theme", classes="title")
            yield OptionList(*self._names, markup=False)
            yield Label("Enter: take it    Esc: as before", classes="keys")

    def on_mount(self) -> None:
        """Begin at the present one."""
        names = self.query_one(OptionList)
        names.highlighted = self._names.index(self._before) if self._before in self._names else 0
        names.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show it."""
        self.app.theme = self._names[event.option_index]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Keep it."""
        self.dismiss(self._names[event.option_index])

    def action_leave(self) -> None:
        """Show the one before again."""
        self.app.theme = self._before
        self.dismiss(None)
