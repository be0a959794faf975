"""Buckets of one width of a series: a few columns of numbers, the oldest of which may be dropped."""

from array import array
from collections.abc import Iterator

from hanabi_tui.console.charts.place import Axis


class Level:
    """Buckets of one width, oldest first.

    Attributes:
      first: the number of the oldest one held, counted from the beginning.
      places, means, lows, highs: a column for each axis, and three for each metric.
    """

    def __init__(self, first: int, columns: int, *, exact: bool) -> None:
        self.first = first
        self.places = tuple(array("d") for _ in Axis)
        self.means = [array("f") for _ in range(columns)]
        # a single row is its own smallest and largest
        self.lows = self.means if exact else [array("f") for _ in range(columns)]
        self.highs = self.means if exact else [array("f") for _ in range(columns)]

    def __len__(self) -> int:
        return len(self.places[0])

    @property
    def end(self) -> int:
        """The number after that of the newest bucket."""
        return self.first + len(self)

    @property
    def columns(self) -> "Iterator[array[float]]":
        """All columns, each once."""
        yield from self.places
        yield from self.means
        if self.lows is not self.means:
            yield from self.lows
            yield from self.highs

    def drop_before(self, start: int) -> None:
        """Drop the buckets with smaller numbers than that."""
        for column in self.columns:
            del column[: start - self.first]
        self.first = start

    def drop_from(self, end: int) -> None:
        """Drop the bucket of a number, and all later ones; the next one that comes has this number."""
        length = max(0, end - self.first)
        for column in self.columns:
            del column[length:]
        self.first = min(self.first, end)
