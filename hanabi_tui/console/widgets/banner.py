"""A few lines above the view, for what one should know now: a first start, a run that is not there."""

from textual.content import Content
from textual.widgets import Static

ROWS = 6
"""Of the screen, at most."""


class Banner(Static):
    """Lines of text; no lines, no room."""

    DEFAULT_CSS = """
    Banner { height: auto; width: 100%; padding: 0 1; background: $boost; display: none; }
    Banner.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="banner", markup=False)
        self._text = ""

    def say(self, text: str) -> None:
        """Show these lines instead of those before."""
        if text != self._text:
            self._text = text
            self.on_resize()
            self.set_class(bool(text), "-shown")

    def on_resize(self) -> None:
        """Show what there is room for."""
        self.update(fitting(self._text, self.app.size.width - 2))


def fitting(text: str, width: int) -> str:
    """What `ROWS` rows of so many columns have room for: the first line, and of the others the last rows."""
    first, *others = ([row.plain for row in Content(line).wrap(width)] for line in text.splitlines() or [""])
    rows = [row for line in others for row in line]
    room = max(ROWS - len(first), 1)
    return "\n".join([*first, *rows[-room:]])
