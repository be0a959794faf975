"""The console's views: key, title, and where each lives. A module is loaded when its view is first opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from textual.app import ComposeResult
from textual.widgets import Static

from hanabi_tui.console.actions import Action
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.view import View


@dataclass(frozen=True)
class Page:
    """Where a view is found.

    Attributes:
      key: the number key that opens it.
      title: one word.
      module: the dotted name of the module that holds it.
      view: the name of its class there.
    """

    key: str
    title: str
    module: str
    view: str

    @property
    def short(self) -> str:
        """Its title, where there is no room for all titles."""
        return _SHORT.get(self.title, self.title)

    @property
    def id(self) -> str:
        """Of its widget."""
        return f"view-{self.title.lower()}"

    def actions(self) -> Sequence[Action]:
        """What can be done in it; loads it."""
        try:
            kind: type[View] = getattr(import_module(self.module), self.view)
        except ModuleNotFoundError:
            return ()
        return kind.actions

    def load(self) -> View:
        """Make the view; one that is not installed is a page that says so."""
        try:
            made: View = getattr(import_module(self.module), self.view)(id=self.id)
        except ModuleNotFoundError as error:
            if error.name != self.module:
                raise
            return Missing(self.title, id=self.id)
        return made


_SHORT = {
    "Dashboard": "Dash",
    "Checkpoints": "Checkp.",
    "Conventions": "Conv.",
    "Connection": "Link",
}
"""So short that all fit in 80 columns, one of them whole."""

_VIEWS = "hanabi_tui.console.views"
PAGES = (
    Page("1", "Dashboard", f"{_VIEWS}.dashboard", "Dashboard"),
    Page("2", "Charts", f"{_VIEWS}.charts", "Charts"),
    Page("3", "Games", f"{_VIEWS}.games", "Games"),
    Page("4", "Play", f"{_VIEWS}.play", "Play"),
    Page("5", "Checkpoints", f"{_VIEWS}.checkpoints", "Checkpoints"),
    Page("6", "Conventions", f"{_VIEWS}.conventions", "Conventions"),
    Page("7", "Connection", f"{_VIEWS}.connection", "Connection"),
    Page("8", "Logs", f"{_VIEWS}.logs", "Logs"),
    Page("9", "Settings", f"{_VIEWS}.settings", "Settings"),
)
"""All views, in the order of their keys."""


class Missing(View):
    """Stands where a view is not installed."""

    DEFAULT_CSS = """
    Missing { align: center middle; }
    Missing Static { width: auto; }
    """

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._title = title

    def compose(self) -> ComposeResult:
        """A sentence."""
        yield Static(f"{self._title} is not part of this installation.", markup=False)

    def show(self, model: Model) -> None:
        """There is nothing to show."""
