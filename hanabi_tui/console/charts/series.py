"""Numbers over a run's whole life, kept in little memory, and drawn at a cost that does not grow with them.

A series is a table: rows that come one after the other, and a column for each metric. It is kept at several
levels at once, as weather stations do:

    level 0    each row, the newest 4,096 to 8,192
    level 1    every four rows as one bucket: smallest, mean, largest; again the newest 4,096 to 8,192
    level 2    every sixteen rows, …

A new level is begun when the one below has 1,024 buckets, so the highest one always holds everything, in few.
A chart reads the finest level that reaches far enough back with no more buckets than it has use for. A
million rows of ten metrics take about 7 MB.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hanabi_tui.console.charts.level import Level
from hanabi_tui.console.charts.place import Axis, Place

FOLD = 4
"""Buckets of one level that become one of the next."""

KEEP = 4096
"""Buckets that each level keeps at least; twice as many at most."""

BEGIN = 1024
"""Buckets of the highest level at which the next one is begun."""

_NAN = math.nan


class Window(NamedTuple):
    """A part of one metric, oldest first; all lists are as long as each other.

    Attributes:
      xs: where each bucket begins, on one axis.
      lows, means, highs: of each bucket, NaN where nothing was measured.
      breaks: numbers of the buckets that no line leads to, for there was a pause before.
      rows: rows that a bucket stands for.
      start: number of the first bucket that is not just there to lead in.
    """

    xs: Sequence[float]
    lows: Sequence[float]
    means: Sequence[float]
    highs: Sequence[float]
    breaks: frozenset[int]
    rows: int
    start: int


class Series:
    """Rows of a few metrics, newest last.

    Attributes:
      names: of the metrics.
      rows: how many were appended, and not forgotten.
      gaps: where nothing came for longer than usual: the places before and after.
    """

    def __init__(self, names: Sequence[str], *, patience: float = math.inf, keep: int = KEEP) -> None:
        """Begin an empty one.

        Args:
          names: of the metrics.
          patience: seconds between two rows that are no gap yet.
          keep: buckets that each level keeps at least; a multiple of FOLD.
        """
        self.names, self.rows, self.gaps = tuple(names), 0, list[tuple[Place, Place]]()
        self._patience, self._keep = patience, keep
        self._levels = [Level(0, len(self.names), exact=True)]
        self._newest: Place | None = None

    @property
    def newest(self) -> Place | None:
        """Where the newest row lies; None: there is none."""
        return self._newest

    def append(self, place: Place, values: Sequence[float]) -> None:
        """Add a row: its place, no earlier than the last one's, and a number for each metric (NaN: none)."""
        place = self._in_order(place)
        if self._newest is not None and place.clock - self._newest.clock > self._patience:
            self.gaps.append((self._newest, place))
        self._newest = place
        level = self._levels[0]
        for column, where in zip(level.places, place, strict=True):
            column.append(where)
        for column, value in zip(level.means, values, strict=True):
            column.append(value)
        self.rows += 1
        self._settle(0)

    def append_bucket(
        self,
        number: int,
        place: Place,
        lows: Sequence[float],
        means: Sequence[float],
        highs: Sequence[float],
    ) -> None:
        """Add FOLD ** number rows at once, of which only this is known. Gaps have to be added by hand.

        Raises ValueError if the rows so far are no multiple of that, or some came one by one.
        """
        rows = FOLD**number
        if self.rows % rows or any(len(level) for level in self._levels[:number]):
            raise ValueError(f"{rows} rows at once cannot follow {self.rows} that came in smaller portions")
        place = self._in_order(place)
        while len(self._levels) <= number:
            self._begin_level()
        level, self._newest = self._levels[number], place
        for column, where in zip(level.places, place, strict=True):
            column.append(where)
        for columns, values in ((level.lows, lows), (level.means, means), (level.highs, highs)):
            for column, value in zip(columns, values, strict=True):
                column.append(value)
        self.rows += rows
        for below, finer in enumerate(self._levels[:number]):
            finer.first = self.rows // FOLD**below
        self._settle(number)

    def forget_after(self, step: float, trained: float) -> None:
        """Drop what lies behind a step or a second of training: the run went back to it.

        Where only buckets of several rows are left so far back, the one that the cut goes through is dropped
        as a whole.
        """
        rows = self._rows_until(step, trained)
        for number, level in enumerate(self._levels):
            level.drop_from(rows // FOLD**number)
        self.rows = rows
        self.gaps = [gap for gap in self.gaps if gap[1].step <= step and gap[1].trained <= trained]
        finest = next((level for level in self._levels if len(level)), None)
        self._newest = Place(*(column[-1] for column in finest.places)) if finest else None

    def span(self, axis: Axis) -> tuple[float, float] | None:
        """The first and the last place on an axis; None: there is no row."""
        if self._newest is None:
            return None
        return self._widest().places[axis][0], self._newest[axis]

    def trained_at(self, clock: float) -> float:
        """How long was trained by a time: what the last row before it says; 0.0 before the first."""
        for level in self._levels:
            places = level.places[Axis.CLOCK]
            if len(level) and (places[0] <= clock or level is self._widest()):
                found = bisect_right(places, clock)
                return level.places[Axis.TRAINED][found - 1] if found else 0.0
        return 0.0

    def window(
        self, name: str, axis: Axis, first: float, last: float, *, most: int, lead: float = 0.0
    ) -> Window:
        """What lies between two places, and one bucket more on each side.

        Args:
          name: of the metric.
          axis: what `first` and `last` are on.
          first: the one place.
          last: the other place.
          most: how many buckets at most, but for a few.
          lead: rows before `first` that are wanted too; as many buckets as `most` at most.
        """
        column = self.names.index(name)
        number = self._level_for(axis, first, last, most)
        width = FOLD**number
        xs, lows, means, highs = array("d"), array("f"), array("f"), array("f")
        start = 0
        for level, begin, end in self._parts(axis, first, last, number):
            if not xs:
                leading = min(begin, most, math.ceil(lead / width))
                start, begin = leading, begin - leading
            xs += level.places[axis][begin:end]
            lows += level.lows[column][begin:end]
            means += level.means[column][begin:end]
            highs += level.highs[column][begin:end]
        return Window(xs, lows, means, highs, self._breaks(axis, xs), width, start)

    def last(self, name: str) -> float:
        """The newest number of a metric among the last rows that is none; NaN: there is none."""
        for level, begin, end in reversed([*self._parts(Axis.STEP, -math.inf, math.inf)]):
            for value in reversed(level.means[self.names.index(name)][begin:end]):
                if value == value:
                    return value
        return _NAN

    def _in_order(self, place: Place) -> Place:
        """Clocks may be set back; places here never go back, so they can be searched."""
        if self._newest is None:
            return place
        return Place(*(max(ours, theirs) for ours, theirs in zip(self._newest, place, strict=True)))

    def _begin_level(self) -> None:
        number = len(self._levels)
        below = self._levels[-1]
        level = Level(below.first // FOLD, len(self.names), exact=False)
        self._levels.append(level)
        for _ in range(level.first, below.end // FOLD):
            self._fold(number - 1)

    def _settle(self, number: int) -> None:
        """Fold what is complete, and drop what the next level holds, from a level upwards."""
        while True:
            level = self._levels[number]
            if number + 1 == len(self._levels) and len(level) >= min(BEGIN, self._keep):
                self._begin_level()
            if len(level) >= 2 * self._keep:
                level.drop_before(level.end - self._keep)
            if number + 1 == len(self._levels) or level.end % FOLD:
                return
            self._fold(number)
            number += 1

    def _fold(self, number: int) -> None:
        """Put FOLD buckets into the next level's next bucket."""
        level, above = self._levels[number], self._levels[number + 1]
        begin = above.end * FOLD - level.first
        if begin + FOLD > len(level):
            return
        chosen = slice(begin, begin + FOLD)
        for source, target in zip(level.places, above.places, strict=True):
            target.append(source[begin])
        for column in range(len(self.names)):
            above.lows[column].append(min(_known(level.lows[column][chosen])))
            above.highs[column].append(max(_known(level.highs[column][chosen])))
            means = _known(level.means[column][chosen])
            above.means[column].append(sum(means) / len(means))

    def _widest(self) -> Level:
        """The level that reaches back to the beginning."""
        return next(level for level in reversed(self._levels) if len(level))

    def _level_for(self, axis: Axis, first: float, last: float, most: int) -> int:
        for number, level in enumerate(self._levels):
            places = level.places[axis]
            if not len(level) or (level.first and places[0] > first):
                continue
            if bisect_right(places, last) - bisect_left(places, first) <= most:
                return number
        return len(self._levels) - 1

    def _parts(
        self, axis: Axis, first: float, last: float, number: int | None = None
    ) -> Iterator[tuple[Level, int, int]]:
        """Buckets of a level and, where they end, the finer ones not folded yet: level, begin, end."""
        number = len(self._levels) - 1 if number is None else number
        done = None
        for level in reversed(self._levels[: number + 1]):
            places = level.places[axis]
            begin = 0 if done is None else done - level.first
            done = level.end * FOLD
            begin, end = (
                max(begin, bisect_left(places, first) - 1, 0),
                min(bisect_right(places, last) + 1, len(level)),
            )
            if begin < end:
                yield level, begin, end

    def _breaks(self, axis: Axis, xs: Sequence[float]) -> frozenset[int]:
        if not xs:
            return frozenset()
        begin = bisect_left(self.gaps, xs[0], key=lambda gap: gap[1][axis])
        end = bisect_right(self.gaps, xs[-1], key=lambda gap: gap[0][axis])
        return frozenset(bisect_right(xs, gap[0][axis]) for gap in self.gaps[begin:end])

    def _rows_until(self, step: float, trained: float) -> int:
        """How many rows lie before a cut, as far as the levels can tell."""
        if self._newest is None or (self._newest.step <= step and self._newest.trained <= trained):
            return self.rows
        for number, level in enumerate(self._levels):
            steps, seconds = level.places[Axis.STEP], level.places[Axis.TRAINED]
            until = min(bisect_right(steps, step), bisect_right(seconds, trained))
            if until:  # where a bucket ends is not known: the last one may reach over the cut
                held: int = FOLD**number
                return (level.first + until - bool(number)) * held
        return 0


def _known(values: "array[float]") -> Sequence[float]:
    return [value for value in values if math.isfinite(value)] or (_NAN,)
