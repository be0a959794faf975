"""When a run tries again: soon, then less and less often, and hardly ever where a person must act first."""

import pytest

from engine.machine.backoff import BARRED, FIRST, LONGEST
from engine.run import trouble
from engine.run.trouble import SOON, STEADY, Trouble


class Clock:
    """The time that a trouble sees."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    it = Clock()
    monkeypatch.setattr(trouble, "time", it)
    return it


def waited(it: Trouble, clock: Clock) -> float:
    """Seconds until it is due."""
    began = clock.now
    while not it.due:
        clock.now += 0.01
    return clock.now - began


def test_it_tries_again_at_once_then_less_and_less_often(clock: Clock) -> None:
    it = Trouble()
    waits = []
    for _ in range(10):
        it.meet("learner")
        waits.append(waited(it, clock))
    for number, wait in enumerate(waits):
        usual = min(FIRST * 2**number, LONGEST)
        assert 0.8 * usual - 0.02 <= wait <= 1.2 * usual + 0.02


def test_who_comes_by_itself_is_looked_for_often(clock: Clock) -> None:
    it = Trouble()
    for _ in range(10):
        it.meet("learner", awaited=True)
        assert waited(it, clock) <= 1.2 * SOON + 0.02


def test_who_comes_back_only_to_refuse_again_is_asked_less_and_less_often(clock: Clock) -> None:
    it = Trouble()
    waits = []
    for _ in range(8):
        it.meet("learner", refused=True)
        waits.append(waited(it, clock))
        assert it.mend()
    assert waits[-1] >= 0.8 * LONGEST
    clock.now += STEADY
    it.meet("learner", refused=True)  # it was well for a while
    assert waited(it, clock) <= 1.2 * FIRST + 0.02
    it.mend()
    it.meet("learner")  # a link that drops is another matter, however long it did
    for _ in range(8):
        waited(it, clock)
        it.meet("learner")
    it.mend()
    it.meet("learner", refused=True)
    assert waited(it, clock) <= 1.2 * FIRST + 0.02


def test_two_runs_do_not_try_at_the_same_moment(clock: Clock) -> None:
    waits = set()
    for _ in range(20):
        it = Trouble()
        it.meet("learner")
        waits.add(round(waited(it, clock), 2))
    assert len(waits) > 5


def test_where_a_person_must_act_first_nobody_is_stormed(clock: Clock) -> None:
    it = Trouble()
    for _ in range(3):
        it.meet("learner", barred=True)
        assert 0.8 * BARRED - 0.02 <= waited(it, clock) <= 1.2 * BARRED + 0.02


def test_who_is_told_to_hurry_tries_now(clock: Clock) -> None:
    it = Trouble()
    it.meet("learner", barred=True)
    assert not it.due
    it.hurry()
    assert it.due


def test_after_it_was_mended_the_next_trouble_begins_anew(clock: Clock) -> None:
    it = Trouble()
    for _ in range(6):
        it.meet("learner")
    assert it.mend()
    assert not it.mend()
    it.meet("learner")
    assert waited(it, clock) <= 1.2 * FIRST + 0.02


def test_another_trouble_begins_anew_too(clock: Clock) -> None:
    it = Trouble()
    for _ in range(6):
        it.meet("learner")
    it.meet("disk")
    assert it.what == "disk"
    assert waited(it, clock) <= 1.2 * FIRST + 0.02
