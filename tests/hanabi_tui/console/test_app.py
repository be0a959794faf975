"""The frame of the console: views, keys, messages."""

from pathlib import Path

from console import shown, text_of
from textual.app import ComposeResult
from textual.widgets import Static

from hanabi_tui.console.actions import Action
from hanabi_tui.console.app import Console
from hanabi_tui.console.model import Model
from hanabi_tui.console.pages import Page
from hanabi_tui.console.setup import Setup
from hanabi_tui.console.view import View


class Counted(View):
    title, key = "Counted", "1"
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


async def test_a_view_that_is_not_installed_is_a_page_that_says_so() -> None:
    page = Page("1", "Nowhere", "hanabi_tui.console.views.nowhere", "Nowhere")
    console = Console(Model(Path("checkpoints")), Setup(pages=(page,)))
    async with console.run_test() as pilot:
        assert "Nowhere is not part of this installation." in text_of(pilot)
