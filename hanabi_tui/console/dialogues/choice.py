"""A question with a few answers, each with a key: before what cannot be taken back, and at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup
from textual.events import Key
from textual.widgets import Button, Label

from hanabi_tui.console.dialogues.dialogue import Dialogue


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
      name: what the dialogue is dismissed with.
      key: one letter.
      label: on the button.
      grave: whether it changes much.
    """

    name: str
    key: str
    label: str
    grave: bool = False


class Choice(Dialogue[str]):
    """Asks; dismissed with an answer's name. The first answer has the focus."""

    def __init__(self, question: str, answers: Sequence[Answer], repeated: str = "") -> None:
        """`repeated` is the answer that Ctrl-C and Ctrl-Q give here; empty: none."""
        super().__init__()
        self._question, self._answers, self._repeated = question, tuple(answers), repeated

    def compose(self) -> ComposeResult:
        """The question above its answers."""
        with VerticalGroup(classes="window"):
            yield Label(self._question, classes="about", markup=False)
            with HorizontalGroup(classes="buttons"):
                for answer in self._answers:
                    yield Button(
                        f"{answer.label} ({answer.key})",
                        id=answer.name,
                        variant="error" if answer.grave else "default",
                        compact=True,
                    )
                yield Button("Cancel (Esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Enter gives the first answer that changes nothing grave."""
        calm = next((answer.name for answer in self._answers if not answer.grave), "cancel")
        self.query_one(f"#{calm}").focus()

    def on_button_pressed(self, pressed: Button.Pressed) -> None:
        """An answer was clicked."""
        self.dismiss(None if pressed.button.id == "cancel" else pressed.button.id)

    def on_key(self, event: Key) -> None:
        """Letters answer; arrows go from one to the next."""
        if event.key in ("left", "up"):
            self.focus_previous()
        elif event.key in ("right", "down"):
            self.focus_next()
        elif self._repeated and event.key in ("ctrl+c", "ctrl+q"):
            event.stop()
            self.dismiss(self._repeated)
        for answer in self._answers:
            if event.key in (answer.key, answer.key.upper()):
                event.stop()
                self.dismiss(answer.name)


def confirm(question: str, label: str) -> Choice:
    """A question before something grave."""
    return Choice(question, [Answer("yes", "y", label, grave=True)])
