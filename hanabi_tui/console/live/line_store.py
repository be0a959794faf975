"""Many lines of text: sifted, searched and laid out in rows, in milliseconds for a hundred thousand."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from rich.cells import cell_len, chop_cells

SLACK = 10_000
"""Lines above the limit at which the oldest go: not one by one."""

_WIDE = -1
"""In place of a length: signs of several widths, so it has to be cut to know its rows."""


class LineStore:
    """Lines, those among them that are wanted (`order`), and the rows these take.

    Attributes:
      lines: all, oldest first.
      order: numbers of those that are wanted.
      rows: how many rows they take.
      widest: cells of the longest of them, where none is wrapped.
      width: cells of a row; 0: lines are not wrapped.
    """

    def __init__(self, limit: int) -> None:
        self.lines: list[str] = []
        self.order: Sequence[int] = range(0)
        self.rows = self.widest = self.width = 0
        self._limit = limit
        self._lengths = array("i")
        self._low: list[str] | None = None  # in small letters; made when first something is looked for
        self._words: tuple[str, ...] = ()
        self._also: Callable[[str], bool] | None = None
        self._starts: Sequence[int] = range(0)  # the row at which each wanted line starts

    def set(self, lines: Sequence[str]) -> None:
        """Hold other lines."""
        self.lines = list(lines[-self._limit :])
        self._lengths = array("i", map(_length, self.lines))
        self._low = None
        self._sift(range(len(self.lines)))

    def add(self, lines: Sequence[str]) -> int:
        """Add lines at the end; how many of the oldest went for it."""
        start = len(self.lines)
        self.lines += lines
        self._lengths.extend(map(_length, lines))
        if self._low is not None:
            self._low += (line.lower() for line in lines)
        gone = len(self.lines) - self._limit
        if gone > SLACK:
            del self.lines[:gone], self._lengths[:gone]
            if self._low is not None:
                del self._low[:gone]
            self._sift(range(len(self.lines)))
            return gone
        fresh = self._wanted(range(start, len(self.lines)))
        self.order = fresh if isinstance(fresh, range) and not start else self._with(fresh)
        self._measure(fresh)
        return 0

    def sift(self, words: Sequence[str], also: Callable[[str], bool] | None = None) -> None:
        """Want only lines that hold all these words, in letters of any size, and pass a test."""
        words = tuple(word.lower() for word in words)
        if (words, also) == (self._words, self._also):
            return
        # a letter more in the last word can only leave fewer
        fewer = also == self._also and " ".join(words).startswith(" ".join(self._words)) and bool(self._words)
        self._words, self._also = words, also
        self._sift(self.order if fewer else range(len(self.lines)))

    def find(self, text: str) -> list[int]:
        """The places in `order` of the lines that hold a text, in letters of any size."""
        if not text:
            return []
        text, low = text.lower(), self._lowered()
        return [place for place, number in enumerate(self.order) if text in low[number]]

    def wrap(self, width: int) -> None:
        """Cut lines into rows of so many cells; 0: each line is one row."""
        if width != self.width:
            self.width = width
            self._measure_all()

    # rows

    def at(self, row: int) -> tuple[int, int]:
        """The place in `order` of what stands in a row, and the how manieth row of it this is."""
        if not self.width:
            return row, 0
        place = bisect_right(self._starts, row) - 1
        return place, row - self._starts[place]

    def row_of(self, place: int) -> int:
        """The row at which a line starts."""
        return self._starts[place] if self.width else place

    def height_of(self, place: int) -> int:
        """The rows that a line takes."""
        return self._height(self.order[place]) if self.width else 1

    def span(self, line: str, part: int) -> tuple[int, int]:
        """From which cell to which a row of a wrapped line goes."""
        if line.isascii():
            return part * self.width, (part + 1) * self.width
        parts = chop_cells(line, self.width)
        start = sum(map(cell_len, parts[:part]))
        return start, start + cell_len(parts[part])

    def _height(self, number: int) -> int:
        length = self._lengths[number]
        if length == _WIDE:
            return max(len(chop_cells(self.lines[number], self.width)), 1)
        return -(-length // self.width) or 1

    # what is wanted

    def _lowered(self) -> list[str]:
        if self._low is None:
            self._low = [line.lower() for line in self.lines]
        return self._low

    def _wanted(self, numbers: Sequence[int]) -> Sequence[int]:
        if self._also is not None:
            also, lines = self._also, self.lines
            numbers = [number for number in numbers if also(lines[number])]
        if self._words:
            low = self._lowered()
            for word in self._words:
                numbers = [number for number in numbers if word in low[number]]
        return numbers

    def _with(self, fresh: Sequence[int]) -> Sequence[int]:
        if isinstance(self.order, range) and isinstance(fresh, range):
            return range(len(self.lines))
        if not isinstance(self.order, list):
            self.order = list(self.order)
        self.order.extend(fresh)
        return self.order

    def _sift(self, numbers: Sequence[int]) -> None:
        self.order = self._wanted(numbers)
        self._measure_all()

    def _measure_all(self) -> None:
        self.rows, self.widest, self._starts = 0, 0, []
        self._measure(self.order)

    def _measure(self, numbers: Sequence[int]) -> None:
        """Count in the rows of lines that were added to `order`."""
        if self.width:
            ends = list(accumulate(map(self._height, numbers), initial=self.rows))
            self._starts = [*self._starts, *ends[:-1]] if self.rows else ends[:-1]
            self.rows = ends[-1]
            return
        self.rows += len(numbers)
        lengths = self._lengths
        longest = max((lengths[number] for number in numbers), default=0)
        wide = max(
            (cell_len(self.lines[number]) for number in numbers if lengths[number] == _WIDE), default=0
        )
        self.widest = max(self.widest, longest, wide)


def _length(line: str) -> int:
    return len(line) if line.isascii() else _WIDE
