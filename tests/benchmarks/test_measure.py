"""A measure says whether its goal is met; rates count work per second."""

import json

import pytest

from benchmarks.measure import Measure, rates


@pytest.mark.parametrize(
    ("value", "better", "goal", "reached"),
    [
        (2.0, "higher", 2.0, True),
        (1.9, "higher", 2.0, False),
        (2.0, "lower", 2.0, True),
        (2.1, "lower", 2.0, False),
    ],
)
def test_a_goal_is_met_from_the_right_side(value: float, better, goal: float, reached: bool) -> None:
    measure = Measure("speed", value, "steps/s", better, goal)
    assert measure.reached is reached
    assert str(measure).startswith("ok" if reached else "MISS")


def test_a_ratio_to_a_peer_has_a_goal_of_its_own() -> None:
    near = Measure("speed", 90.0, "steps/s", "higher", 50.0, "peer", 2.0, 50.0)
    assert (near.ratio, near.reached) == (45.0, False)
    said = json.loads(near.as_json())
    assert {"measure", "value", "unit", "better", "goal", "peer", "peer_value", "ratio"} <= set(said)
    assert said["ratio"] == 45.0


def test_every_work_gets_its_turns_and_its_rate() -> None:
    turns = {"a": 0, "b": 0}

    def work(name: str) -> int:
        turns[name] += 1
        return 3

    found = rates({name: lambda name=name: work(name) for name in turns}, rounds=2, seconds=0.01)
    assert min(turns.values()) > 2
    assert min(found.values()) > 0
