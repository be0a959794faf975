"""Paint: Hanabi's colours as the console shows them.

engine.records.drawing names the sixteen colours of terminals, whose owners chose them. Textual puts shades of
its own in their place, in which blue is violet; so the console says which ones it means.
"""

from rich.text import Span, Text

from engine.records.drawing import PAINT

_SHADES = {
    "R": "bold #ffffff on #c62828",
    "Y": "#000000 on #f6c915",
    "G": "#000000 on #4caf50",
    "W": "#000000 on #e4e4e4",
    "B": "bold #ffffff on #1e66d0",
}
_INSTEAD = {PAINT[letter]: shade for letter, shade in _SHADES.items()}


def painted(drawn: Text) -> Text:
    """The same in the console's shades."""
    fresh = drawn.copy()
    fresh.spans = [
        Span(
            span.start,
            span.end,
            _INSTEAD.get(span.style, span.style) if isinstance(span.style, str) else span.style,
        )
        for span in drawn.spans
    ]
    return fresh
