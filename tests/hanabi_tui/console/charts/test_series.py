"""The series, judged by a slow twin that keeps every row."""

import itertools
import math
import random

import pytest
from some_series import series_of

from hanabi_tui.console.charts.place import Axis, Place
from hanabi_tui.console.charts.series import FOLD, Series

EVERYTHING = (-math.inf, math.inf)


def rows_of(count: int, seed: int = 0) -> list[tuple[Place, tuple[float, float]]]:
    chance = random.Random(seed)
    return [
        (
            Place(3.0 * number, 1.5 * number, 1e9 + number),
            (chance.uniform(-9, 9), math.nan if chance.random() < 0.3 else float(number)),
        )
        for number in range(count)
    ]


def filled(rows: list[tuple[Place, tuple[float, float]]], keep: int = 16) -> Series:
    series = Series(("a", "b"), keep=keep)
    for place, values in rows:
        series.append(place, values)
    return series


def expected(rows: list[tuple[Place, tuple[float, float]]], column: int) -> tuple[float, float]:
    known = [values[column] for _, values in rows if not math.isnan(values[column])]
    return (min(known), max(known)) if known else (math.nan, math.nan)


@pytest.mark.parametrize("count", [1, 3, 4, 15, 16, 17, 63, 64, 65, 1000, 4097])
def test_the_smallest_and_the_largest_value_of_a_whole_history_are_never_lost(count: int) -> None:
    rows = rows_of(count)
    series = filled(rows)
    for column, name in enumerate(series.names):
        window = series.window(name, Axis.STEP, *EVERYTHING, most=50)
        low, high = expected(rows, column)
        known = [value for value in window.lows if value == value]
        assert min(known) == pytest.approx(low)
        assert max(value for value in window.highs if value == value) == pytest.approx(high)


