"""All keys that work here, from the registry."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from hanabi_tui.console.actions import Action
from hanabi_tui.console.dialogues.dialogue import Dialogue
from hanabi_tui.console.own.keymap import shown


class Help(Dialogue[None]):
    """Keys in groups: this view's, the run's, everywhere's, and the views."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1,q", "leave", "Back", show=False)]
    DEFAULT_CSS = """
    Help > .window { width: 100; height: 90%; }
    Help VerticalScroll { height: 1fr; }
    Help Static { width: 1fr; height: auto; }
    Help .group { text-style: bold; margin-top: 1; }
    Help .key { width: 10; color: $text-accent; }
    """

    def __init__(self, actions: Sequence[Action], views: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._actions, self._views = actions, views

    def compose(self) -> ComposeResult:
        """A page that can be scrolled."""
        with VerticalGroup(classes="window"):
            with VerticalScroll():
                for group in dict.fromkeys(action.group for action in self._actions):
                    yield Static(group, classes="group", markup=False)
                    for action in (each for each in self._actions if each.group == group):
                        yield from _row(" ".join(map(shown, action.keys)) or "palette", action)
                yield Static("Views", classes="group")
                yield Static("  ".join(f"{key} {title}" for key, title in self._views), markup=False)
                yield Static(
                    "\nTab and Shift+Tab go from part to part; the mouse works too. "
                    "Own keys: keymap.toml in ~/.config/hanabi-tui, by the names in brackets.",
                    markup=False,
                )
            yield Label("↑ ↓ scroll    Esc: back", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()


def _row(keys: str, action: Action) -> ComposeResult:
    with HorizontalGroup():
        yield Static(keys, classes="key", markup=False)
        yield Static(Content.assemble(action.help, (f" [{action.name}]", "$text-muted")))
