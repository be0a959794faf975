"""What a run.db says, as series and marks for charts; kept up with the file while the run writes it.

Reading and showing are two things: `read_news` may take long and belongs into a thread, `take` is quick. A
long file is not read row by row: what lies far back comes from SQLite in buckets, as wide as a series keeps
them.
"""

import math
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.contracts import events as e
from engine.contracts.log_lines import line
from engine.contracts.reasons import LEARNER
from engine.contracts.states import State
from engine.store.directory import DATABASE
from engine.store.history import History, MetricsError, read
from hanabi_tui.console.charts.figure import Mark
from hanabi_tui.console.charts.place import Place
from hanabi_tui.console.charts.series import FOLD, KEEP, Series
from hanabi_tui.quantities import span

METRICS = (
    *("loss", "belief_loss", "gradient_norm", "learning_rate", "training_score"),
    *("games_per_second", "samples_per_second", "trained_per_second"),
    *("replay_fill", "weights_age"),
)
"""Fields of Progress that have a curve."""

SCORES = ("mean", "error", "perfect", "struck_out")
"""Fields of Score that have a curve."""

PATIENCE = 15.0
"""Seconds between two Progress that are no pause yet; they come every second or two."""

_COLUMNS = ("step", "seconds", "time", *METRICS)
_PREVIEW = 400
"""Rows that show the course of a long run while all of it is read."""

_AT_ONCE = 2000
"""Rows that are added to a series at once; where more are new, all is read anew, in the thread."""


@dataclass
class News:
    """What was read.

    Attributes:
      problem: why nothing could be read; empty: it could.
      fresh: a series that replaces all that was there, for the run went back or much is new.
      last: number and time of the newest row in that.
      rows: Progress that comes next: number, place, then METRICS.
      evaluated: evaluations that come next.
      kept: other events that come next.
      last_event: the number of the newest one.
      preview: whether this is but a foretaste.
    """

    problem: str = ""
    fresh: Series | None = None
    last: tuple[int, float] = (0, 0.0)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    evaluated: list[e.Evaluated] = field(default_factory=list)
    kept: list[e.AnyEvent] = field(default_factory=list)
    last_event: int = 0
    preview: bool = False


