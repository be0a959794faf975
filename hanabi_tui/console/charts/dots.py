"""A sheet of small dots, several to a character: 2 × 4 in braille, 1 × 2 where a terminal knows only ASCII.

A column of dots is one integer with a byte for each line of text: its low half holds the left dots of that
character, its high half the right ones, the topmost in the lowest bit. So a vertical stroke of any length is
one `|=`, and a column of characters is one `to_bytes`.
"""

import locale
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

_BRAILLE = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # Unicode's bit of each dot, left then right


class Charset(NamedTuple):
    """The characters that charts are made of.

    Attributes:
      across, down: dots of a character.
      dots: the character for each byte of a column.
      tick, corner, rule, notch, side, grid, cross, goal, tall: parts of axes and marks.
      plus_minus, dot: signs in texts.
    """

    across: int
    down: int
    dots: str
    tick: str
    corner: str
    rule: str
    notch: str
    side: str
    grid: str
    cross: str
    goal: str
    tall: str
    plus_minus: str
    dot: str


def _braille() -> str:
    return "".join(
        chr(
            0x2800
            + sum(
                bit
                for side, bits in enumerate(_BRAILLE)
                for row, bit in enumerate(bits)
                if byte >> (4 * side + row) & 1
            )
        )
        for byte in range(256)
    )


BRAILLE = Charset(2, 4, _braille(), "┤", "└", "─", "┴", "│", "┈", "│", "╌", "┊", "±", "·")
ASCII = Charset(1, 2, (" '.:" + " " * 252), "+", "+", "-", "+", "|", ".", "|", "-", ":", "+-", "|")


def charset() -> Charset:
    """What this terminal can be expected to show: Linux's own console has no braille in its font."""
    encoding = getattr(sys.__stdout__, "encoding", None) or locale.getpreferredencoding(do_setlocale=False)
    if "utf" not in encoding.lower() or os.environ.get("TERM", "") in ("linux", "dumb"):
        return ASCII
    return BRAILLE


class Dots:
    """One layer of dots: so many characters wide and high. Dot 0, 0 is at the bottom left."""

    def __init__(self, width: int, height: int, chars: Charset) -> None:
        self._chars, self._height = chars, height
        self.across, self.down = width * chars.across, height * chars.down
        self._columns = [0] * width
        # dots from the top down to, and without, a row
        self._above = [0]
        for row in range(self.down):
            self._above.append(self._above[-1] | 1 << (row // chars.down * 8 + row % chars.down))

    def stroke(self, x: int, low: int, high: int) -> None:
        """Set the dots of a column from `low` to `high`, both included; what lies outside is left out."""
        low, high = max(0, low), min(self.down - 1, high)
        if low > high or not 0 <= x < self.across:
            return
        dots = self._above[self.down - low] ^ self._above[self.down - 1 - high]
        column, side = divmod(x, self._chars.across)
        self._columns[column] |= dots << (4 * side)

    def filled(self) -> Iterator[tuple[int, int, int]]:
        """Each character with a dot in it: column, line from the top, byte."""
        for column, dots in enumerate(self._columns):
            if dots:
                for line, byte in enumerate(dots.to_bytes(self._height, "little")):
                    if byte:
                        yield column, line, byte
