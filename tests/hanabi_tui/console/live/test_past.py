"""What happened before the console came, joined with what it hears."""

import os
from pathlib import Path

import msgspec
from some_events import evaluated, progress
from some_overview import overview

from engine.contracts.events import GenerationSaved, StateChanged
from engine.store.metrics import Database
from hanabi_tui.console.live import past
from hanabi_tui.console.live.model import Model


def entered(time: float, state: str) -> StateChanged:
    return StateChanged(time=time, step=int(time), state=state)


def test_what_run_db_has_is_joined_with_what_was_heard_and_nothing_is_there_twice(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db") as database:
        for number in range(20):
            database.record(GenerationSaved(time=1e9 + 60 * number, step=600 * number, path="a", size=1))
        for number in range(3):
            database.record(entered(1e9 + number, "training" if number % 2 else "paused"))
            database.record(evaluated(number, 1.0 + number))
        for number in range(1190, 1200):
            database.record(progress(number))
    found = past.read_past(tmp_path)
    assert found.why == ""
    heard = [entered(1e9 + 2, "paused"), entered(1e9 + 3, "training")]
    assert [event.time - 1e9 for event in past.changes(found, heard)] == [0, 1, 2, 3]
    later = [evaluated(2, 3.0), evaluated(5, 4.0)]
    assert [event.step for event in past.evaluations(found, later)] == [0, 10, 20, 50]
    went_back = [*later, msgspec.structs.replace(evaluated(1, 9.0), time=2e9)]
    assert [event.step for event in past.evaluations(found, went_back)] == [0, 10, 10]
    assert [event.step for event in past.evaluations(found, later, stands=50)] == [0, 10, 20, 50]
    assert [event.step for event in past.evaluations(found, [], stands=15)] == [0, 10]  # read too early
    assert [one.step for one in past.recent(found, [progress(1199), progress(1200)])] == [
        *range(11_900, 12_000, 10),
        12_000,
    ]


def test_without_a_run_db_it_says_why_and_tries_again_later(tmp_path: Path) -> None:
    remembered, model = past.Remembered(), Model(tmp_path)
    assert remembered.due(model)
    assert not remembered.due(model)
    assert "no run has begun" in past.read_past(tmp_path).why
    model.missed = 3
    assert remembered.due(model)


async def test_what_was_read_is_not_read_again_until_a_run_is_met(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db") as database:
        database.record(entered(1e9, "training"))
    remembered, model = past.Remembered(), Model(tmp_path, connected=True)
    assert remembered.due(model)
    await remembered.read(tmp_path)
    assert not remembered.due(model)
    assert [each.way for each in remembered.link(model, 1e9 + 5)] == ["up"]
    assert remembered.link(model, 1e9 + 9)[0].end == 1e9 + 9
    model.events.append(StateChanged(time=1e9 + 10, step=1, state="paused", reason="the learner is gone: x"))
    assert [each.way for each in remembered.link(model, 1e9 + 11)] == ["up", "gone"]


def test_a_broken_file_is_said_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_bytes(os.urandom(5000))
    assert "run.db" in past.read_past(tmp_path).why


async def test_a_link_is_up_since_the_process_that_is_heard_began(tmp_path: Path) -> None:
    """A run that is killed and started again says its first word before anybody can hear it."""
    with Database(tmp_path / "run.db") as database:
        database.record(entered(1e9, "training"))
        for number in range(1, 51):
            database.record(progress(number))
    remembered, model = past.Remembered(), Model(tmp_path, connected=True)
    await remembered.read(tmp_path)
    model.overview = overview(began=1e9 + 60)
    model.events.append(entered(1e9 + 68, "training"))
    ways = [(each.way, each.start - 1e9) for each in remembered.link(model, 1e9 + 70)]
    assert ways == [("up", 0), ("off", 50), ("paused", 60), ("up", 68)]
    with Database(tmp_path / "run.db") as database:
        database.record(entered(1e9 + 60.5, "starting"))
    await remembered.read(tmp_path)
    assert [each.start - 1e9 for each in remembered.link(model, 1e9 + 70)] == [0, 50, 60.5, 68]


async def test_a_run_that_was_killed_was_up_until_its_last_sign_and_nobody_knows_for_how_much_longer(
    tmp_path: Path,
) -> None:
    with Database(tmp_path / "run.db") as database:
        database.record(entered(1e9, "training"))
        for number in range(1, 36_000, 1_000):
            database.record(progress(number))
    remembered, model = past.Remembered(), Model(tmp_path)
    await remembered.read(tmp_path)
    (up,) = remembered.link(model, 1e9 + 90_000)
    assert (up.way, up.start - 1e9, up.end - 1e9) == ("up", 0, 35_001)
    model.since = 1e9 + 35_006  # its training_state.json tells of a little more
    assert remembered.link(model, 1e9 + 90_000)[-1].end == model.since


async def test_what_a_console_heard_before_a_run_went_back_is_not_forgotten_with_it(tmp_path: Path) -> None:
    with Database(tmp_path / "run.db") as database:
        database.record(entered(1e9, "training"))
        for number in range(1, 51):
            database.record(progress(number))
        database.forget_after(step=300, seconds=30)
        database.record(entered(1e9 + 60, "starting"))
        database.record(entered(1e9 + 68, "training"))
        for number in range(69, 80):
            database.record(progress(number))
    remembered, model = past.Remembered(), Model(tmp_path, connected=True)
    await remembered.read(tmp_path)
    assert [each.start - 1e9 for each in remembered.link(model, 1e9 + 80)] == [0, 30, 60, 68]
    model.recent.extend(progress(number) for number in range(41, 51))
    model.overview = overview(began=1e9 + 60)
    assert [each.start - 1e9 for each in remembered.link(model, 1e9 + 80)] == [0, 50, 60, 68]


def test_a_run_that_has_ended_is_none_until_now(tmp_path: Path) -> None:
    remembered, model = past.Remembered(), Model(tmp_path)
    model.events.extend([entered(1e9, "training"), entered(1e9 + 60, "stopped")])
    assert [each.end - 1e9 for each in remembered.link(model, 1e9 + 90)] == [60, 90]
