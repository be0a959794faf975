"""The board of a game: what engine.records.drawing draws, in a widget that knows which card is clicked."""

from collections.abc import Sequence

from rich.text import Text
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from engine.records import drawing
from engine.records.position import Position
from hanabi_tui.console.widgets.paint import painted


class Board(Widget, can_focus=True):
    """A position, from a seat or with all cards to be seen."""

    DEFAULT_CSS = """
    Board { height: auto; width: 80; min-width: 80; }
    """

    class Picked(Message):
        """A card was clicked."""

        def __init__(self, seat: int, slot: int) -> None:
            super().__init__()
            self.seat, self.slot = seat, slot

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._position: Position | None = None
        self._notes: Sequence[Sequence[str]] = ()
        self._only: int | None = None
        self._drawn = Text()

    def lay(
        self,
        position: Position,
        names: Sequence[str],
        perspective: int | None,
        title: str,
        notes: Sequence[Sequence[str]] = (),
        only: int | None = None,
    ) -> None:
        """Show a position; the arguments are those of engine.records.drawing.board."""
        before = self._drawn.plain.count("\n")
        self._position, self._notes, self._only = position, notes, only
        self._drawn = painted(drawing.board(position, names, perspective, title, notes, only=only))
        self.refresh(layout=self._drawn.plain.count("\n") != before)

    def render(self) -> Text:
        """The board."""
        return self._drawn

    def on_click(self, event: Click) -> None:
        """Tell which card it was."""
        if self._position is not None:
            found = drawing.card_at(self._position, event.x, event.y, self._notes, only=self._only)
            if found is not None:
                self.post_message(self.Picked(*found))
