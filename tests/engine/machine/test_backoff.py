"""Waits between tries: twice as long each time, up to a bound, and never all at once."""

import random

from engine.machine.backoff import BARRED, FIRST, LONGEST, Backoff


class Unmoved(random.Random):
    """A chance that leaves waits as they are."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def test_waits_double_up_to_the_longest_and_begin_anew_after_a_reset() -> None:
    it = Backoff(0.5, 3.0, Unmoved())
    assert [it.next() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    it.reset()
    assert [it.next() for _ in range(2)] == [0.5, 1.0]


def test_where_a_person_must_act_first_the_wait_is_long_and_those_after_it_are_not() -> None:
    it = Backoff(0.5, 3.0, Unmoved())
    assert [it.next(barred=True), it.next(), it.next(barred=True)] == [BARRED, 1.0, BARRED]


def test_waits_differ_by_a_fifth_at_most() -> None:
    firsts = [Backoff(chance=random.Random(seed)).next() / FIRST for seed in range(1000)]
    assert 0.8 <= min(firsts) < 0.81
    assert 1.19 < max(firsts) <= 1.2
    assert len({Backoff().next() for _ in range(20)}) == 20
    assert all(Backoff(LONGEST).next() <= 1.2 * LONGEST for _ in range(20))
