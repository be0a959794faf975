"""Bars in a line or two."""

import math

from hanabi_tui.console.charts.sparks import PLAIN_BARS, sparks


def test_values_rise_from_low_to_high_with_the_newest_at_the_right() -> None:
    assert sparks([0, 1, 2, 3, 4, 5, 6, 7, 8], 12, low=0, high=8) == ["   ▁▁▂▃▄▅▆▇█"]


def test_two_lines_have_twice_as_many_levels() -> None:
    assert sparks([4, 8, 12, 16], 4, 2, low=0, high=16) == ["  ▄█", "▄███"]


def test_more_values_than_columns_are_put_together() -> None:
    assert sparks([0, 0, 8, 8], 2, low=0, high=8) == ["▁█"]


def test_what_was_not_measured_is_blank() -> None:
    assert sparks([8, math.nan, 8], 3, low=0, high=8) == ["█ █"]
    assert sparks([math.nan], 3) == ["   "]
    assert sparks([], 2, 2) == ["  ", "  "]


def test_plain_bars_are_ascii() -> None:
    assert sparks([1, 2, 3], 3, bars=PLAIN_BARS)[0].isascii()


def test_values_that_are_all_the_same_are_shown_half_high() -> None:
    assert sparks([5.0, 5.0], 2, low=5, high=5) == ["▄▄"]
