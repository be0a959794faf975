"""All keys that work here, from the registry."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from hanabi_tui.console.actions import Action
from hanabi_tui.console.dialogues.dialogue import Dialogue
from hanabi_tui.console.keymap import shown


class Help(Dialogue[None]):
    """Keys in groups: this view's, the run's, everywhere's, and the views."""

    DEFAULT_CSS = """
    Help > .window { width: 100; height: 90%; }
    Help VerticalScroll { height: 1fr; }
    Help Static { width: 100%; height: auto; }
    """

    def __init__(self, actions: Sequence[Action], views: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._actions, self._views = actions, views

    def compose(self) -> ComposeResult:
        """A page that can be scrolled."""
        with VerticalGroup(classes="window"):
            with VerticalScroll():
                for group in dict.fromkeys(action.group for action in self._actions):
                    yield Static(Content.styled(group, "bold"))
                    yield Static(self._table([each for each in self._actions if each.group == group]))
                yield Static(Content.styled("Views", "bold"))
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

    def _table(self, actions: Sequence[Action]) -> Content:
        lines = []
        for action in actions:
            keys = " ".join(shown(key) for key in action.keys) or "palette"
            lines.append(
                Content.assemble(
                    (f"  {keys:<9} ", "bold $text-accent"), action.help, (f"  [{action.name}]", "$text-muted")
                )
            )
        return Content("\n").join([*lines, Content("")])

    def key_question_mark(self) -> None:
        """The key that opened it closes it."""
        self.dismiss(None)
