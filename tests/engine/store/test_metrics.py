"""run.db: what it keeps, what it gives back, what it survives and what it refuses."""

import contextlib
import math
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import some_events
from hypothesis import given, settings
from hypothesis import strategies as st
from some_events import OTHERS, evaluated, progress

from engine.store import metrics
from engine.store.history import SCHEMA
from engine.store.metrics import Database, MetricsError, NotRecordedError, read


def same(one: object, other: object) -> bool:
    """Equal, NaN being equal to NaN."""
    return repr(one) == repr(other)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


@pytest.fixture
def every_row_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "BATCH_SECONDS", 0.0)


def test_what_is_recorded_is_read_back_as_it_was(path: Path) -> None:
    told = [progress(1), progress(2, loss=math.nan, remaining=math.nan)]
    with Database(path) as database:
        assert database.found == ""
        for event in (*told, evaluated(2, 20.5, 19.25), *OTHERS, evaluated(3, 21.0)):
            database.record(event)
    with read(path) as history:
        assert same(history.progress(), tuple(told))
        assert same(history.evaluations(), (evaluated(2, 20.5, 19.25), evaluated(3, 21.0)))
        assert history.evaluations(after=20) == (evaluated(3, 21.0),)
        kept = [*history.events()]
        assert tuple(row.event for row in kept) == OTHERS
        assert [*history.events(since=kept[5].id)] == kept[6:]


