"""What charts ask of a run.db."""

import math
from pathlib import Path

import pytest
from some_events import evaluated, progress

from engine.store.history import MetricsError, read
from engine.store.metrics import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Database(tmp_path / "run.db") as database:
        for number in range(1, 51):
            later = 100 if number > 30 else 0
            loss = math.nan if number % 10 == 0 else float(number)
            database.record(progress(number, loss=loss, time=1e9 + number + later))
    return tmp_path / "run.db"


def test_rows_come_with_their_numbers_and_only_those_after_one(path: Path) -> None:
    with read(path) as history:
        assert history.numbers() == (1, 50)
        assert history.rows(("step", "loss"), after=47) == [(48, 480, 48.0), (49, 490, 49.0), (50, 500, None)]
        assert len(history.rows(("step",), limit=7)) == 7


def test_numbers_are_used_again_after_a_run_went_back(path: Path) -> None:
    with Database(path) as database:
        database.forget_after(200, 20.0)
        database.record(progress(21, loss=-1.0))
    with read(path) as history:
        assert history.numbers() == (1, 21)
        assert history.rows(("loss",), after=19) == [(20, None), (21, -1.0)]


def test_the_spread_of_some_rows_is_that_of_their_values(path: Path) -> None:
    with read(path) as history:
        assert history.spread(("step", "loss"), 7, 10) == [(70, 85.0, 100), (7.0, 8.0, 9.0)]
        assert history.spread(("loss",), 10, 10) == [(None, None, None)]


def test_silences_are_found_where_nothing_came_for_long(path: Path) -> None:
    with read(path) as history:
        found = history.silences(15, until=50)
        assert found == [(300, 30.0, 1e9 + 30, 310, 31.0, 1e9 + 131)]
        assert history.silences(15, until=30) == []


def test_the_last_that_came_before_a_moment_is_found_however_long_nothing_came(path: Path) -> None:
    with Database(path) as database:
        database.forget_after(440, 44.0)
        database.record(progress(46, time=1e9 + 200))
    with read(path) as history:
        found = {after: history.progress_before(1e9 + after) - 1e9 for after in (2, 2.5, 131, 132, 199, 999)}
        assert found == {2: 1, 2.5: 2, 131: 30, 132: 131, 199: 144, 999: 200}
        assert history.progress_before(math.inf) == 1e9 + 200
        assert history.progress_before(1e9 + 1) == 0.0


def test_an_empty_run_has_no_numbers(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db"):
        pass
    with read(tmp_path / "run.db") as history:
        assert history.numbers() == (0, 0)
        assert history.rows(("loss",)) == []


def test_the_newest_of_each_is_found_without_the_rest(path: Path) -> None:
    with Database(path) as database:
        database.record(evaluated(30, 20.5, 19.25))
        database.record(evaluated(49, 21.5, 20.25))
    with read(path) as history:
        assert (
            history.last_progress() == history.progress()[-1] == progress(50, loss=math.nan, time=1e9 + 150)
        )
        assert history.last_evaluation() == evaluated(49, 21.5, 20.25)


def test_of_an_empty_run_there_is_no_newest(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db"):
        pass
    with read(tmp_path / "run.db") as history:
        assert history.last_progress() is None
        assert history.progress_before(math.inf) == 0.0
        assert history.last_evaluation() is None


def test_a_file_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["so deep" * 30] * 5)  # SQLite opens no path as long as that
    deep.mkdir(parents=True)
    (deep / "run.db").touch()
    with pytest.raises(MetricsError, match=r"run\.db cannot be read: unable to open"):
        read(deep / "run.db")


def test_a_run_that_nobody_writes_is_read_where_nothing_can_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.chmod(0o500)
    # root may write in spite of the mode: a file system that is read-only lets nobody
    monkeypatch.setattr("engine.store.history.os.access", lambda path, mode: False)
    try:
        with read(path) as history:
            newest = history.last_progress()
        assert newest is not None and newest.step == progress(50).step
        assert {file.name for file in path.parent.iterdir()} == {"run.db"}
    finally:
        path.parent.chmod(0o700)
