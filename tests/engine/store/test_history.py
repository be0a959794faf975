"""What charts ask of a run.db."""

import math
from pathlib import Path

import pytest
from some_events import progress

from engine.store.history import read
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


def test_an_empty_run_has_no_numbers(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db"):
        pass
    with read(tmp_path / "run.db") as history:
        assert history.numbers() == (0, 0)
        assert history.rows(("loss",)) == []