@pytest.mark.parametrize("page", [1, 3, len(OTHERS), 1000])
def test_events_are_all_given_however_many_are_read_at_a_time(
    path: Path, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.history._PAGE", page)
    with Database(path) as database, read(path) as past:
        for event in OTHERS:
            database.record(event)
        asked = past.events()
        first = next(asked)
        database.record(OTHERS[0])  # a run goes on while it is read
        told = [first, *asked]
        assert tuple(kept.event for kept in told[: len(OTHERS)]) == OTHERS
        assert [kept.id for kept in told] == sorted({kept.id for kept in told})
        assert [kept.event for kept in past.events(since=told[len(OTHERS) - 1].id)] == [OTHERS[0]]


def test_the_file_and_its_journal_are_for_its_owner_only(path: Path) -> None:
    old = os.umask(0)
    try:
        with Database(path) as database:
            database.record(progress(1))
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes == {"run.db": 0o600, "run.db-wal": 0o600, "run.db-shm": 0o600}


def test_it_is_read_while_it_is_written_and_after_the_writer_has_gone(path: Path) -> None:
    with Database(path) as database, read(path) as history:
        assert history.progress() == ()
        database.record(progress(1))
        assert len(history.progress()) == 1
        database.record(OTHERS[0])
        assert len([*history.events()]) == 1
    assert not path.with_name("run.db-wal").exists()
    with read(path) as history:
        assert len(history.progress()) == 1


def test_progress_is_committed_in_batches_and_every_other_event_at_once(path: Path) -> None:
    with Database(path) as database, read(path) as history:
        for number in (1, 2, 3):
            database.record(progress(number))
        assert len(history.progress()) == 1
        database.commit()
        assert len(history.progress()) == 3
        database.record(progress(4))
        database.record(OTHERS[0])
        assert len(history.progress()) == 4
        database.record(progress(5))
    assert len(rows(path, "progress")) == 5


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_going_back_forgets_what_is_about_to_come_again_and_keeps_what_happened(path: Path) -> None:
    with Database(path) as database:
        for number in range(1, 8):
            database.record(progress(number))
            database.record(evaluated(number, 10.0 + number))
        for event in OTHERS:
            database.record(event)
        database.record(progress(8))
        database.record(progress(9))  # still waits
        database.forget_after(step=20, seconds=2.0)
        database.record(progress(3))
        database.commit()
        with read(path) as history:
            assert [event.step for event in history.progress()] == [10, 20, 30]
            assert [event.step for event in history.evaluations()] == [10, 20]
            assert [row.event for row in history.events() if row.void] == list(OTHERS[-2:])
            assert [row.event for row in history.events(void=False)] == list(OTHERS[:-2])
            database.record(OTHERS[-2])
            database.forget_after(step=20, seconds=2.0, settings=False)
            assert [row.event for row in history.events(void=False)] == list(OTHERS[:-1])  # it holds
            database.forget_after(step=20, seconds=1.5)
            steps = [event.step for event in history.evaluations()]
            assert steps == [10], "rows of the same step, but later seconds"
            database.forget_after(step=-1, seconds=0.0)
            assert history.evaluations() == history.progress() == ()


@settings(max_examples=20)
@given(
    st.lists(st.one_of(st.just(math.nan), st.floats(-100, 100)), max_size=60),
    st.integers(2, 30),
    st.integers(0, 30),
)
def test_fewer_points_keep_every_peak(
    tmp_path_factory: pytest.TempPathFactory, losses: list[float], points: int, first: int
) -> None:
    path = tmp_path_factory.mktemp("peaks") / "run.db"
    with Database(path) as database:
        for number, loss in enumerate(losses):
            database.record(progress(number, loss=loss))
    with read(path) as history:
        spanned = history.progress(seconds=(first, math.inf))
        assert same(spanned, history.progress(steps=(first * 10, math.inf)))
        thinned = history.progress(seconds=(first, math.inf), points=points, of="loss")
    assert len(spanned) == max(len(losses) - first, 0)
    assert len(thinned) <= points
    assert [event.step for event in thinned] == sorted({event.step for event in thinned})
    known = [event.loss for event in spanned if not math.isnan(event.loss)]
    left = [event.loss for event in thinned if not math.isnan(event.loss)]
    if known:
        assert (min(left), max(left)) == (min(known), max(known))


def test_what_cannot_be_thinned_by_is_refused_with_what_can(path: Path) -> None:
    Database(path).close()
    with read(path) as history:
        with pytest.raises(MetricsError, match=r"of = 'fun', points = 0: allowed are .*loss"):
            history.progress(of="fun")
        with pytest.raises(MetricsError, match="points = 1"):
            history.progress(points=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("PRAGMA user_version = 0", "layout 0, of older programs; this one knows layout 1; move"),
        ("PRAGMA user_version = 2", "layout 2, of newer programs; .*: update|update this program, or move"),
        ("PRAGMA application_id = 7", "another program's database; move it away to start an empty one"),
    ],
)
def test_a_file_of_other_programs_is_refused_and_left_as_it_was(
    path: Path, change: str, message: str
) -> None:
    Database(path).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(change)
    before = path.read_bytes()
    for use in (Database, read):
        with pytest.raises(MetricsError, match=message):
            use(path)
    assert path.read_bytes() == before


def test_a_missing_file_is_not_made_by_reading(path: Path) -> None:
    with pytest.raises(MetricsError, match="no run has begun in this directory"):
        read(path)
    assert not path.exists()


# --- damage ---


def filled(path: Path, count: int = 300) -> None:
    with Database(path) as database:
        for number in range(1, count):
            database.record(progress(number))
        for event in (*OTHERS, evaluated(1, 20.0)):
            database.record(event)


@pytest.mark.parametrize("keep", [10, 100, 4096, 20_000, -4096])
def test_a_file_cut_short_is_moved_aside_and_an_empty_one_begun(path: Path, keep: int) -> None:
    filled(path)
    cut = path.read_bytes()[:keep]
    path.write_bytes(cut)
    with Database(path) as database:
        assert "is damaged" in database.found
        assert f"moved to {path}.damaged-1" in database.found
        database.record(progress(1))
    assert path.with_name("run.db.damaged-1").read_bytes() == cut
    assert len(rows(path, "progress")) == 1
    path.write_bytes(cut)
    Database(path).close()
    assert path.with_name("run.db.damaged-2").read_bytes() == cut