def check_buckets(series: Series, rows: list[tuple[Place, tuple[float, float]]]) -> None:
    window = series.window("a", Axis.STEP, *EVERYTHING, most=40)
    places = [round(x / 3) for x in window.xs] + [len(rows)]
    for number, (begin, end) in enumerate(itertools.pairwise(places)):
        theirs = [values[0] for _, values in rows[begin:end]]
        assert 1 <= len(theirs) <= window.rows
        assert window.lows[number] == pytest.approx(min(theirs), rel=1e-6)
        assert window.highs[number] == pytest.approx(max(theirs), rel=1e-6)
        assert window.means[number] == pytest.approx(sum(theirs) / len(theirs), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("keep", [16, 64, 4096])
def test_each_bucket_says_what_its_rows_say(keep: int) -> None:
    rows = rows_of(2341)
    check_buckets(filled(rows, keep=keep), rows)


def test_buckets_follow_each_other_up_to_the_very_last_row() -> None:
    for count in (1, 2, 21, 100, 257, 1023):
        window = filled(rows_of(count)).window("a", Axis.STEP, *EVERYTHING, most=30)
        assert list(window.xs) == sorted(set(window.xs))
        assert window.xs[0] == 0
        assert round(window.xs[-1] / 3) > count - 1 - FOLD


def test_what_is_recent_is_exact() -> None:
    rows = rows_of(10_000)
    series = filled(rows, keep=64)
    window = series.window("a", Axis.CLOCK, 1e9 + 9980, 1e9 + 9990, most=100)
    assert window.rows == 1
    assert [round(x - 1e9) for x in window.xs] == list(range(9979, 9992))
    assert list(window.means) == pytest.approx([rows[number][1][0] for number in range(9979, 9992)])


def test_reading_costs_the_same_for_many_rows() -> None:
    series = filled(rows_of(30_000), keep=256)
    assert len(series.window("a", Axis.STEP, *EVERYTHING, most=300).xs) <= 300 + 8 * FOLD


def test_memory_does_not_grow_with_the_rows() -> None:
    series = filled(rows_of(20_000), keep=64)
    assert sum(len(level) for level in series._levels) < 8 * 2 * 64


@pytest.mark.parametrize("cut", [0, 1, 5, 63, 64, 100, 777, 1990, 1999])
def test_a_series_that_went_back_is_that_of_a_run_that_never_was_there(cut: int) -> None:
    rows = rows_of(2000)
    series = filled(rows, keep=4096)
    series.forget_after(rows[cut][0].step, rows[cut][0].trained)
    assert series.rows == cut + 1
    for place, values in rows[cut + 1 : cut + 300]:
        series.append(place, values)
    twin = filled(rows[: cut + 300], keep=4096)
    assert _texts(series, 5000) == _texts(twin, 5000)
    check_buckets(series, rows[: cut + 300])


def _texts(series: Series, most: int) -> list[str]:
    return [str(series.window(name, Axis.STEP, *EVERYTHING, most=most)) for name in series.names]


def test_going_back_further_than_single_rows_are_held_drops_a_bucket_rather_than_keep_a_late_row() -> None:
    rows = rows_of(5000)
    series = filled(rows, keep=16)
    series.forget_after(rows[1234][0].step, rows[1234][0].trained)
    assert 1234 - FOLD**5 < series.rows <= 1235
    newest = series.newest
    assert newest is not None
    assert newest.step <= rows[1234][0].step
    for place, values in rows[series.rows : 3000]:
        series.append(place, values)
    xs = series.window("a", Axis.STEP, *EVERYTHING, most=10_000).xs
    assert list(xs) == sorted(set(xs))


def test_going_back_to_nothing_leaves_an_empty_series() -> None:
    series = filled(rows_of(100))
    series.forget_after(-1, 0)
    assert (series.rows, series.newest, series.span(Axis.STEP)) == (0, None, None)
    assert not series.window("a", Axis.STEP, *EVERYTHING, most=10).xs


def test_no_line_leads_over_a_pause() -> None:
    series = Series(("a",), patience=10)
    for clock in (0, 1, 2, 100, 101):
        series.append(Place(clock, clock, clock), (1.0,))
    window = series.window("a", Axis.CLOCK, *EVERYTHING, most=100)
    assert window.breaks == {3}
    assert series.gaps == [(Place(2, 2, 2), Place(100, 100, 100))]


def test_a_pause_within_a_bucket_breaks_the_line_after_it() -> None:
    series = Series(("a",), patience=10, keep=16)
    for number in range(64):
        clock = number + (1000 if number >= 30 else 0)
        series.append(Place(number, number, clock), (1.0,))
    window = series.window("a", Axis.STEP, *EVERYTHING, most=10)
    assert window.rows == 16
    assert [window.xs[number] for number in window.breaks] == [32]


def test_a_clock_that_is_set_back_does_not_disorder_a_series() -> None:
    series = Series(("a",))
    for clock in (10, 11, 5, 12):
        series.append(Place(clock, clock, clock), (1.0,))
    assert list(series.window("a", Axis.CLOCK, *EVERYTHING, most=10).xs) == [10, 11, 11, 12]


def test_rows_can_be_loaded_in_buckets_and_go_on_one_by_one() -> None:
    rows = rows_of(1000)
    series = Series(("a", "b"), keep=64)
    for number, until in ((2, 640), (1, 960)):
        while series.rows < until:
            chunk = rows[series.rows : series.rows + FOLD**number]
            lows, highs = zip(*(expected(chunk, column) for column in (0, 1)), strict=True)
            means = [_mean([values[column] for _, values in chunk]) for column in (0, 1)]
            series.append_bucket(number, chunk[0][0], lows, means, highs)
    for place, values in rows[960:]:
        series.append(place, values)
    assert series.rows == 1000
    window = series.window("a", Axis.STEP, *EVERYTHING, most=80)
    assert list(window.xs) == sorted(set(window.xs))
    low, high = expected(rows, 0)
    assert (min(window.lows), max(window.highs)) == pytest.approx((low, high))


def _mean(values: list[float]) -> float:
    known = [value for value in values if value == value]
    return sum(known) / len(known) if known else math.nan


def test_buckets_cannot_follow_single_rows() -> None:
    series = filled(rows_of(5))
    with pytest.raises(ValueError, match="cannot follow 5"):
        series.append_bucket(1, Place(99, 99, 99), (0, 0), (0, 0), (0, 0))


def test_the_newest_known_value_is_found() -> None:
    assert series_of([1, 2, 3], [5.0, 7.0, math.nan]).last("y") == 7
    assert math.isnan(series_of([], []).last("y"))


def test_a_moment_is_found_in_the_time_trained() -> None:
    series = filled(rows_of(100), keep=64)
    assert series.trained_at(1e9 + 50.5) == 75
    assert series.trained_at(0) == 0
