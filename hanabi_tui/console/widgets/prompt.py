"""One line that asks for a text: Enter gives it, Escape takes the question back."""

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static


class Prompt(Horizontal):
    """Hidden until it asks."""

    DEFAULT_CSS = """
    Prompt { height: 1; display: none; dock: bottom; }
    Prompt.asking { display: block; }
    Prompt Static { width: auto; padding: 0 1; }
    Prompt Input { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._done: Callable[[str], object] = lambda words: None
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        """The question, and where the answer goes."""
        yield Static(markup=False)
        yield Input(compact=True)

    def ask(self, question: str, suggestion: str, done: Callable[[str], object], hint: str = "") -> None:
        """Ask; `done` gets the answer. `hint` says what may be typed, while nothing is."""
        self._done = done
        if not self.asking:
            self._before = self.screen.focused
        self.query_one(Static).update(question)
        field = self.query_one(Input)
        field.placeholder = hint
        field.value = suggestion
        field.cursor_position = len(suggestion)
        self.add_class("asking")
        field.focus()

    @property
    def asking(self) -> bool:
        """Whether an answer is waited for."""
        return self.has_class("asking")

    def withdraw(self) -> bool:
        """Take the question back; whether there was one."""
        asked = self.asking
        if asked:
            self._end()
        return asked

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the answer over."""
        event.stop()
        self._end()
        self._done(event.value.strip())

    def on_key(self, event: events.Key) -> None:
        """Escape takes the question back."""
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self._end()

    def _end(self) -> None:
        self.remove_class("asking")
        if self._before is not None and self._before.is_attached:
            self._before.focus()