def test_a_file_that_is_no_database_at_all_is_moved_aside(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)
    with Database(path) as database:
        assert "is damaged" in database.found
        database.record(progress(1))


@settings(max_examples=100)
@given(st.data())
def test_after_any_flipped_bit_a_run_can_go_on(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("flip") / "run.db"
    filled(path, 60)
    raw = bytearray(path.read_bytes())
    anywhere = st.one_of(st.integers(0, 107), st.integers(0, len(raw) - 1))
    raw[data.draw(anywhere)] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw)
    marks = raw[60:64] + raw[68:72]
    try:
        with Database(path) as database:
            database.record(progress(100))
            database.record(OTHERS[0])
            database.forget_after(40, 4.0)
    except NotRecordedError as error:
        assert error.why == "damaged, and replaced"
    except MetricsError:
        assert marks != b"\0\0\0\1HanT", "only a mark of its own that was flipped makes it another's file"
        return
    with contextlib.suppress(MetricsError), read(path) as history:  # never anything else
        history.progress()
        history.evaluations()
        list(history.events())


def spoil(path: Path) -> None:
    """Break every page but the first, and have them read again."""
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 64)
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 1")  # so that the pages in memory are read again


def test_a_file_that_breaks_while_it_is_used_is_replaced_and_the_event_can_be_recorded_again(
    path: Path, every_row_at_once: None
) -> None:
    filled(path)
    with Database(path) as database:
        spoil(path)
        with pytest.raises(NotRecordedError, match="damaged, and replaced") as told:
            for number in range(300, 310):
                database.record(progress(number))
        assert told.value.why == "damaged, and replaced"
        assert "moved to" in database.found
        database.record(progress(300))
    assert len(rows(path, "progress")) == 1


def test_a_journal_full_of_rubbish_costs_only_what_stood_in_it(path: Path) -> None:
    filled(path, 20)
    path.with_name("run.db-wal").write_bytes(os.urandom(10_000))
    with Database(path) as database:
        assert database.found == ""
    assert len(rows(path, "progress")) == 19


# --- kills and full disks ---

WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from engine.store import metrics
from some_events import OTHERS, evaluated, progress
metrics.BATCH_SECONDS = 0.001
with metrics.Database(Path(sys.argv[1])) as database:
    assert database.found == "", database.found
    with metrics.read(Path(sys.argv[1])) as history:
        kept = history.evaluations()
    last = kept[-1].step // 10 if kept else 0
    database.forget_after(last * 10, float(last))
    print("ready", flush=True)
    for number in range(last + 1, 10 ** 6):
        database.record(progress(number))
        if number % 5 == 0:
            database.record(evaluated(number, 20.0, 21.0))
            database.record(OTHERS[0])
