"""Weights from afar come as often as they are worth their way, and no later than after two seconds."""

import pytest

from engine.training import publishing
from engine.training.publishing import Handed

WEIGHTS = 1000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(publishing.time, "monotonic", lambda: now[0])
    return now


def test_weights_are_worth_their_way_when_enough_was_learned_or_they_are_old(clock: list[float]) -> None:
    handed = Handed()
    assert handed.worth(WEIGHTS, 0)  # nobody has any
    handed.note(10)
    assert not handed.worth(WEIGHTS, 124)  # 2,000 bytes for 124 samples: more than 16 for each
    assert handed.worth(WEIGHTS, 125)
    clock[0] += 1.9
    assert not handed.worth(WEIGHTS, 0)
    clock[0] += 0.1
    assert handed.worth(WEIGHTS, 0)


def test_ages_are_those_of_the_weights_that_were_played_with(clock: list[float]) -> None:
    handed = Handed()
    handed.note(10)
    clock[0] += 3.0
    handed.note(20)
    clock[0] += 1.0
    assert (handed.age(10), handed.age(20), handed.age(15), handed.step) == (4.0, 1.0, None, 20)


def test_only_so_many_dates_are_kept(clock: list[float]) -> None:
    handed = Handed()
    for step in range(1500):
        handed.date(step)
    assert handed.age(499) is None
    assert handed.age(500) == 0.0
