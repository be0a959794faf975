"""What is looked at, and how it moves."""

import pytest

from hanabi_tui.console.charts.lens import Lens
from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.charts.smoothing import HALF_LIVES

ALL = (0.0, 1000.0)


def test_at_first_everything_is_seen_and_goes_on_being_seen() -> None:
    lens = Lens()
    assert lens.look(ALL) == ALL
    assert lens.look((0, 2000)) == (0, 2000)


def test_zooming_keeps_the_place_under_the_pointer() -> None:
    lens = Lens()
    lens.zoom(0.5, ALL, 300)
    assert lens.look(ALL) == pytest.approx((150, 650))
    lens.zoom(0.5, ALL, 300)
    assert lens.look(ALL) == pytest.approx((225, 475))


def test_zooming_out_far_enough_shows_all_again() -> None:
    lens = Lens()
    lens.zoom(0.1, ALL, 500)
    lens.zoom(100, ALL)
    assert lens.span is None


def test_zooming_in_ends_at_a_few_steps() -> None:
    lens = Lens()
    for _ in range(60):
        lens.zoom(0.5, ALL, 500)
    first, last = lens.look(ALL)
    assert last - first == 4


def test_zooming_in_without_a_pointer_keeps_the_newest_in_sight() -> None:
    lens = Lens()
    lens.zoom(0.5, ALL)
    assert lens.look(ALL) == (500, 1000)
    assert lens.look((0, 1010)) == (510, 1010)


def test_panning_stays_within_the_run_and_follows_at_its_end() -> None:
    lens = Lens()
    lens.zoom(0.2, ALL, 500)
    lens.pan(-99, ALL)
    assert lens.look(ALL) == pytest.approx((0, 200))
    assert not lens.following
    lens.pan(99, ALL)
    assert lens.look(ALL) == pytest.approx((800, 1000))
    assert lens.following


def test_following_moves_on_with_the_newest() -> None:
    lens = Lens()
    lens.follow(ALL)
    assert lens.look(ALL) == (900, 1000)
    assert lens.look((0, 1500)) == (1400, 1500)
    lens.whole()
    assert lens.look((0, 1500)) == (0, 1500)


def test_the_crosshair_begins_at_the_newest_and_takes_the_view_along() -> None:
    lens = Lens()
    lens.zoom(0.2, ALL, 0)
    lens.move_cross(-0.1, ALL)
    assert lens.cross == 200
    lens.move_cross(0.5, ALL)
    assert lens.cross == 300
    assert lens.look(ALL) == pytest.approx((100, 300))
    for _ in range(20):
        lens.move_cross(-1, ALL)
    assert lens.cross == 0


def test_another_axis_shows_all_of_it() -> None:
    lens = Lens(span=(5, 6), following=True, cross=5.5)
    lens.turn(Axis.CLOCK)
    assert (lens.axis, lens.span, lens.following, lens.cross) == (Axis.CLOCK, None, False, None)


def test_smoothing_goes_from_none_to_much_and_no_further() -> None:
    lens = Lens(half_life=HALF_LIVES[1])
    for _ in range(5):
        lens.calm(-1)
    assert lens.half_life == 0
    for _ in range(20):
        lens.calm(1)
    assert lens.half_life == HALF_LIVES[-1]
