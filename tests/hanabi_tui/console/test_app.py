"""The frame of the console: views, keys, messages."""

import asyncio
import time
from pathlib import Path

import pytest
from console import shown, text_of, until
from seen_model import seen_model
from textual._compositor import Compositor
from textual.app import ComposeResult
from textual.widgets import Static

from hanabi_tui.console.actions import Action
from hanabi_tui.console.app import Console
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.own.setup import Setup
from hanabi_tui.console.pages import Page
from hanabi_tui.console.view import View


class Counted(View):
    actions = (Action("count", ("k",), "Count", "Count up.", group="Counted"),)
    count = 0

    def compose(self) -> ComposeResult:
        yield Static(id="count")

    def show(self, model: Model) -> None:
        self.query_one(Static).update(f"{model.state}, counted {self.count}")

    def action_count(self) -> None:
        self.count += 1
        self.show(self.app.model)


async def test_a_view_is_shown_and_its_keys_do_what_its_actions_say() -> None:
    async with shown(Counted) as pilot:
        assert "starting, counted 0" in text_of(pilot)
        await pilot.press("k", "k")
        assert "starting, counted 2" in text_of(pilot)


class Reading(View):
    actions = (
        Action("read", ("k",), "Read", "Read a file.", group="Reading"),
        Action("read_aside", ("l",), "Read aside", "Read a file in the background.", group="Reading"),
    )

    def show(self, model: Model) -> None:
        self.directory = model.directory

    def action_read(self) -> None:
        (self.directory / "here").read_text()

    async def action_read_aside(self) -> None:
        await asyncio.to_thread((self.directory / "aside").read_text)


async def test_a_deed_that_the_disk_refuses_is_said_in_words_and_the_console_goes_on(tmp_path: Path) -> None:
    async with shown(Reading, Model(tmp_path)) as pilot:
        await pilot.press("k", "l")
        await until(pilot, lambda: len(pilot.app._notifications) == 2)
        assert [each.message for each in pilot.app._notifications] == [
            f"Not done: {tmp_path}/here: No such file or directory",
            f"Not done: {tmp_path}/aside: No such file or directory",
        ]


async def test_a_view_that_is_opened_again_is_painted_at_once_as_it_is_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    model = seen_model(now=now)
    model.scores.clear()
    console, painted = Console(model), []
    async with console.run_test(size=(120, 40)) as pilot:
        for key in "9191":
            await pilot.press(key)
            await pilot.pause(0.1)
        model.lines.append("12:06:00  something new")
        plain = Compositor.render_update

        def noted(compositor: Compositor, **more: object) -> object:
            if found := plain(compositor, **more):
                painted.append("\n".join(strip.text for strip in compositor.render_strips()))
            return found

        times: dict[str, set[int]] = {"9": set(), "1": set()}
        for key, words in (("9", "learning_rate"), ("1", "something new")) * 3:
            monkeypatch.setattr(Compositor, "render_update", noted)
            painted.clear()
            await pilot.press(key)
            await pilot.pause(0.1)
            monkeypatch.setattr(Compositor, "render_update", plain)
            assert words in painted[0]
            times[key].add(len(painted))
    # once; where the machine is busy, a line that changes by itself may be painted beside it
    assert all(min(counted) <= 2 for counted in times.values())


async def test_it_is_told_once_of_each_view_that_was_made() -> None:
    made: list[str] = []
    console = Console(seen_model(), made=lambda: made.append(console.page.id))
    async with console.run_test() as pilot:
        for key in "19919":
            await pilot.press(key)
            await pilot.pause()
    assert made == ["view-dashboard", "view-settings"]


async def test_a_view_that_is_not_installed_is_a_page_that_says_so() -> None:
    page = Page("1", "Nowhere", "hanabi_tui.console.views.nowhere", "Nowhere")
    console = Console(Model(Path("checkpoints")), Setup(pages=(page,)))
    async with console.run_test() as pilot:
        assert "Nowhere is not part of this installation." in text_of(pilot)
