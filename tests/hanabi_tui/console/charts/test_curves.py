"""A run's curves, read from a real run.db while it is written."""

import math
from pathlib import Path

import pytest
from some_events import evaluated, progress

from engine.contracts import events as e
from engine.store.metrics import Database
from hanabi_tui.console.charts import curves as module
from hanabi_tui.console.charts.curves import Curves, mark_of, portions
from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.charts.series import FOLD, Series

EVERYTHING = (-math.inf, math.inf)


def up_to_date(curves: Curves) -> bool:
    return curves.take(curves.read_news())


def losses(series: Series, most: int = 100_000) -> list[float]:
    return list(series.window("loss", Axis.STEP, *EVERYTHING, most=most).means)


def fill(path: Path, numbers: range, **more: float) -> None:
    with Database(path / "run.db") as database:
        for number in numbers:
            database.record(progress(number, **{"loss": float(number), **more}))


def test_curves_keep_up_with_a_run_that_is_being_written(tmp_path: Path) -> None:
    curves = Curves(tmp_path)
    fill(tmp_path, range(1, 6))
    assert up_to_date(curves)
    assert losses(curves.progress) == [1, 2, 3, 4, 5]
    fill(tmp_path, range(6, 8))
    assert up_to_date(curves)
    assert losses(curves.progress) == [1, 2, 3, 4, 5, 6, 7]
    assert not up_to_date(curves)
    assert curves.progress.rows == 7


def test_a_run_that_went_back_is_shown_as_it_is_now(tmp_path: Path) -> None:
    curves = Curves(tmp_path)
    fill(tmp_path, range(1, 11))
    with Database(tmp_path / "run.db") as database:
        database.record(evaluated(4, 10.0))
        database.record(evaluated(9, 20.0))
        database.record(e.SettingChanged(time=1e9, step=95, key="k", old="1", new="2"))
    up_to_date(curves)
    assert len(curves.scores["full, 2 players"].window("mean", Axis.STEP, *EVERYTHING, most=9).xs) == 2
    with Database(tmp_path / "run.db") as database:
        database.forget_after(50, 5.0)
        for number in range(6, 15):
            database.record(progress(number, loss=-float(number), time=2e9 + number))
    assert up_to_date(curves)
    assert losses(curves.progress) == [1, 2, 3, 4, 5, *(-float(number) for number in range(6, 15))]
    assert len(curves.scores["full, 2 players"].window("mean", Axis.STEP, *EVERYTHING, most=9).xs) == 1
    assert curves.marks == []


def test_a_run_begun_anew_in_the_same_directory_replaces_the_old_one(tmp_path: Path) -> None:
    curves = Curves(tmp_path)
    fill(tmp_path, range(1, 11))
    up_to_date(curves)
    (tmp_path / "run.db").unlink()
    fill(tmp_path, range(1, 4), loss=7.0, time=3e9)
    up_to_date(curves)
    assert losses(curves.progress) == [7, 7, 7]


def test_a_long_run_is_read_in_buckets_that_say_what_its_rows_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 50)
    monkeypatch.setattr(module, "portions", lambda rows: portions(rows, keep=64))
    count = 1500
    with Database(tmp_path / "run.db") as database:
        for number in range(1, count + 1):
            late = 500 if number > 700 else 0
            database.record(progress(number, loss=math.sin(number) * number, time=1e9 + number + late))
    curves = Curves(tmp_path)
    up_to_date(curves)
    assert curves.progress.rows == count
    window = curves.progress.window("loss", Axis.STEP, *EVERYTHING, most=300)
    assert window.rows > 1
    every = [math.sin(number) * number for number in range(1, count + 1)]
    assert min(window.lows) == pytest.approx(min(every))
    assert max(window.highs) == pytest.approx(max(every))
    assert [(before.step, after.step) for before, after in curves.progress.gaps] == [(7000, 7010)]
    recent = curves.progress.window("loss", Axis.STEP, 14_500, math.inf, most=300)
    assert list(recent.means)[-50:] == pytest.approx(every[-50:])
    fill(tmp_path, range(count + 1, count + 3))
    up_to_date(curves)
    assert losses(curves.progress)[-2:] == [count + 1, count + 2]


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 63, 64, 65, 255, 256, 5000, 100_003])
def test_portions_cover_all_rows_once_and_fit_their_level(rows: int) -> None:
    found = portions(rows, keep=64)
    assert found[-1][0] == 0
    at = 0
    for level, start, end in found:
        assert start == at
        assert start % FOLD**level == 0
        assert level == 0 or end % FOLD**level == 0
        assert (end - start) / FOLD**level <= 64 + FOLD
        at = end
    assert at == rows


