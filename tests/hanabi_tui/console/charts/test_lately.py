"""A number over the last minutes, as a curve of text."""

import math

from hanabi_tui.console.charts.lately import lately, lines_lately


def test_the_newest_is_at_the_right_and_what_was_not_measured_is_blank() -> None:
    points = [(100.0, 8.0), (101.0, math.nan), (110.0, 4.0), (111.0, 12.0)]
    assert lately(points, 114.0, 5) == "  █ █"
    assert lately(points, 119.0, 5) == " █ █ "


def test_a_curve_moves_only_from_one_slot_to_the_next() -> None:
    points = [(float(second), float(second % 7 + 1)) for second in range(100)]
    assert lately(points, 95.0, 10) == lately(points, 99.0, 10)
    assert lately(points, 95.0, 10)[1:] == lately(points, 100.0, 10)[:-1]


def test_it_has_as_many_lines_and_cells_as_asked_for() -> None:
    for lines in (lines_lately([(1.0, 1.0)], 1.0, 7, 3), lines_lately([], 1.0, 7, 3)):
        assert [len(line) for line in lines] == [7, 7, 7]
    assert lately([(1.0, 1.0)], math.nan, 7) == ""
    assert lately([(1.0, 1.0)], 1.0, 0) == ""
