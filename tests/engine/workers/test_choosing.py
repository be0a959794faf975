"""Both ways are tried for a while, and the quicker one is kept."""

import time

import numpy as np
import pytest

from engine.store.sample import SAMPLE
from engine.workers.choosing import Choice, Way


def way(seconds: float, step: int) -> Way:
    def play() -> tuple[np.ndarray, int]:
        time.sleep(seconds)
        return np.zeros(100, SAMPLE), step

    return Way(play)


@pytest.mark.parametrize(("here", "afar", "best"), [(0.001, 0.02, "local"), (0.02, 0.001, "remote")])
def test_the_quicker_way_is_kept_and_said_once(here: float, afar: float, best: str) -> None:
    choice = Choice({"local": way(here, 1), "remote": way(afar, 2)}, spell=0.05)
    said, steps = [], []
    while not choice.made:
        samples, step, words = choice.play()
        assert len(samples) == 100
        said.append(words)
        steps.append(step)
    assert steps == sorted(steps)
    assert set(steps) == {1, 2}
    assert said[:-1] == [""] * (len(said) - 1)
    assert said[-1].startswith(f"inference = {best}, the quicker one: local ")
    assert [choice.play()[1:] for _ in range(3)] == [({"local": 1, "remote": 2}[best], "")] * 3


def test_where_there_is_one_way_nothing_is_tried() -> None:
    choice = Choice({"local": way(0.0, 7)})
    assert choice.made == "local"
    assert choice.play()[1:] == (7, "")


def test_a_way_is_not_judged_by_the_time_that_it_was_lost() -> None:
    lost = [True]

    def lost_for_a_while() -> tuple[np.ndarray, int]:
        time.sleep(0.3 if lost[0] else 0.001)
        return np.zeros(100, SAMPLE), 2

    def waited_once() -> bool:
        was, lost[0] = lost[0], False
        return was

    choice = Choice({"local": way(0.01, 1), "remote": Way(lost_for_a_while, waited_once)}, spell=0.05)
    while not choice.made:
        choice.play()
    assert choice.made == "remote"
