"""Metrics: what a run says of itself, kept in its run.db for as long as the run is.

One process writes, any number may read meanwhile (`engine.store.history`): SQLite in WAL mode. An event is a
row at once, but for Progress, which comes every second or faster and is committed at most a second apart. No
commit waits for the disk (synchronous = NORMAL): a killed process loses nothing committed, a power cut may
cost the last minutes but leaves a sound file.

A file that is found damaged is moved aside and a fresh one is begun: no training is lost for its sake.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from engine.contracts.events import AnyEvent, Evaluated, Progress, Score, metrics
from engine.machine.durable import damaged
from engine.store.history import (
    APPLICATION,
    OF_EVALUATION,
    SCHEMA,
    VERSION,
    History,
    Kept,
    MetricsError,
    read,
    version_of,
)

__all__ = ["Database", "History", "Kept", "MetricsError", "NotRecordedError", "read"]

BATCH_SECONDS = 1.0
"""How long Progress may wait for the next commit."""

LOCK_SECONDS = 1.0
"""How long a commit waits for a program that has locked the file."""

_PROGRESS = tuple(metric.name for metric in metrics(Progress))
_OF_EVALUATION = tuple(metric.name for metric in OF_EVALUATION)
_SCORE = tuple(metric.name for metric in metrics(Score))


class NotRecordedError(MetricsError):
    """Something could not be written; nothing of it was. Try the same again when there is a remedy.

    Attributes:
      why: in a few words, such as `disk full`.
    """

    def __init__(self, path: Path, why: str, details: object) -> None:
        super().__init__(f"{path}: {why} ({details}); nothing was written, and the same can be tried again")
        self.why = why


class Database:
    """run.db, open for writing by one thread of the one process that owns the run. Use it in a `with` block.

    Attributes:
      found: what was wrong with the file and what was done, to be said loudly; empty: it was sound.
    """

    def __init__(self, path: Path) -> None:
        """Open a run.db, or make one.

        Raises:
          MetricsError: another program's file, or one of another layout; it says what to do.
          NotRecordedError: the disk is full, or the file is locked or cannot be opened.
        """
        self._path = path
        self.found = ""
        self._waiting: list[Progress] = []
        self._committed = -BATCH_SECONDS
        self._connection: sqlite3.Connection | None = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Commit what waits, and close the file, whatever comes. Raises NotRecordedError."""
        try:
            self.commit()
        finally:
            if self._connection:
                self._connection.close()

    def record(self, event: AnyEvent) -> None:
        """Keep an event.

        Progress may wait up to BATCH_SECONDS for the next event, `commit` or `close`; a killed process loses
        what waits.

        Raises:
          NotRecordedError: this event was not kept, no event was kept in part, and the earlier ones that wait
            go on waiting. Recording the event again is right, once there is room.
        """
        if isinstance(event, Progress) and time.monotonic() - self._committed < BATCH_SECONDS:
            self._waiting.append(event)
        else:
            self._write([*self._waiting, event])

    def commit(self) -> None:
        """Have all that was recorded seen by readers, and safe from a kill. Raises NotRecordedError."""
        if self._waiting:
            self._write(self._waiting)

    def forget_after(self, step: int, seconds: float, *, settings: bool = True) -> None:
        """Go back with the run to a generation: what came after it is about to come again.

        Progress and evaluations after it vanish, so that nothing is counted twice; events of later steps stay
        and are marked void. All of it happens, or nothing.

        Args:
          step: of the generation; −1: from nothing.
          seconds: of training, when it was saved.
          settings: whether those that were changed since are void as well.

        Raises:
          NotRecordedError: nothing was forgotten.
        """
        later, here = "step > ? OR seconds > ?", (step, seconds)
        with self._transaction() as connection:
            connection.execute(f"DELETE FROM progress WHERE {later}", here)
            connection.execute(f"DELETE FROM evaluations WHERE {later}", here)
            holds = "" if settings else " AND kind != 'SettingChanged'"
            connection.execute(f"UPDATE events SET void = 1 WHERE step > ? AND void = 0{holds}", (step,))
        self._waiting = [event for event in self._waiting if event.step <= step and event.seconds <= seconds]

    def best(self, games: Collection[str]) -> float | None:
        """The best mean of an evaluation of just these games; None without any. Raises NotRecordedError."""
        found: dict[int, dict[str, float]] = {}
        with self._transaction() as connection:
            query = "SELECT evaluation, variant, mean FROM evaluations ORDER BY id"
            for number, variant, mean in connection.execute(query):
                found.setdefault(number, {})[variant] = mean
        means = [sum(of.values()) / len(of) for of in found.values() if of.keys() == set(games)]
        return max(means, default=None)

    def _write(self, events: Sequence[AnyEvent]) -> None:
        with self._transaction() as connection:
            for event in events:
                _insert(connection, event)
        self._waiting = []
        self._committed = time.monotonic()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; errors in our words. A file found damaged now is replaced at once."""
        if self._connection is None:  # it could not be replaced then
            self._connection = self._open()
        connection = self._connection
        try:
            with _explained(self._path):
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        with contextlib.suppress(sqlite3.Error):  # the first error says more
                            connection.execute("ROLLBACK")
        except _DamagedError as damage:
            self._connection = None
            connection.close()
            self._connection = self._begin_anew(damage)
            raise NotRecordedError(self._path, "damaged, and replaced", self.found) from damage

    def _open(self) -> sqlite3.Connection:
        try:
            return _open(self._path)
        except _DamagedError as damage:
            return self._begin_anew(damage)

    def _begin_anew(self, damage: Exception) -> sqlite3.Connection:
        aside = _move_aside(self._path)
        self.found = f"{self._path} is damaged ({damage}): it was moved to {aside}, and an empty one is begun"
        return _open(self._path)


class _DamagedError(Exception):
    """The file is broken."""


def _insert(connection: sqlite3.Connection, event: AnyEvent) -> None:
    match event:
        case Progress():
            _insert_row(connection, "progress", _PROGRESS, [getattr(event, name) for name in _PROGRESS])
        case Evaluated():
            (last,) = connection.execute("SELECT max(evaluation) FROM evaluations").fetchone()
            about = [getattr(event, name) for name in _OF_EVALUATION]
            for score in event.scores:
                row = [(last or 0) + 1, *about, *(getattr(score, name) for name in _SCORE)]
                _insert_row(connection, "evaluations", ("evaluation", *_OF_EVALUATION, *_SCORE), row)
        case _:
            row = [event.time, event.step, type(event).__name__, msgspec.json.encode(event).decode()]
            _insert_row(connection, "events", ("time", "step", "kind", "body"), row)


def _insert_row(connection: sqlite3.Connection, table: str, names: Sequence[str], row: Sequence[Any]) -> None:
    places = ", ".join("?" * len(names))
    connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", row)


def _open(path: Path) -> sqlite3.Connection:
    """Open a file that is sound and ours, or make it. Raises _DamagedError and what Database raises."""
    with _explained(path, opening=True):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
        try:
            _check(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            if not version_of(connection, path):
                _lay_out(connection)
            connection.execute(f"PRAGMA user_version = {VERSION}")  # whether it can be written shows now
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Look for damage before anything is written."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise _DamagedError(" ".join(found.split()))
    if version_of(connection, path):
        tables = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master")}
        if tables != set(SCHEMA):
            raise _DamagedError("its tables are not those of its layout")


def _lay_out(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")


def _move_aside(path: Path) -> Path:
    """Give a damaged file, with its journal, another name; what it still holds may be saved by hand."""
    aside = damaged(path)
    with _explained(path):
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    return aside


@contextlib.contextmanager
def _explained(path: Path, *, opening: bool = False) -> Iterator[None]:
    """SQLite's and the system's errors in our words: a damaged file, or something that may pass."""
    try:
        yield
    except OSError as error:
        raise NotRecordedError(path, "cannot be written", error.strerror) from error
    except sqlite3.ProgrammingError:  # such as use by a second thread: nobody's fault but ours
        raise
    except (sqlite3.Error, UnicodeDecodeError) as error:
        extended = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        code = extended & 0xFF
        why = _MAY_PASS.get(extended) or _MAY_PASS.get(code)
        if why is None and (opening or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)):
            raise _DamagedError(str(error)) from error
        raise NotRecordedError(path, why or "cannot be written", error) from error


_MAY_PASS = {
    sqlite3.SQLITE_FULL: "disk full",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_IOERR: "cannot be written",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_PERM: "cannot be written",
    sqlite3.SQLITE_READONLY_DIRECTORY: "cannot be written",
    sqlite3.SQLITE_NOMEM: "memory full",
}
"""Errors that say nothing against the file. SQLITE_READONLY is none of them: the system lets us write
the file, so its header forbids it, and that is broken."""