def test_a_foretaste_shows_the_course_of_a_long_run_and_gives_way_to_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 50)
    monkeypatch.setattr(module, "_PREVIEW", 10)
    fill(tmp_path, range(1, 201))
    curves = Curves(tmp_path)
    assert curves.take(curves.read_preview())
    assert not curves.known
    assert losses(curves.progress) == [1, 20, 40, 60, 80, 100, 120, 140, 160, 180]
    up_to_date(curves)
    assert curves.known
    assert losses(curves.progress) == list(range(1, 201))


def test_a_short_run_needs_no_foretaste(tmp_path: Path) -> None:
    fill(tmp_path, range(1, 4))
    curves = Curves(tmp_path)
    curves.take(curves.read_preview())
    up_to_date(curves)
    assert losses(curves.progress) == [1, 2, 3]


def test_what_cannot_be_read_is_said_and_passes_once_it_can(tmp_path: Path) -> None:
    curves = Curves(tmp_path)
    assert up_to_date(curves)
    assert "no run has begun" in curves.problem
    (tmp_path / "run.db").write_bytes(b"this is no database at all, but long enough to look like one" * 99)
    up_to_date(curves)
    assert "run.db" in curves.problem
    (tmp_path / "run.db").unlink()
    fill(tmp_path, range(1, 4))
    up_to_date(curves)
    assert curves.problem == ""
    assert losses(curves.progress) == [1, 2, 3]


def test_scores_of_several_variants_are_series_of_their_own(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db") as database:
        database.record(progress(1))
        database.record(evaluated(2, 10.0, 12.0))
        database.record(evaluated(3, 11.0, 13.0))
    curves = Curves(tmp_path)
    up_to_date(curves)
    up_to_date(curves)
    means = {name: series.last("mean") for name, series in curves.scores.items()}
    assert means == {"full, 2 players": 11, "full, 3 players": 13}


def test_what_happened_becomes_a_mark_where_it_happened(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db") as database:
        for number in range(1, 11):
            database.record(progress(number))
        at = {"time": 1e9 + 7.5, "step": 75}
        database.record(e.SettingChanged(**at, key="train.learning_rate", old="0.1", new="0.2"))
        database.record(e.GenerationSaved(**at, path="/x", size=9))
        database.record(e.StateChanged(**at, state="paused", reason="the laptop sleeps"))
        database.record(e.StateChanged(**at, state="training"))
    curves = Curves(tmp_path)
    up_to_date(curves)
    assert [(mark.kind, mark.tall) for mark in curves.marks] == [("H", True), ("C", False), ("P", True)]
    assert {mark.place for mark in curves.marks} == {(75, 7, 1e9 + 7.5)}
    assert "the laptop sleeps" in curves.marks[2].text
    assert "0.2" in curves.marks[0].text


def test_a_learner_that_came_back_is_a_mark_that_says_how_long_it_was_gone(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db") as database:
        for number in range(1, 11):
            database.record(progress(number))
        for time, state, reason in (
            (4.5, "paused", "asked to"),
            (5.5, "training", ""),
            (6.5, "paused", "the learner is gone: silence"),
            (96.5, "collecting", ""),
            (97.5, "training", ""),
        ):
            database.record(e.StateChanged(time=1e9 + time, step=60, state=state, reason=reason))
    curves = Curves(tmp_path)
    up_to_date(curves)
    assert [mark.kind for mark in curves.marks] == ["P", "P", "R"]
    assert curves.marks[-1].text == "the learner is back after 1 min 30 s"


def test_a_beginning_is_no_mark_but_going_on_is() -> None:
    at = {"time": 1e9, "step": 5, "run": "x", "pid": 1}
    assert mark_of(e.Begun(**at, generation=-1), 0) is None
    gone_on = mark_of(e.Begun(**at, generation=5), 0)
    assert gone_on is not None
    assert (gone_on.kind, gone_on.text) == ("B", "goes on from generation 5")


def test_a_long_reading_ends_when_it_is_no_longer_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 5)
    monkeypatch.setattr(module, "portions", lambda rows: portions(rows, keep=4))
    fill(tmp_path, range(1, 101))
    curves = Curves(tmp_path)
    curves.stopped.set()
    fresh = curves.read_news().fresh
    assert fresh is not None
    assert fresh.rows == 0
