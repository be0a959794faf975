"""Ticks and how numbers are written."""

import itertools
import math
import random
import time

import pytest

from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.charts.scale import (
    Scale,
    axis_ticks,
    duration_text,
    log_texts,
    log_ticks,
    number_text,
    number_texts,
    place_texts,
    round_step,
    ticks,
)


def test_ticks_are_round_even_and_within_the_span() -> None:
    chance = random.Random(1)
    for _ in range(500):
        low = chance.uniform(-1, 1) * 10 ** chance.uniform(-6, 9)
        high = low + 10 ** chance.uniform(-5, 9)
        most = chance.randrange(1, 12)
        found = ticks(low, high, most)
        step = round_step(high - low, most)
        assert step / 10 ** math.floor(math.log10(step) + 1e-9) == pytest.approx(
            round(step / 10 ** math.floor(math.log10(step) + 1e-9))
        )
        assert len(found) <= most + 1
        assert all(low - step * 1e-6 <= tick <= high + step * 1e-6 for tick in found)
        exact = max(1e-6 * step, 1e-14 * abs(low))
        assert all(
            after - before == pytest.approx(step, abs=exact) for before, after in itertools.pairwise(found)
        )


@pytest.mark.parametrize(
    ("span", "most", "step"), [(10, 5, 2), (10, 4, 5), (1, 5, 0.2), (97, 10, 10), (1e6, 3, 500_000)]
)
def test_steps_are_one_two_or_five_times_a_power_of_ten(span: float, most: int, step: float) -> None:
    assert round_step(span, most) == pytest.approx(step)


def test_a_span_of_nothing_has_one_tick_and_one_that_is_no_number_has_none() -> None:
    assert ticks(3, 3, 5) == [3]
    assert ticks(math.nan, math.nan, 5) == []


def test_logarithmic_ticks_are_powers_where_there_are_many_and_round_parts_where_few() -> None:
    assert log_ticks(0.01, 1000, 5) == pytest.approx([0.01, 0.1, 1, 10, 100, 1000])
    assert log_ticks(1, 100, 8) == pytest.approx([1, 2, 5, 10, 20, 50, 100])
    assert log_texts(log_ticks(0.01, 10, 12)) == [
        "0.01",
        "0.02",
        "0.05",
        "0.1",
        "0.2",
        "0.5",
        "1",
        "2",
        "5",
        "10",
    ]
    assert len(log_ticks(1.2, 1.8, 5)) > 1
    assert len(log_ticks(1e-12, 1e12, 4)) <= 5


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (0, 0, "0"),
        (21.838, 0, "21.8"),
        (0.0213, 0, "0.0213"),
        (1234, 0, "1.23k"),
        (999.7, 0, "1000"),
        (2_000_000, 0, "2M"),
        (5e-4, 0, "5e-4"),
        (12_500, 500, "12.5k"),
        (0.25, 0.05, "0.25"),
        (3, 1, "3"),
        (-1500, 500, "-1.5k"),
        (math.nan, 0, "-"),
    ],
)
def test_numbers_are_short(value: float, step: float, text: str) -> None:
    assert number_text(value, step) == text


def test_ticks_that_differ_read_differently() -> None:
    chance = random.Random(2)
    for _ in range(500):
        low = chance.uniform(-1, 1) * 10 ** chance.uniform(-7, 8)
        span = abs(low) * 10 ** chance.uniform(-3, 3) + 1e-9
        found = ticks(low, low + span, 6)
        assert len(set(number_texts(found))) == len(found), found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (12, "12s"),
        (90, "1m30s"),
        (3600, "1h"),
        (3900, "1h05m"),
        (200_000, "2d07h"),
        (86_400, "1d"),
    ],
)
def test_durations_are_told_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_ticks_of_time_fall_on_whole_minutes_and_hours() -> None:
    assert axis_ticks(Axis.TRAINED, 0, 3600, 6) == [0, 600, 1200, 1800, 2400, 3000, 3600]
    assert place_texts(Axis.TRAINED, [0, 1800, 5400]) == ["0s", "30m", "1h30m"]


def test_ticks_of_the_clock_fall_on_local_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        begin = 1_700_000_000.0
        found = axis_ticks(Axis.CLOCK, begin, begin + 6 * 3600, 6)
        assert [text[-3:] for text in place_texts(Axis.CLOCK, found)] == [":00"] * len(found)
        days = axis_ticks(Axis.CLOCK, begin, begin + 3 * 86_400, 3)
        assert all(time.localtime(value).tm_hour == 0 for value in days)
        assert place_texts(Axis.CLOCK, days)[0] == "16 Nov"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("log", [False, True])
def test_a_scale_there_and_back_is_where_it_began(log: bool) -> None:
    scale = Scale(0.5, 80, 100, log)
    assert (scale.dot(0.5), scale.dot(80)) == (0, 99)
    for value in (0.5, 1, 17, 80):
        assert scale.value(scale.dot(value)) == pytest.approx(value)


def test_what_is_not_above_zero_lies_nowhere_on_a_logarithmic_scale() -> None:
    assert math.isnan(Scale(0.5, 80, 100, log=True).dot(0))
