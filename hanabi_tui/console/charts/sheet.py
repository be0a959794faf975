"""A rectangle of characters, each with the name of its style: a chart before it is coloured."""

from itertools import pairwise

from rich.cells import cell_len

from hanabi_tui.console.charts.dots import Dots

Run = tuple[str, str]
"""Characters and the name of their style."""


class Sheet:
    """So many columns and lines; blank at first."""

    def __init__(self, width: int, height: int, *, ascii_only: bool = False) -> None:
        self.width, self.height, self._ascii_only = width, height, ascii_only
        self._chars = [[" "] * width for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: str = "", *, behind: bool = False) -> None:
        """Write from a place to the right; what lies outside is left out.

        Args:
          x: the first character's column.
          y: the line, from the top.
          text: characters; what cannot be shown in one column becomes a question mark.
          style: its name.
          behind: write on places only that are blank, or hold a grid line.
        """
        if not 0 <= y < self.height:
            return
        chars, styles = self._chars[y], self._styles[y]
        if not (text.isascii() and text.isprintable()):
            text = "".join(char if self._can_show(char) else "?" for char in text)
        for column, char in enumerate(text, x):
            if 0 <= column < self.width and not (behind and styles[column] not in ("", "grid")):
                chars[column], styles[column] = char, style

    def _can_show(self, char: str) -> bool:
        return char.isprintable() and cell_len(char) == 1 and (char.isascii() or not self._ascii_only)

    def print(self, dots: Dots, x: int, y: int, chars: str, style: str) -> None:
        """Lay dots over what is there, from a place to the right and down; `chars` has a character a byte."""
        theirs, styles = self._chars, self._styles
        for column, line, byte in dots.filled():
            theirs[y + line][x + column] = chars[byte]
            styles[y + line][x + column] = style

    def runs(self) -> list[list[Run]]:
        """Each line as stretches of one style."""
        found = []
        for chars, styles in zip(self._chars, self._styles, strict=True):
            borders = [column for column in range(1, self.width) if styles[column] != styles[column - 1]]
            found.append(
                [
                    ("".join(chars[start:end]), styles[start])
                    for start, end in pairwise([0, *borders, self.width])
                ]
            )
        return found

    def texts(self) -> list[str]:
        """Each line without its styles."""
        return ["".join(chars) for chars in self._chars]
