"""The chart and the spark, as widgets in a small application."""

import pytest
from some_series import series_of
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp

from hanabi_tui.console.charts.dots import BRAILLE
from hanabi_tui.console.charts.figure import Figure, Line
from hanabi_tui.console.charts.lens import Lens
from hanabi_tui.console.widgets.chart import Chart
from hanabi_tui.console.widgets.spark import Spark

SIZE = (60, 16)


class Page(App[None]):
    CSS = "Spark { height: 2; }"

    def __init__(self, lens: Lens | None = None) -> None:
        super().__init__()
        self.chart = Chart(Figure("loss", "points"), lens=lens, chars=BRAILLE)
        self.spark = Spark()
        self.moves = 0

    def compose(self) -> ComposeResult:
        yield self.chart
        yield self.spark

    def on_chart_moved(self) -> None:
        self.moves += 1


def lines(app: App[None]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def slope() -> list[Line]:
    return [Line("mine", series_of(range(1001), [float(x) for x in range(1001)]), "y", smooth=False)]


async def test_a_chart_without_numbers_says_so() -> None:
    app = Page()
    async with app.run_test(size=SIZE):
        assert any("nothing yet" in line for line in lines(app))


async def test_a_chart_shows_title_unit_ticks_and_the_newest_value() -> None:
    app = Page()
    async with app.run_test(size=SIZE) as pilot:
        app.chart.set_lines(slope())
        await pilot.pause()
        shown = lines(app)
        assert shown[0].startswith("loss points")
        assert "mine 1k" in shown[0]
        assert any("500┤" in line for line in shown)
        assert "1k" in shown[13]


async def test_only_lines_that_look_different_are_sent_out() -> None:
    app = Page()
    async with app.run_test(size=SIZE) as pilot:
        app.chart.set_lines(slope())
        await pilot.pause()
        sent: list[object] = []
        app.chart.refresh = lambda *regions, **_: sent.extend(regions) or app.chart  # type: ignore[method-assign]
        app.chart.redraw()
        assert sent == []
        app.chart.lens.cross = 500.0
        app.chart.redraw()
        assert sent


async def test_the_wheel_zooms_in_at_the_pointer() -> None:
    app = Page()
    async with app.run_test(size=SIZE) as pilot:
        app.chart.set_lines(slope())
        await pilot.pause()
        before = app.chart.place_at(20)
        assert before is not None
        for _ in range(3):
            await pilot._post_mouse_events([MouseScrollUp], app.chart, offset=(20, 5))
        await pilot.pause()
        first, last = app.chart.lens.look((0, 1000))
        assert last - first < 600
        after = app.chart.place_at(20)
        assert after is not None
        assert abs(after - before) < 20
        assert app.moves >= 3
        await pilot._post_mouse_events([MouseScrollDown] * 9, app.chart, offset=(20, 5))
        await pilot.pause()
        assert app.chart.lens.span is None


async def test_dragging_moves_what_is_seen() -> None:
    lens = Lens(span=(400.0, 600.0))
    app = Page(lens)
    async with app.run_test(size=SIZE) as pilot:
        app.chart.set_lines(slope())
        await pilot.pause()
        await pilot.mouse_down(app.chart, offset=(30, 5))
        await pilot.hover(app.chart, offset=(40, 5))
        await pilot.mouse_up(app.chart, offset=(40, 5))
        first, last = lens.look((0, 1000))
        assert 340 < first < 380
        assert last - first == 200


async def test_hovering_reads_the_value_under_the_pointer_and_leaving_ends_it() -> None:
    app = Page()
    async with app.run_test(size=SIZE) as pilot:
        app.chart.set_lines(slope())
        await pilot.pause()
        await pilot.hover(app.chart, offset=(33, 5))
        await pilot.pause()
        place = app.chart.lens.cross
        assert place is not None
        assert abs(place - 505) < 15
        assert "mine 5" in lines(app)[0]
        await pilot.hover(app.spark, offset=(3, 0))
        await pilot.pause()
        assert app.chart.lens.cross is None


async def test_a_chart_follows_its_size() -> None:
    app = Page()
    async with app.run_test(size=SIZE) as pilot:
        app.chart.set_lines(slope())
        for size in ((20, 5), (200, 60), (3, 3), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.chart.render_line(0).cell_length == app.chart.size.width
        assert any("800┤" in line for line in lines(app))


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_raw_values_are_fainter_than_the_line_in_any_theme(theme: str) -> None:
    app = Page()
    async with app.run_test(size=SIZE) as pilot:
        app.theme = theme
        await pilot.pause()
        app.chart.set_lines([Line("", series_of(range(300), [float(x % 7) for x in range(300)]), "y")])
        await pilot.pause()
        segments = [segment for y in range(app.chart.size.height) for segment in app.chart.render_line(y)]
        curve = {str(s.style) for s in segments if any("\u2800" < sign <= "\u28ff" for sign in s.text)}
        assert len(curve) == 2


async def test_a_spark_shows_the_course_of_its_values() -> None:
    app = Page()
    async with app.run_test(size=SIZE) as pilot:
        app.spark.set_values([0.0, 4.0, 8.0])
        await pilot.pause()
        assert [line.rstrip() for line in lines(app)[-2:]] == [" " * 58 + "▁█", " " * 57 + "▂██"]
        app.spark.set_series(series_of(range(100), [1.0] * 50 + [9.0] * 50), "y", seconds=30)
        await pilot.pause()
        assert len(set(lines(app)[-1].strip())) == 1
