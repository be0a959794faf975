"""A block with a title that builds its lines for the room it has."""

from collections.abc import Callable

from textual.geometry import Size

from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.pieces import Line
from hanabi_tui.console.widgets.block import Block

Build = Callable[[Sight, Room], tuple[Line, ...]]


class Panel(Block):
    """Shows a run from one side.

    Args:
      title: on its upper edge; empty: none.
      build: makes its lines.
      most: lines that it takes at most, where its height is that of its lines.
    """

    def __init__(self, title: str, build: Build, *, id: str, most: int = 0) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = title or None
        self._build, self._most = build, most
        self._sight: Sight | None = None
        self._filled = Size(0, 0)  # the room that its lines were made for

    def see(self, sight: Sight) -> None:
        """Show how things are."""
        self._sight = sight
        before, room = len(self.lines), self.room
        if not room.width:
            return  # it was never in sight; once it is, it is told its size
        self._filled = room
        grows = self.styles.is_auto_height and self._most > 0
        self.tell(self._build(sight, Room(room.width, self._most if grows else room.height)))
        if grows and len(self.lines) != before:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Where its height is that of its lines: how many these are."""
        return len(self.lines)

    def on_resize(self) -> None:
        """There may be other room; or it has come into sight."""
        if self._sight is not None and self.room != self._filled:
            self.see(self._sight)
