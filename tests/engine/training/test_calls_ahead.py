"""As many calls are under way as a learner makes while an answer travels."""

import heapq

import pytest

from engine.training.calls_ahead import FEWEST, MOST, CallsAhead


def rate_of(work: float, way: float, seconds: float = 60.0) -> tuple[float, int]:
    """Calls a second, and how many are under way at the end, of a learner that takes `work` s for each."""
    ahead, now, free, made = CallsAhead(), 0.0, 0.0, 0
    answers: list[float] = []
    while now < seconds:
        while len(answers) < ahead.allowed(way):
            free = max(free, now + way / 2) + work
            heapq.heappush(answers, free + way / 2)
        now = heapq.heappop(answers)
        ahead.note(now)
        made += 1
    return made / now, ahead.allowed(way)


@pytest.mark.parametrize("way", [0.0002, 0.02, 0.1, 0.3])
@pytest.mark.parametrize("work", [0.025, 0.12, 1.0])
def test_a_learner_never_waits_however_long_the_way_is(work: float, way: float) -> None:
    rate, calls = rate_of(work, way)
    assert rate > 0.95 / work
    assert calls <= FEWEST + 2 + way / work * 1.2


def test_a_learner_that_is_quicker_than_any_way_is_sent_no_more_than_enough() -> None:
    assert rate_of(0.001, 0.2, seconds=5.0)[1] == MOST


def test_before_anything_is_known_two_are_under_way() -> None:
    ahead = CallsAhead()
    assert ahead.allowed(0.5) == FEWEST
    ahead.note(1.0)
    ahead.note(1.1)
    assert ahead.allowed(None) == FEWEST
    assert ahead.allowed(0.2) > FEWEST
