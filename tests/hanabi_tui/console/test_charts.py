"""The Charts page, with a real run.db, by its keys."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from console import shown, text_of
from some_events import evaluated, progress
from textual.events import MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input

from engine.contracts import events as e
from engine.contracts.vitals import Link, Vitals
from engine.store.metrics import Database
from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.views.charts import Charts
from hanabi_tui.console.widgets.chart import Chart


def fill(directory: Path, numbers: range, *, score: float = 20.0) -> None:
    directory.mkdir(exist_ok=True)
    with Database(directory / "run.db") as database:
        for number in numbers:
            database.record(progress(number, loss=1 / number))
        database.record(evaluated(numbers[-1], score))
        at = {"time": 1e9 + numbers[-1] / 2, "step": 10 * numbers[-1] // 2}
        database.record(e.SettingChanged(**at, key="train.learning_rate", old="0.1", new="0.2"))


@contextlib.asynccontextmanager
async def page(
    directory: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Charts, Pilot[str]]]:
    async with shown(Charts, Model(directory), size) as pilot:
        view = pilot.app.page
        assert isinstance(view, Charts)
        await until(pilot, lambda: view._album is not None and view._album.own.known)
        yield view, pilot


async def until(pilot: Pilot[str], true: object) -> None:
    async with asyncio.timeout(20):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.02)
    await pilot.pause()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    fill(tmp_path / "mine", range(1, 201))
    return tmp_path / "mine"


async def test_all_usual_charts_are_there_with_their_newest_values(run: Path) -> None:
    async with page(run) as (_, pilot):
        text = text_of(pilot)
        for title in (
            "score points  20.00 ± 0.05",
            "training score",
            "loss points",
            "games games/s  10",
            "samples",
        ):
            assert title in text
        assert "Rainbow 20.64" in text
        assert "x: optimizer steps · the whole run" in text


async def test_it_shows_what_comes_while_it_is_open(run: Path) -> None:
    async with page(run) as (view, pilot):
        fill(run, range(201, 231), score=23.5)
        view._tick()
        await until(pilot, lambda: "23.50 ± 0.05" in text_of(pilot))
        assert view._bounds is not None
        assert view._bounds[1] == 2300


async def test_without_a_run_it_says_so_and_begins_when_there_is_one(tmp_path: Path) -> None:
    async with page(tmp_path / "mine") as (view, pilot):
        assert "no run has begun" in text_of(pilot)
        assert "nothing yet" in text_of(pilot)
        fill(tmp_path / "mine", range(1, 11))
        view._tick()
        await until(pilot, lambda: "20.00 ± 0.05" in text_of(pilot))
        assert "no run has begun" not in text_of(pilot)


async def test_enter_enlarges_the_chosen_chart_and_escape_shows_all_again(run: Path) -> None:
    async with page(run) as (view, pilot):
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        text = text_of(pilot)
        assert "Huber loss of values against targets" in text
        assert "training score" not in text
        assert view._large.size.height > 30
        await pilot.press("up")
        await pilot.pause()
        assert "score while exploring" in text_of(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "loss points" in text_of(pilot)


async def test_keys_zoom_pan_and_follow_all_charts_at_once(run: Path) -> None:
    async with page(run) as (view, pilot):
        await pilot.press("plus")
        await pilot.pause()
        assert "following the newest" in text_of(pilot)
        assert view._lens.look(view._bounds or (0, 0)) == (1005, 2000)
        await pilot.press("left")
        assert not view._lens.following
        await pilot.press("right", "right")
        assert view._lens.following
        await pilot.press("minus")
        await pilot.pause()
        assert "the whole run" in text_of(pilot)
        await pilot.press("f")
        assert view._lens.span == pytest.approx((1801, 2000))
        await pilot.press("0")
        assert view._lens.span is None


async def test_the_crosshair_reads_all_charts_and_what_happened(run: Path) -> None:
    async with page(run) as (view, pilot):
        await pilot.press("comma")
        await pilot.press(*["less_than_sign"] * 5)
        await pilot.pause()
        assert view._lens.cross == pytest.approx(1005, abs=5)
        assert "H train.learning_rate is 0.2 from now on" in text_of(pilot)
        await until(pilot, lambda: "loss points  0.0248 (0.0099" in text_of(pilot))
        await pilot.press("escape")
        assert view._lens.cross is None


async def test_smoothing_is_set_by_brackets(run: Path) -> None:
    async with page(run) as (_, pilot):
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "half-life 100 points" in text_of(pilot)
        await pilot.press(*["left_square_bracket"] * 6)
        await pilot.pause()
        assert "not smoothed" in text_of(pilot)


async def test_x_can_be_steps_time_trained_or_the_clock(run: Path) -> None:
    async with page(run) as (view, pilot):
        await pilot.press("x")
        await pilot.pause()
        assert "x: time trained" in text_of(pilot)
        assert " 2m " in text_of(pilot)
        await pilot.press("x")
        assert view._lens.axis is Axis.CLOCK
        await pilot.press("x")
        assert view._lens.axis is Axis.STEP


async def test_the_chosen_chart_can_be_logarithmic(run: Path) -> None:
    async with page(run) as (_, pilot):
        await pilot.press("down", "down", "l")
        await pilot.pause()
        assert "loss points log" in text_of(pilot)
        await pilot.press("l")
        await pilot.pause()
        assert "loss points log" not in text_of(pilot)


async def test_charts_can_be_chosen(run: Path) -> None:
    async with page(run) as (view, pilot):
        await pilot.press("m")
        await pilot.pause()
        assert "Charts that are shown" in text_of(pilot)
        await pilot.press("down", "space", "escape")
        await pilot.pause()
        shown_now = [panel.name for panel in view._figures]
        assert "training score" not in shown_now
        assert "score" in shown_now


async def test_other_runs_are_laid_over_and_named(run: Path) -> None:
    fill(run.parent / "theirs", range(1, 51), score=12.0)
    async with page(run) as (view, pilot):
        await pilot.press("o")
        await until(pilot, lambda: "Runs to compare with" in text_of(pilot))
        assert "theirs" in text_of(pilot)
        await pilot.press("space")
        await pilot.pause()
        assert "[x] theirs" in text_of(pilot)
        await pilot.press("escape")
        await until(
            pilot, lambda: view._album is not None and view._album.others and view._album.others[0].known
        )
        assert "with 1 other run" in text_of(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert "a ─── mine 20.00 ± 0.05" in text_of(pilot)
        assert "b ╌╌╌ theirs 12.00 ± 0.05" in text_of(pilot)
        await pilot.press("o")
        await until(pilot, lambda: "Runs to compare with" in text_of(pilot))
        await pilot.press("space", "escape")
        await pilot.pause()
        assert "theirs" not in text_of(pilot)


async def test_any_run_can_be_typed_and_what_is_none_is_refused(run: Path, tmp_path: Path) -> None:
    far = tmp_path / "far" / "away"
    far.parent.mkdir()
    fill(far, range(1, 11))
    async with page(run) as (view, pilot):
        await pilot.press("o")
        await until(pilot, lambda: "Runs to compare with" in text_of(pilot))
        field = pilot.app.screen.query_one(Input)
        field.focus()
        await pilot.press(*"q0")  # keys of the page are letters here
        assert field.value == "q0"
        await pilot.press("enter")
        await pilot.pause()
        assert "is no directory" in text_of(pilot)
        field.value = str(far)
        await pilot.press("enter")
        await pilot.pause()
        assert "[x] " in text_of(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert view._album is not None
        assert [curves.directory for curves in view._album.others] == [far]


async def test_the_link_has_a_chart_once_it_is_known(run: Path) -> None:
    async with page(run) as (view, pilot):
        assert "round trip" not in text_of(pilot)
        pilot.app.model.vitals = Vitals(time=1e9 + 200, link=Link(where="laptop", round_trip=0.0215), cpu=0.5)
        view._tick()
        view._redraw()
        await pilot.press("up")
        await pilot.press("up")
        await until(pilot, lambda: "round trip ms" in text_of(pilot))
        assert "21.5" in text_of(pilot)


async def test_a_click_chooses_a_chart_and_two_enlarge_it(run: Path) -> None:
    async with page(run) as (view, pilot):
        await pilot.click("#chart-loss", offset=(10, 3))
        assert view._chosen == "loss"
        await pilot.click("#chart-games", offset=(10, 3), times=2)
        await pilot.pause()
        assert view.has_class("-enlarged")
        assert "games finished" in text_of(pilot)


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (30, 8)])
async def test_it_fits_any_terminal(run: Path, size: tuple[int, int]) -> None:
    async with page(run, size) as (view, pilot):
        charts = [chart for chart in view.query("#small Chart").results(Chart) if chart.display]
        assert all(chart.size.width >= min(size[0] - 4, 37) for chart in charts)
        assert all(chart.size.height >= 6 for chart in charts)
        await pilot.press("enter", "plus", "comma", "x", "l")
        await pilot.pause()
        assert "score" in text_of(pilot)


async def test_a_page_out_of_sight_reads_nothing(run: Path) -> None:
    async with page(run) as (view, pilot):
        view.leave()
        fill(run, range(201, 211))
        view._tick()
        await pilot.pause()
        assert view._album is not None
        assert view._album.own.progress.rows == 200
        view.show(pilot.app.model)
        view._tick()
        await until(pilot, lambda: view._album is not None and view._album.own.progress.rows == 210)


async def test_the_wheel_over_one_chart_zooms_all(run: Path) -> None:
    async with page(run) as (view, pilot):
        await pilot._post_mouse_events([MouseScrollUp] * 3, "#chart-loss", offset=(25, 3))
        await until(pilot, lambda: " to " in text_of(pilot).splitlines()[1])

        def spans() -> set[object]:
            return {chart._drawing.span for chart in view._charts() if chart._drawing is not None}

        await until(pilot, lambda: len(spans()) == 1)
        assert view._lens.span in spans()
