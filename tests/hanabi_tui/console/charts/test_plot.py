"""Charts as characters."""

import itertools
import math
import random
from dataclasses import replace

import pytest
from some_series import series_of

from hanabi_tui.console.charts.dots import ASCII, BRAILLE
from hanabi_tui.console.charts.figure import Figure, Goal, Line, Mark
from hanabi_tui.console.charts.lens import Lens
from hanabi_tui.console.charts.place import Axis, Place
from hanabi_tui.console.charts.plot import Drawing, draw
from hanabi_tui.console.charts.series import Series


def texts(drawing: Drawing) -> list[str]:
    return ["".join(text for text, _ in line) for line in drawing.lines]


def styled(drawing: Drawing, style: str) -> str:
    return " ".join(text for line in drawing.lines for text, name in line if name == style)


def noisy(rows: int = 5000) -> Series:
    chance, series = random.Random(0), Series(("y",))
    for number in range(rows):
        series.append(Place(number, number, number), (chance.gauss(50, 10),))
    return series


def rising(count: int = 101) -> Series:
    return series_of(range(count), [float(x) for x in range(count)])


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (40, 7), (20, 4), (12, 3), (5, 2), (1, 1)])
@pytest.mark.parametrize("chars", [BRAILLE, ASCII])
def test_a_drawing_is_as_large_as_asked_for_whatever_it_shows(size: tuple[int, int], chars: object) -> None:
    width, height = size
    lines = [Line("a line with a rather long name", noisy(), "y"), Line("other", rising(), "y")]
    figure = Figure("a title", "points", "a meaning", lines, [Goal(60, "a goal")], log=True)
    for shown in (Figure("empty"), figure, replace(figure, log=False)):
        for lens in (Lens(), Lens(span=(40, 44)), Lens(cross=50), Lens(axis=Axis.CLOCK, half_life=0)):
            drawing = draw(shown, lens, width, height, chars=chars, explained=True)  # type: ignore[arg-type]
            assert [len(line) for line in texts(drawing)] == [width] * height


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right() -> None:
    lens = Lens(half_life=0)
    drawing = draw(Figure("t", lines=[Line("", rising(), "y")]), lens, 60, 20)
    plot = [line[drawing.left :] for line in texts(drawing)[1:-2]]
    begins = [next((x for x, sign in enumerate(line) if sign > "⠀"), -1) for line in plot]
    assert begins[-1] == 0
    assert all(below <= above for above, below in itertools.pairwise(begins))
    assert plot[0].rstrip()[-1] > "⠀"


def test_ascii_has_no_other_characters() -> None:
    lines = [Line("a", noisy(), "y"), Line("b", rising(), "y")]
    lines.append(Line("é", series_of([1, 2], [3.0, 4.0], errors=[1.0, 1.0]), "y", error="error"))
    drawing = draw(Figure("t", "u", lines=lines), Lens(cross=50), 80, 24, chars=ASCII)
    assert all(line.isascii() for line in texts(drawing))


def test_raw_values_stay_visible_behind_the_smoothed_line() -> None:
    drawing = draw(Figure("t", lines=[Line("", noisy(), "y")]), Lens(half_life=100), 80, 24)
    assert styled(drawing, "raw0").strip()
    assert styled(drawing, "line0").strip()
    bare = draw(Figure("t", lines=[Line("", noisy(), "y")]), Lens(half_life=0), 80, 24)
    assert not styled(bare, "raw0").strip()


def test_several_lines_have_letters_at_their_ends_and_in_the_legend() -> None:
    lines = [Line("mine", rising(), "y"), Line("other", series_of([0, 100], [50.0, 20.0]), "y")]
    drawing = draw(Figure("t", lines=lines), Lens(half_life=0), 80, 24)
    assert "a ─── mine 100" in texts(drawing)[0]
    assert "b ╌╌╌ other 20" in texts(drawing)[0]
    ends = [line.rstrip()[-1] for line in texts(drawing)[1:-2]]
    assert ends.count("a") == 1
    assert ends.count("b") == 1
    assert ends.index("a") < ends.index("b")


def test_where_room_is_short_the_values_stay_and_the_names_go() -> None:
    lines = [Line("a long name", rising(), "y"), Line("another name", rising(), "y")]
    first = texts(draw(Figure("title", "points", lines=lines), Lens(half_life=0), 30, 10))[0]
    assert "a" in first
    assert first.count("100") == 2
    assert "long" not in first


def test_the_crosshair_reads_the_value_there_and_what_happened_there() -> None:
    marks = [Mark(Place(50, 50, 50), "H", "learning_rate is 0.1 from now on", tall=True)]
    figure = Figure("t", lines=[Line("", rising(), "y")], marks=marks)
    drawing = draw(figure, Lens(cross=50.2, half_life=0), 80, 24)
    assert " 50" in texts(drawing)[0]
    assert "H learning_rate is 0.1" in "\n".join(texts(drawing))
    assert "50" in texts(drawing)[-1]
    away = draw(figure, Lens(cross=20, half_life=0), 80, 24)
    assert " 20" in texts(away)[0]
    assert "learning_rate" not in "\n".join(texts(away))


@pytest.mark.parametrize("cross", range(101))
def test_where_the_crosshair_tells_its_place_no_half_of_a_tick_is_left(cross: int) -> None:
    """Half a number reads as another number."""
    thousands = series_of([x * 1000.0 for x in range(101)], [float(x) for x in range(101)])
    figure = Figure("t", lines=[Line("", thousands, "y")])
    ticks = texts(draw(figure, Lens(), 60, 20))[-1].split()
    below = draw(figure, Lens(cross=cross * 1000.0), 60, 20).lines[-1]
    assert {*" ".join(text for text, style in below if style == "axis").split()} <= {*ticks}
    assert sum(style == "cross" for _, style in below) == 1