class Curves:
    """The curves of one run.

    Attributes:
      directory: the run's.
      progress: METRICS over the run.
      scores: SCORES of each variant, by its name.
      marks: what happened, oldest first.
      problem: why nothing can be read; empty: it can, or nobody tried yet.
      known: whether all of it was read by now.
      stopped: set it to end a long reading early.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.problem, self.known = "", False
        self.stopped = threading.Event()
        self.progress = _empty()
        self.scores: dict[str, Series] = {}
        self.marks: list[Mark] = []
        self._stamp: list[tuple[int, int] | None] = []  # of the files, when they were read
        self._last = (0, 0.0)  # number and time of the newest row
        self._last_event = 0
        self._evaluated = (-1, 0.0)  # step and time of the newest evaluation
        self._pause: e.StateChanged | None = None  # the one that lasts

    def read_news(self) -> News:
        """What the file holds by now; waits for the disk. One thread at a time may call it."""
        path = self.directory / DATABASE
        stamp = [_stamp(path), _stamp(path.with_name(f"{DATABASE}-wal"))]
        if stamp == self._stamp:
            return News(problem=self.problem)
        try:
            with read(path) as history:
                news = self._read(history)
        except (MetricsError, sqlite3.Error) as error:
            return News(problem=str(error))
        self._stamp = stamp
        return news

    def read_preview(self) -> News:
        """Of a long run that was not read yet, some rows all over it: enough to see its course at once."""
        try:
            with read(self.directory / DATABASE) as history:
                first, last = history.numbers()
                if last - first < _AT_ONCE:
                    return News(preview=True)
                series = _empty()
                for at in range(_PREVIEW):
                    for row in history.rows(
                        _COLUMNS, after=first - 1 + (last - first) * at // _PREVIEW, limit=1
                    ):
                        _append(series, row)
                return News(fresh=series, preview=True)
        except (MetricsError, sqlite3.Error) as error:
            return News(problem=str(error), preview=True)

    def take(self, news: News) -> bool:
        """Add what was read; whether anything changed."""
        changed = news.problem != self.problem or news.fresh is not None or not self.known
        self.problem = news.problem
        if news.fresh is not None:
            self._begin_anew(news.fresh)
            self._last = news.last
        for row in news.rows:
            _append(self.progress, row)
            self._last = (row[0], row[3])
        for evaluated in news.evaluated:
            self._add_scores(evaluated)
        for event in news.kept:
            mark = mark_of(event, self.progress.trained_at(event.time), self._pause)
            if mark is not None:
                self.marks.append(mark)
            if isinstance(event, e.StateChanged):
                self._pause = event if event.state == State.PAUSED else None
        self._last_event = max(self._last_event, news.last_event)
        self.known = self.known or not news.preview
        return changed or bool(news.rows or news.evaluated or news.kept)

    def _begin_anew(self, progress: Series) -> None:
        self.progress, self.scores, self.marks = progress, {}, []
        self._last_event, self._evaluated, self._pause = 0, (-1, 0.0), None

    def _read(self, history: History) -> News:
        number, time = self._last
        rows = history.rows(_COLUMNS, after=max(0, number - 1), limit=_AT_ONCE)
        goes_on = number == 0 or (bool(rows) and (rows[0][0], rows[0][3]) == (number, time))
        news, since, after = News(), self._last_event, self._evaluated
        if goes_on and len(rows) < _AT_ONCE:
            news.rows = rows if number == 0 else rows[1:]
        else:
            news.fresh, news.last = read_all(history, self.stopped)
            since, after = 0, (-1, 0.0)
        news.evaluated = [
            each for each in history.evaluations(after=after[0] - 1) if (each.step, each.time) > after
        ]
        news.last_event = since
        for kept in history.events(since=since, void=False):
            news.kept.append(kept.event)
            news.last_event = kept.id
        return news

    def _add_scores(self, evaluated: e.Evaluated) -> None:
        self._evaluated = (evaluated.step, evaluated.time)
        place = Place(evaluated.step, evaluated.seconds, evaluated.time)
        for score in evaluated.scores:
            series = self.scores.setdefault(score.variant, Series(SCORES))
            series.append(place, [getattr(score, name) for name in SCORES])


def read_all(history: History, stopped: threading.Event) -> tuple[Series, tuple[int, float]]:
    """A whole run, and the number and time of its last row.

    Args:
      history: an open run.db.
      stopped: when it is set, what was read until then is given.
    """
    series, last = _empty(), (0, 0.0)
    first, end_number = history.numbers()
    before = max(first - 1, 0)
    for level, start, end in portions(end_number - before):
        for at in range(start, end, FOLD**level) if level else ():
            if stopped.is_set():
                return series, last
            spread = history.spread(_COLUMNS, before + at + 1, before + at + FOLD**level)
            lows, means, highs = ([_number(value) for value in one] for one in zip(*spread, strict=True))
            series.append_bucket(level, Place(*lows[:3]), lows[3:], means[3:], highs[3:])
    silences = history.silences(PATIENCE, until=before + start)
    series.gaps = [(Place(*gap[:3]), Place(*gap[3:])) for gap in silences]
    for row in _all_rows(history, before + start):
        _append(series, row)
        last = (row[0], row[3])
    return series, last


def portions(rows: int, keep: int = KEEP) -> list[tuple[int, int, int]]:
    """How a run of so many rows is read, oldest first: level, first row, the row after the last one."""
    found, level, end = list[tuple[int, int, int]](), 0, rows
    while end or not found:
        whole = FOLD ** (level + 1)
        start = max(0, rows - keep * FOLD**level) // whole * whole
        if start < end or level == 0:
            found.append((level, start, end))
        level, end = level + 1, start
    return found[::-1]


def mark_of(event: e.AnyEvent, trained: float, pause: e.StateChanged | None = None) -> Mark | None:
    """How an event is marked on a chart; None: not at all.

    C checkpoint · H hyperparameter · P paused · R reconnected · B begun or gone on
    W worker lost · N notice · D damage

    Args:
      event: what happened.
      trained: seconds of training before it.
      pause: the one that lasted until then, if there was one.
    """
    place = Place(event.step, trained, event.time)
    text = line(event).partition("  ")[2]
    match event:
        case e.GenerationSaved():
            return Mark(place, "C", f"checkpoint {event.step:,}")
        case e.SettingChanged():
            return Mark(place, "H", text, tall=True)
        case e.StateChanged(state=State.PAUSED | State.FAILED):
            return Mark(place, "P", text, tall=True)
        case e.StateChanged(state=State.TRAINING | State.COLLECTING):
            if pause is not None and pause.reason.startswith(LEARNER):
                return Mark(place, "R", f"the learner is back after {span(event.time - pause.time)}")
        case e.Begun(generation=-1):
            return None
        case e.Begun():
            return Mark(place, "B", f"goes on from generation {event.generation:,}", tall=True)
        case e.WorkerLost():
            return Mark(place, "W", text)
        case e.Notice():
            return Mark(place, "N", text, tall=event.warning)
        case e.GenerationDamaged() | e.ReplayDamaged():
            return Mark(place, "D", text, tall=True)
    return None


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _empty() -> Series:
    return Series(METRICS, patience=PATIENCE)


def _append(series: Series, row: Sequence[Any]) -> None:
    series.append(Place(*map(float, row[1:4])), [_number(value) for value in row[4:]])


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _all_rows(history: History, after: int) -> Iterator[tuple[Any, ...]]:
    while rows := history.rows(_COLUMNS, after=after):
        yield from rows
        after = rows[-1][0]
