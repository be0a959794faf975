"""The question that a person alone can answer: whether this is the machine's key."""

from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalGroup
from textual.widgets import Button, Label

from hanabi_tui.console.dialogues.dialogue import Dialogue


class HostKey(msgspec.Struct, frozen=True):
    """What `hanabi-tui trust HOST --json` says."""

    host: str
    state: str  # accepted, unknown, changed
    kind: str
    fingerprint: str
    accepted: tuple[str, ...]
    file: str
    compare: str
    remove: str


def words_of(key: HostKey) -> tuple[str, str]:
    """A title, and what to know before one answers."""
    if key.state == "accepted":
        return f"The key of {key.host} was accepted before", f"It is in {key.file}. There is nothing to do."
    if key.state == "changed":
        return (
            f"{key.host} shows ANOTHER key than the accepted one",
            f"Accepted is {', '.join(key.accepted)}, in {key.file}. Somebody may be in between. If the "
            f"machine was set up anew, forget the old key in a shell first: {key.remove}",
        )
    return (
        f"Nobody has accepted the key of {key.host} yet",
        f"Compare it with what this command says on {key.host} itself:\n\n{key.compare}\n\n"
        f"Only if it is the same, accept it. It is then written to {key.file}, as ssh does.",
    )


class Fingerprint(Dialogue[bool]):
    """Shows a host key; dismissed with True only by an explicit yes, where that may be given."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "answer(False)", "No", show=False),
        Binding("y", "answer(True)", "Yes", show=False),
    ]
    DEFAULT_CSS = """
    Fingerprint > .window { width: 76; max-height: 95%; border: round $warning; }
    Fingerprint Label { width: 100%; margin-bottom: 1; }
    """

    def __init__(self, key: HostKey) -> None:
        super().__init__()
        self._key = key

    def compose(self) -> ComposeResult:
        """What it shows, what to compare it with, and the answers."""
        title, about = words_of(self._key)
        with VerticalGroup(classes="window"):
            yield Label(title, classes="title", markup=False)
            yield Label(f"{self._key.kind}\n{self._key.fingerprint}", id="print", markup=False)
            yield Label(about, markup=False)
            with HorizontalGroup(classes="buttons"):
                if self._key.state == "unknown":
                    yield Button("Accept: it is the same (y)", id="yes", variant="warning", compact=True)
                    yield Button("Do not accept (Esc)", id="no", compact=True)
                else:
                    yield Button("Close (Esc)", id="no", compact=True)

    def on_mount(self) -> None:
        """Enter, pressed in a hurry, accepts nothing."""
        self.query_one("#no").focus()

    def on_button_pressed(self, pressed: Button.Pressed) -> None:
        """An answer was clicked."""
        self.action_answer(pressed.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Close; a key that may not be accepted never is."""
        self.dismiss(yes and self._key.state == "unknown")