"""


def test_kill_9_at_any_moment_leaves_a_sound_database_that_agrees(path: Path) -> None:
    folders = [Path(metrics.__file__).parents[2], Path(some_events.__file__).parent]
    chances = np.random.default_rng(3)
    newest = 0
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, path, *folders], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(chances.random() * 0.1)
            writer.send_signal(signal.SIGKILL)
        with read(path) as history:
            told, marks = history.progress(), history.evaluations()
        steps = [event.step for event in told]
        assert steps == list(range(10, 10 * len(steps) + 10, 10)), "nothing is missing, nothing is twice"
        assert all(len(mark.scores) == 2 for mark in marks)
        assert [mark.step for mark in marks] == list(range(50, 50 * len(marks) + 50, 50))
        assert newest <= len(marks) * 50 <= 10 * len(steps)
        newest = len(marks) * 50
    assert newest > 0


@contextlib.contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_a_file_that_may_not_grow_loses_nothing_and_halves_nothing(
    path: Path, every_row_at_once: None
) -> None:
    with Database(path) as database:
        database.record(progress(1))
        with files_no_larger_than(path.with_name("run.db-wal").stat().st_size + 5000):
            number = until_refused(database)
        database.record(evaluated(number, *range(20)))
    agrees(path, number)


def until_refused(database: Database) -> int:
    for number in range(2, 10_000):
        try:
            database.record(evaluated(number, *range(20)))
        except NotRecordedError as error:
            assert error.why in ("disk full", "cannot be written")
            assert "nothing was written, and the same can be tried again" in str(error)
            with pytest.raises(NotRecordedError):
                database.record(evaluated(number, *range(20)))
            return number
    raise AssertionError("the disk never filled")


def agrees(path: Path, number: int) -> None:
    with read(path) as history:
        marks = history.evaluations()
    assert [mark.step for mark in marks] == list(range(20, 10 * number + 10, 10))
    assert all(len(mark.scores) == 20 for mark in marks)
    with Database(path) as database:
        assert database.found == ""


def test_a_full_disk_is_waited_out(tmp_path: Path, every_row_at_once: None) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small disk here")
    try:
        path, ballast = disk / "run.db", disk / "ballast"
        ballast.write_bytes(bytes(200_000))
        with Database(path) as database:
            number = until_refused(database)
            with pytest.raises(NotRecordedError, match="disk full"):
                database.record(evaluated(number, *range(20)))
            ballast.unlink()
            database.record(evaluated(number, *range(20)))
        agrees(path, number)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_what_waits_is_not_lost_when_the_commit_fails(path: Path) -> None:
    with Database(path) as database:
        for number in (1, 2, 3):
            database.record(progress(number))
        with files_no_larger_than(0):
            for _ in range(2):
                with pytest.raises(NotRecordedError):
                    database.record(OTHERS[0])
        database.record(OTHERS[0])
        with read(path) as history:
            assert [event.step for event in history.progress()] == [10, 20, 30]
            assert len([*history.events()]) == 1


def test_a_file_locked_by_another_program_is_said_and_passes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "LOCK_SECONDS", 0.05)
    with Database(path) as database, contextlib.closing(sqlite3.connect(path)) as other:
        database.record(OTHERS[0])
        other.execute("BEGIN IMMEDIATE")
        for use in (
            lambda: database.record(OTHERS[1]),
            lambda: database.forget_after(-1, 0.0),
        ):
            with pytest.raises(NotRecordedError, match="locked") as told:
                use()
            assert told.value.why == "locked"
        other.rollback()
        database.record(OTHERS[1])
        with read(path) as history:
            assert [row.event for row in history.events()] == list(OTHERS[:2])


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotRecordedError, match="cannot be written.*No such file"):
        Database(tmp_path / "gone" / "run.db")


def test_a_damaged_file_that_cannot_be_moved_is_replaced_once_it_can(
    path: Path, every_row_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    filled(path)
    with Database(path) as database:
        spoil(path)
        with monkeypatch.context() as stuck:
            stuck.setattr(Path, "replace", refuse)
            for _ in range(2):
                with pytest.raises(NotRecordedError, match="No space left"):
                    database.record(progress(1))
        database.record(OTHERS[0])
        assert "moved to" in database.found
    assert len(rows(path, "events")) == 1


def test_use_by_a_second_thread_is_no_damage(path: Path) -> None:
    with Database(path) as database, ThreadPoolExecutor(1) as other:
        with pytest.raises(sqlite3.ProgrammingError):
            other.submit(database.record, OTHERS[0]).result()
        database.record(OTHERS[0])
    assert len(rows(path, "events")) == 1


def test_recording_is_too_cheap_to_slow_a_run(path: Path, every_row_at_once: None) -> None:
    with Database(path) as database:
        start = time.process_time()
        for number in range(1000):
            database.record(progress(number))
        assert (time.process_time() - start) / 1000 < 0.002


def test_the_tables_are_found_again_word_for_word(path: Path) -> None:
    Database(path).close()
    assert [sql for (sql,) in _schema(path)] == list(SCHEMA)


def _schema(path: Path) -> list[tuple[str]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT sql FROM sqlite_master").fetchall()
