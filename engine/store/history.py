"""What run.db holds, and how other processes read it while the run writes it.

    progress      one row for each Progress, a column for each of its fields
    evaluations   one row for each Score of an Evaluated; rows of one evaluation share its number
    events        one row for each other event: its kind, and all of it as JSON; void: 1, if the run went back
                  behind it since
    settings      a view of `events`: the settings that were changed

The columns are the fields of `engine.contracts.events`, so docs/metrics.md says what they mean. NaN is NULL
here. The file says whose it is (`PRAGMA application_id`) and which layout it has (`PRAGMA user_version`).
"""

import contextlib
import math
import os
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from engine.contracts.events import AnyEvent, Evaluated, Progress, Score, metrics
from engine.errors import EngineError

VERSION = 1
"""Counts up when the tables change."""

_PAGE = 1000
"""Events read at a time."""

APPLICATION = 0x48616E54  # "HanT"

_S = TypeVar("_S", Progress, Score)
_SQL = {float: "REAL", int: "INTEGER", bool: "INTEGER", str: "TEXT"}
OF_EVALUATION = tuple(metric for metric in metrics(Evaluated) if metric.name != "scores")


class MetricsError(EngineError):
    """A run.db that this program cannot use, or that cannot be read."""


def _columns(*kinds: Sequence[Any]) -> str:
    return ", ".join(f"{metric.name} {_SQL[metric.type]}" for kind in kinds for metric in kind)


SCHEMA = (
    f"CREATE TABLE progress (id INTEGER PRIMARY KEY, {_columns(metrics(Progress))})",
    "CREATE INDEX progress_by_step ON progress (step, seconds)",
    "CREATE TABLE evaluations (id INTEGER PRIMARY KEY, evaluation INTEGER, "
    f"{_columns(OF_EVALUATION, metrics(Score))})",
    "CREATE TABLE events (id INTEGER PRIMARY KEY, time REAL, step INTEGER, kind TEXT, body TEXT, "
    "void INTEGER DEFAULT 0)",
    "CREATE VIEW settings AS SELECT id, time, step, json_extract(body, '$.key') AS key, "
    "json_extract(body, '$.old') AS old, json_extract(body, '$.new') AS new, void "
    "FROM events WHERE kind = 'SettingChanged'",
)


class Kept(NamedTuple):
    """An event as it is kept: its number, itself, and whether the run went back behind it since."""

    id: int
    event: AnyEvent
    void: bool


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The layout of an open file; 0 if it is empty. Raises MetricsError for one that is not a run.db of ours.

    Args:
      connection: to the file.
      path: what errors call it.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not (tables or version or application):
        return 0
    if application != APPLICATION:
        raise MetricsError(f"{path} is another program's database; move it away to start an empty one")
    if version != VERSION:
        age, hint = ("older", "") if version < VERSION else ("newer", "update this program, or ")
        raise MetricsError(
            f"{path} has layout {version}, of {age} programs; this one knows layout {VERSION}; "
            f"{hint}move the file away to start an empty one"
        )
    return VERSION


def read(path: Path) -> "History":
    """Open a run.db for reading only, while the run writes it or not.

    Raises:
      MetricsError: there is none, it has another layout, or it cannot be read.
    """
    if not path.is_file():
        raise MetricsError(f"{path} is not there: no run has begun in this directory")
    with _explained(path):
        way = "immutable=1" if _is_still(path) else "mode=ro"
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{way}", uri=True, isolation_level=None)
    try:
        with _explained(path):
            if not version_of(connection, path):
                raise MetricsError(f"{path} is still empty; try again in a moment")
    except BaseException:
        connection.close()
        raise
    return History(path, connection)


def _is_still(path: Path) -> bool:
    """Whether nobody writes a run.db, nor left anything unfinished, where no reader can make files beside it.

    SQLite would make them to keep out of a writer's way, and give up. (Another user's live run has them.)
    """
    beside = (path.with_name(f"{path.name}-{which}") for which in ("wal", "shm"))
    return not os.access(path.parent, os.W_OK) and not any(file.exists() for file in beside)


