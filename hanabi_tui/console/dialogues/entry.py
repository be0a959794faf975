"""One value to type in, checked while it is typed."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.widgets import Input, Label

from hanabi_tui.console.dialogues.dialogue import Dialogue


class Entry(Dialogue[str]):
    """Asks for a value; dismissed with the text, once it is right."""

    def __init__(self, title: str, about: str, value: str, wrong: Callable[[str], str]) -> None:
        """`wrong` says what is wrong with a text, empty if nothing is."""
        super().__init__()
        self._title, self._about, self._value, self._wrong = title, about, value, wrong

    def compose(self) -> ComposeResult:
        """What it is about, the value, and what is wrong with it."""
        with VerticalGroup(classes="window"):
            yield Label(self._title, classes="title", markup=False)
            yield Label(self._about, classes="about", markup=False)
            yield Input(self._value, select_on_focus=True)
            yield Label("", classes="wrong", markup=False)
            yield Label("Enter: do it    Esc: leave it as it is", classes="keys", markup=False)

    def on_input_changed(self, changed: Input.Changed) -> None:
        """Say at once what is wrong."""
        self.query_one(".wrong", Label).update(self._wrong(changed.value.strip()))

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Take it if it is right."""
        text = submitted.value.strip()
        if self._wrong(text):
            self.app.bell()
        else:
            self.dismiss(text)
