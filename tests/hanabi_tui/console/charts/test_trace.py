"""Curves on dots, judged by looking at each dot."""

import math
import random

import pytest

from hanabi_tui.console.charts.dots import ASCII, BRAILLE, Charset, Dots
from hanabi_tui.console.charts.trace import Path, draw_area, draw_line


def lit(dots: Dots, chars: Charset) -> set[tuple[int, int]]:
    """Which dots are set: column from the left, row from the bottom."""
    found = set()
    for column, line, byte in dots.filled():
        for bit in range(8):
            if byte >> bit & 1:
                side, row = divmod(bit, 4)
                found.add((column * chars.across + side, dots.down - 1 - line * chars.down - row))
    return found


@pytest.mark.parametrize("chars", [BRAILLE, ASCII])
def test_a_stroke_sets_the_dots_from_its_low_to_its_high_end_and_none_outside(chars: Charset) -> None:
    chance = random.Random(0)
    for _ in range(200):
        dots = Dots(5, 4, chars)
        x, low, high = chance.randrange(-2, 12), chance.randrange(-5, 20), chance.randrange(-5, 20)
        dots.stroke(x, low, high)
        expected = {(x, y) for y in range(low, high + 1) if 0 <= x < dots.across and 0 <= y < dots.down}
        assert lit(dots, chars) == expected


@pytest.mark.parametrize(("byte", "sign"), [(0, "⠀"), (1, "⠁"), (8, "⡀"), (16, "⠈"), (128, "⢀"), (255, "⣿")])
def test_braille_has_its_dots_where_unicode_has_them(byte: int, sign: str) -> None:
    assert BRAILLE.dots[byte] == sign


def test_a_line_has_no_holes_and_stays_near_what_it_joins() -> None:
    chance = random.Random(3)
    for _ in range(50):
        xs = sorted(chance.uniform(-3, 43) for _ in range(8))
        ys = [chance.uniform(0, 31) for _ in xs]
        dots = Dots(20, 8, BRAILLE)
        draw_line(dots, Path(xs, ys, frozenset()))
        found = lit(dots, BRAILLE)
        columns = {x for x, _ in found}
        first, last = max(0, math.floor(xs[0] + 0.5)), min(39, math.floor(xs[-1] + 0.5))
        assert columns == set(range(first, last + 1))
        for x in range(first, last):
            here, there = ([y for column, y in found if column == c] for c in (x, x + 1))
            assert min(here) <= max(there) + 1
            assert min(there) <= max(here) + 1
        for x, y in found:
            assert any(_distance(x, y, *ends) <= 1.01 for ends in zip(xs, ys, xs[1:], ys[1:], strict=False))


def _distance(x: float, y: float, x0: float, y0: float, x1: float, y1: float) -> float:
    """From a dot to a straight leg, along y, or across where it is steep."""
    share = min(max(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0), 1)
    return math.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))


def test_a_line_is_broken_where_nothing_was_measured_for_long() -> None:
    dots = Dots(10, 4, BRAILLE)
    draw_line(dots, Path([0, 4, 14, 18], [3, 3, 3, 3], {2}))
    assert {x for x, _ in lit(dots, BRAILLE)} == {*range(5), *range(14, 19)}


def test_a_line_leads_over_a_single_missing_value() -> None:
    dots = Dots(10, 4, BRAILLE)
    draw_line(dots, Path([0, 9, 18], [3, math.nan, 3], frozenset()))
    assert {x for x, _ in lit(dots, BRAILLE)} == set(range(19))


def test_a_break_at_a_missing_value_still_breaks_the_line() -> None:
    dots = Dots(10, 4, BRAILLE)
    draw_line(dots, Path([0, 9, 18], [3, math.nan, 3], {1}))
    assert {x for x, _ in lit(dots, BRAILLE)} == {0, 18}


def test_an_area_holds_all_between_its_edges() -> None:
    dots = Dots(10, 4, BRAILLE)
    draw_area(dots, Path([0, 19], [2, 2], frozenset()), [9, 9])
    assert lit(dots, BRAILLE) == {(x, y) for x in range(20) for y in range(2, 10)}


def test_lines_of_several_kinds_differ_without_colour() -> None:
    pictures = set()
    for kind in range(4):
        dots = Dots(20, 1, BRAILLE)
        draw_line(dots, Path([0, 39], [1, 1], frozenset()), kind)
        pictures.add(frozenset(lit(dots, BRAILLE)))
    assert len(pictures) == 4


def test_values_far_outside_do_no_harm() -> None:
    dots = Dots(10, 4, BRAILLE)
    draw_line(dots, Path([-1e12, 5, 1e12], [1e30, 3, -1e30], frozenset()))
    assert all(0 <= x < 20 for x, _ in lit(dots, BRAILLE))