def test_the_crosshair_tells_the_smoothed_value_and_the_raw_one() -> None:
    series = series_of(range(100), [0.0] * 50 + [100.0] + [0.0] * 49)
    drawing = draw(Figure("t", lines=[Line("", series, "y")]), Lens(cross=50, half_life=10), 80, 24)
    assert "(100)" in texts(drawing)[0]


def test_what_happened_is_marked_by_letters_below_the_curve() -> None:
    marks = [Mark(Place(x, x, x), kind, "something") for x, kind in ((20, "C"), (60, "P"))]
    drawing = draw(Figure("t", lines=[Line("", rising(), "y")], marks=marks), Lens(), 80, 24)
    rule = texts(drawing)[-2]
    assert 0 < rule.index("C") < rule.index("P")
    closer = draw(Figure("t", lines=[Line("", rising(), "y")], marks=marks), Lens(span=(50, 70)), 80, 24)
    assert "C" not in texts(closer)[-2]


def test_marks_too_many_to_tell_apart_are_left_out_but_for_the_important_ones() -> None:
    marks = [Mark(Place(x, x, x), "H" if x == 50 else "C", "", tall=x == 50) for x in range(101)]
    rule = texts(draw(Figure("t", lines=[Line("", rising(), "y")], marks=marks), Lens(), 80, 24))[-2]
    assert (rule.count("C"), rule.count("H")) == (0, 1)


def test_the_next_goal_is_in_sight_and_named() -> None:
    goals = [Goal(20.64, "Rainbow"), Goal(22.52, "hat bot"), Goal(24.01, "SAD")]
    series = series_of(range(3), [18.0, 19.0, 21.0])
    shown = "\n".join(
        texts(draw(Figure("score", lines=[Line("", series, "y")], goals=goals), Lens(), 80, 24))
    )
    assert "hat bot 22.52" in shown
    assert "Rainbow 20.64" in shown
    assert "SAD" not in shown


def test_a_band_lies_around_a_line_with_errors() -> None:
    series = series_of(range(10), [20.0] * 10, errors=[2.0] * 10)
    drawing = draw(
        Figure("t", lines=[Line("", series, "y", error="error", smooth=False)], places=2), Lens(), 80, 24
    )
    assert "20.00 ± 2.00" in texts(drawing)[0]
    assert styled(drawing, "raw0").strip()
    assert any(text.startswith("   22") or "22┤" in text for text in texts(drawing))


def test_a_pause_is_a_gap_on_the_clock_and_none_in_time_trained() -> None:
    series = Series(("y",), patience=10)
    for number in range(200):
        series.append(Place(number, number, number + (400 if number >= 100 else 0)), (1.0,))
    figure = Figure("t", lines=[Line("", series, "y")])
    for axis, gap in ((Axis.CLOCK, True), (Axis.TRAINED, False)):
        drawing = draw(figure, Lens(axis=axis, half_life=0), 80, 24)
        curve = max(
            (line[drawing.left :] for line in texts(drawing)[1:-2]), key=lambda t: sum(c > "⠀" for c in t)
        )
        blank = [x for x, sign in enumerate(curve) if not sign > "⠀"]
        assert (len(blank) > 30) is gap


def test_a_logarithmic_axis_leaves_out_what_is_not_above_zero() -> None:
    series = series_of(range(6), [0.001, 0.0, 0.1, -5.0, 10.0, 1000.0])
    shown = texts(draw(Figure("t", lines=[Line("", series, "y")], log=True), Lens(half_life=0), 80, 24))
    assert "log" in shown[0]
    assert any(line.lstrip().startswith("1k┤") for line in shown)
    assert any("┤" in line and "0.001" in line for line in shown)
    none = series_of(range(3), [0.0, -1.0, 0.0])
    draw(Figure("t", lines=[Line("", none, "y")], log=True), Lens(), 80, 24)


def test_numbers_that_are_none_draw_nothing_and_break_nothing() -> None:
    series = series_of(range(50), [math.nan] * 50)
    drawing = draw(Figure("t", lines=[Line("", series, "y")]), Lens(), 80, 24)
    assert "t -" in texts(drawing)[0]
    assert not styled(drawing, "line0").strip("a ")


def test_names_of_any_script_keep_the_columns_in_place() -> None:
    drawing = draw(Figure("花火 🎆\n\x1b[31m", lines=[Line("é漢", rising(), "y")]), Lens(), 60, 12)
    assert all(len(line) == 60 and line.isprintable() for line in texts(drawing))


def test_the_same_part_is_drawn_of_few_and_of_many_rows() -> None:
    lens = Lens(half_life=0)
    few, many = (
        draw(Figure("t", lines=[Line("", series, "y")]), lens, 60, 16)
        for series in (
            series_of([0, 1e6], [0.0, 1e6]),
            series_of([x * 100 for x in range(10_001)], [x * 100.0 for x in range(10_001)]),
        )
    )
    differing = sum(
        a != b
        for one, two in zip(texts(few), texts(many), strict=True)
        for a, b in zip(one, two, strict=True)
    )
    assert differing < 40


def test_a_value_that_never_changes_has_an_axis_of_sane_numbers() -> None:
    series = series_of(range(500), [100.1] * 500)
    shown = texts(draw(Figure("t", lines=[Line("", series, "y")]), Lens(half_life=30), 80, 24))
    assert max(line.find("┤") for line in shown) < 8