class History:
    """A run.db open for reading. Every query sees one moment of it, and holds up no writer.

    Use it as a context manager, or `close` it. All queries raise MetricsError when the file cannot be read.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path, self._connection = path, connection

    def __enter__(self) -> "History":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def progress(
        self,
        *,
        steps: tuple[float, float] = (-math.inf, math.inf),
        seconds: tuple[float, float] = (-math.inf, math.inf),
        points: int = 0,
        of: str = "training_score",
    ) -> tuple[Progress, ...]:
        """Progress in a span, oldest first; at most so many points of it.

        Where there are more, the span is cut into stretches of as many rows, and of each the rows with the
        smallest and the largest value of one metric are given: no peak is lost.

        Args:
          steps: first and last step.
          seconds: first and last second of training.
          points: the most rows, at least 2; 0: all.
          of: the metric whose peaks are kept.

        Raises:
          MetricsError: `of` is no number of Progress, or `points` is 1 or below 0.
        """
        names = [metric.name for metric in metrics(Progress)]
        if of not in names or points < 0 or points == 1:
            raise MetricsError(f"of = {of!r}, points = {points}: allowed are {', '.join(names)}; 0 or 2 up")
        where = "FROM progress WHERE step BETWEEN ? AND ? AND seconds BETWEEN ? AND ?"
        with _explained(self._path), self._one_moment():
            values = self._rows(f"SELECT id, {of} {where} ORDER BY id", *steps, *seconds)
            wanted = tuple(_peaks(values, points) if points and len(values) > points else ())
            chosen = f"AND id IN ({', '.join(map(str, wanted))})" if wanted else ""
            rows = self._rows(f"SELECT {', '.join(names)} {where} {chosen} ORDER BY id", *steps, *seconds)
            return tuple(_typed(Progress, names, row) for row in rows)

    def last_progress(self) -> Progress | None:
        """The newest Progress; None without rows."""
        names = [metric.name for metric in metrics(Progress)]
        with _explained(self._path):
            rows = self._rows(f"SELECT {', '.join(names)} FROM progress ORDER BY id DESC LIMIT 1")
            return _typed(Progress, names, rows[0]) if rows else None

    def progress_before(self, moment: float) -> float:
        """When the last Progress before a moment came (both s since the epoch); 0: none did.

        Times are not indexed, but rows came one after the other: few of them are looked at.
        """
        with _explained(self._path), self._one_moment():
            last = self._rows("SELECT coalesce(max(id), 0) FROM progress")[0][0]
            after = bisect_left(range(last + 1), moment, key=self._time_from)
            rows = self._rows("SELECT time FROM progress WHERE id < ? ORDER BY id DESC LIMIT 1", after)
            return rows[0][0] if rows else 0.0

    def _time_from(self, number: int) -> float:
        rows = self._rows("SELECT time FROM progress WHERE id >= ? ORDER BY id LIMIT 1", number)
        return rows[0][0] if rows else math.inf

    def rows(self, names: Sequence[str], *, after: int = 0, limit: int = 10_000) -> list[tuple[Any, ...]]:
        """Progress as plain rows, oldest first: number, then the fields named; None is NaN.

        A run that goes back uses the numbers behind it once more.

        Args:
          names: of fields.
          after: only rows with higher numbers.
          limit: how many at most.
        """
        with _explained(self._path):
            query = f"SELECT id, {', '.join(names)} FROM progress WHERE id > ? ORDER BY id LIMIT ?"
            return self._rows(query, after, limit)

    def spread(self, names: Sequence[str], first: int, last: int) -> list[tuple[Any, ...]]:
        """The smallest, mean and largest of each field over the rows with these numbers."""
        columns = ", ".join(f"min({name}), avg({name}), max({name})" for name in names)
        with _explained(self._path):
            (found,) = self._rows(f"SELECT {columns} FROM progress WHERE id BETWEEN ? AND ?", first, last)
        return [found[at : at + 3] for at in range(0, len(found), 3)]

    def numbers(self) -> tuple[int, int]:
        """The numbers of the first and the last row of Progress; 0, 0 without rows."""
        with _explained(self._path):
            (found,) = self._rows("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM progress")
        return found[0], found[1]

    def silences(self, patience: float, *, until: int) -> list[tuple[Any, ...]]:
        """Where no Progress came for longer than `patience` seconds, among the rows up to a number.

        Returns: step, seconds and time of the row before, and of the row after; oldest first.
        """
        before = ", ".join(
            f"lag({name}) OVER (ORDER BY id) AS {name}0" for name in ("step", "seconds", "time")
        )
        query = (
            "SELECT step0, seconds0, time0, step, seconds, time FROM "
            f"(SELECT step, seconds, time, {before} FROM progress WHERE id <= ?) WHERE time - time0 > ?"
        )
        with _explained(self._path):
            return self._rows(query, until, patience)

    def evaluations(self, *, after: int = -1) -> tuple[Evaluated, ...]:
        """All evaluations of steps after one, oldest first."""
        return self._evaluations("step > ?", after)

    def last_evaluation(self) -> Evaluated | None:
        """The newest evaluation; None without any."""
        newest = "SELECT evaluation FROM evaluations ORDER BY id DESC LIMIT 1"
        return next(iter(self._evaluations(f"evaluation = ({newest})")), None)

    def _evaluations(self, where: str, *values: float) -> tuple[Evaluated, ...]:
        about, of_score = [m.name for m in OF_EVALUATION], [m.name for m in metrics(Score)]
        query = f"SELECT evaluation, {', '.join(about + of_score)} FROM evaluations WHERE {where} ORDER BY id"
        found: dict[int, Evaluated] = {}
        with _explained(self._path):
            for number, *row in self._rows(query, *values):
                score = _typed(Score, of_score, row[len(about) :])
                known = found.get(number)
                scores = (*known.scores, score) if known else (score,)
                fields = dict(zip(about, row, strict=False)) | {"scores": scores}
                found[number] = msgspec.convert(fields, Evaluated, strict=False)
        return tuple(found.values())

    def events(self, *, since: int = 0, void: bool = True) -> Iterator[Kept]:
        """Events that are neither Progress nor Evaluated, oldest first.

        They are read a page at a time, each of one moment: however long the run, only a page is held.

        Args:
          since: only those whose number is higher; the last one's number asks for what came after it.
          void: also those that the run went back behind.
        """
        query = "SELECT id, body, void FROM events WHERE id > ? AND void <= ? ORDER BY id LIMIT ?"
        while True:
            with _explained(self._path):
                page = [
                    Kept(number, msgspec.json.decode(body, type=AnyEvent), bool(gone))
                    for number, body, gone in self._rows(query, since, int(void), _PAGE)
                ]
            yield from page
            if len(page) < _PAGE:
                return
            since = page[-1].id

    def _rows(self, query: str, *values: float) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _one_moment(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")


def _peaks(values: Sequence[tuple[int, float | None]], points: int) -> Iterable[int]:
    """The ids of the smallest and the largest value of each of points / 2 stretches; NULL comes last."""
    stretches = points // 2
    for number in range(stretches):
        start = len(values) * number // stretches
        stretch = values[start : len(values) * (number + 1) // stretches]
        known = [row for row in stretch if row[1] is not None] or stretch
        yield min(known, key=_value)[0]
        yield max(known, key=_value)[0]


def _value(row: tuple[int, float | None]) -> float:
    return -math.inf if row[1] is None else row[1]


def _typed(kind: type[_S], names: Sequence[str], row: Sequence[Any]) -> _S:
    fields = {name: math.nan if value is None else value for name, value in zip(names, row, strict=True)}
    return msgspec.convert(fields, kind, strict=False)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        raise MetricsError(f"{path} cannot be read: {error}") from error
