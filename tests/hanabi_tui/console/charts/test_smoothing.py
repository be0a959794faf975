"""Smoothing, judged by the sum it stands for."""

import math
import random

import pytest

from hanabi_tui.console.charts.smoothing import smooth


def weighted(values: list[float], half_life: float) -> float:
    pairs = [
        (value, 0.5 ** (age / half_life)) for age, value in enumerate(reversed(values)) if value == value
    ]
    return sum(v * w for v, w in pairs) / sum(w for _, w in pairs) if pairs else math.nan


def test_each_value_is_the_mean_of_all_before_it_the_older_the_less() -> None:
    chance = random.Random(0)
    values = [math.nan if chance.random() < 0.2 else chance.gauss(5, 2) for _ in range(200)]
    for half_life in (1, 3, 30):
        found = smooth(values, half_life)
        for number in range(0, 200, 7):
            assert found[number] == pytest.approx(weighted(values[: number + 1], half_life), nan_ok=True)


def test_the_first_values_are_not_drawn_towards_zero() -> None:
    assert smooth([7.0, 7.0, 7.0], 100) == pytest.approx([7, 7, 7])


def test_no_half_life_changes_nothing() -> None:
    assert smooth([1.0, 5.0], 0) == [1, 5]


def test_a_gap_is_bridged_and_what_begins_with_one_is_unknown_until_it_ends() -> None:
    found = smooth([math.nan, 4.0, math.nan], 10)
    assert math.isnan(found[0])
    assert found[1:] == [4, 4]


def test_what_is_infinite_is_left_out_as_well() -> None:
    assert smooth([4.0, math.inf, 4.0], 10) == pytest.approx([4, 4, 4])
