"""A few lines above the view, for what one should know now: a first start, a run that is not there."""

from textual.widgets import Static


class Banner(Static):
    """Lines of text; no lines, no room."""

    DEFAULT_CSS = """
    Banner { height: auto; max-height: 6; width: 100%; padding: 0 1; background: $boost; display: none; }
    Banner.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="banner", markup=False)
        self._text = ""

    def say(self, text: str) -> None:
        """Show these lines instead of those before."""
        if text != self._text:
            self._text = text
            self.update(text)
            self.set_class(bool(text), "-shown")
