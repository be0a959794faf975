"""What all dialogues have in common: a window in the middle, left with Esc."""

from typing import ClassVar, Generic, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialogue(ModalScreen[Result | None], Generic[Result]):
    """A window above the view; dismissed with None if it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,ctrl+q", "leave", "Back", show=False),
    ]
    DEFAULT_CSS = """
    Dialogue { align: center middle; }
    Dialogue > .window {
        width: 72; max-width: 95%; height: auto; max-height: 90%;
        padding: 1 2; background: $surface; border: round $primary;
    }
    Dialogue .title { text-style: bold; width: 100%; }
    Dialogue .about { width: 100%; margin-bottom: 1; }
    Dialogue .wrong { color: $text-error; width: 100%; height: auto; }
    Dialogue .keys { color: $text-muted; width: 100%; }
    Dialogue .buttons { height: auto; width: 100%; }
    Dialogue Button { margin-right: 1; min-width: 10; }
    """

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """End with an answer, the first one: keys that came in one burst still arrive when it is gone."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_leave(self) -> None:
        """Close it; nothing is done."""
        self.dismiss(None)
