"""When a process shall have ended."""

import time
from datetime import datetime

import pytest

from engine.contracts import commands as c
from engine.contracts.states import State
from engine.errors import ConfigError
from hanabi_tui.foreground.deadline import Deadline, deadline


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("began", "until", "expected"),
    [
        ("2026-11-22T22:00", "07:00", "2026-11-23T07:00"),
        ("2026-11-22T06:59", "7:00", "2026-11-22T07:00"),
        ("2026-11-22T07:00", "07:00", "2026-11-23T07:00"),
        ("2026-12-31T23:59", "00:00", "2027-01-01T00:00"),
        ("2026-11-22T22:00", "2026-11-25T07:30", "2026-11-25T07:30"),
        ("2026-11-22T22:00", " 2026-11-25 07:30 ", "2026-11-25T07:30"),
    ],
)
def test_a_time_of_day_is_its_next_occurrence(began: str, until: str, expected: str) -> None:
    assert deadline(at(began), until, None) == at(expected)


def test_the_earlier_of_two_counts_and_none_is_none() -> None:
    began = at("2026-11-22T22:00")
    assert deadline(began, "23:00", 30.0) == at("2026-11-22T22:30")
    assert deadline(began, "22:10", 30.0) == at("2026-11-22T22:10")
    assert deadline(began, None, None) is None


@pytest.mark.parametrize(
    "until", ["", "7", "25:00", "07:60", "noon", "2026-11-25", "2020-01-01T00:00", "07:00:00"]
)
def test_what_is_no_time_to_come_is_refused_with_what_is_allowed(until: str) -> None:
    with pytest.raises(ConfigError, match="--until"):
        deadline(at("2026-11-22T22:00"), until, None)


class SomeRun:
    def __init__(self, state: State) -> None:
        self.state, self.told = state, []

    def command(self, command: c.Command) -> None:
        self.told.append(command)


@pytest.mark.parametrize("state", [State.TRAINING, State.PAUSED])
def test_a_run_is_stopped_once_and_whether_it_waited_then_is_known(state: State) -> None:
    run, said = SomeRun(state), []
    for moment in (None, time.time() + 1000):
        Deadline(moment, run, said.append).look()
    assert (run.told, said) == ([], [])
    due = Deadline(time.time() - 1, run, said.append)
    due.look()
    due.look()
    assert (run.told, len(said)) == ([c.Stop()], 1)
    assert due.waited == (state is State.PAUSED)
