"""One registry: each action has a key of its own, a method, and a sentence; the palette and help show it."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from console import seen, shown, text_of
from textual.widgets import Input

from engine.contracts.commands import Command, Pause, Resume
from engine.contracts.states import State
from hanabi_tui.console.actions import EVERYWHERE, Action
from hanabi_tui.console.app import Console
from hanabi_tui.console.housekeeping import Housekeeping
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter
from hanabi_tui.console.pages import PAGES
from hanabi_tui.console.steering import Steering
from hanabi_tui.console.views.settings import Settings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_no_two_actions_of_a_view_have_the_same_key_or_name(page) -> None:
    for actions in (page.actions(), EVERYWHERE):
        keys = Counter(key for action in actions for key in action.keys)
        names = Counter(action.name for action in actions)
        assert not [each for each, times in (keys + names).items() if times > 1]
        assert all(action.help.endswith(".") and action.label for action in actions)


def test_no_action_of_a_view_hides_one_of_all_views() -> None:
    every = {key for action in EVERYWHERE for key in action.keys} | {page.key for page in PAGES}
    names = {action.name for action in EVERYWHERE}
    for page in PAGES:
        same = names & {action.name for action in page.actions()}
        assert not same, f"{page.title} has actions named as those of all views: {same}"
        hidden = every & {key for action in page.actions() for key in action.keys}
        assert not hidden, f"{page.title} hides {hidden}"


def test_every_action_has_a_method() -> None:
    for action in EVERYWHERE:
        name = f"action_{action.name}"
        assert hasattr(Steering, name) or hasattr(Housekeeping, name), name
    for action in Settings.actions:
        assert hasattr(Settings, f"action_{action.name}")


async def test_help_shows_the_actions_of_the_view_and_of_all() -> None:
    async with shown(Settings, size=(100, 90)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        screen = text_of(pilot)
        actions: tuple[Action, ...] = (*Settings.actions, *EVERYWHERE)
        assert all(f"[{action.name}]" in screen for action in actions)
        await pilot.press("question_mark")
        await pilot.pause()
        assert "[pause]" not in text_of(pilot)


async def test_the_palette_finds_an_action_by_a_part_of_its_name_and_does_it() -> None:
    async with shown(Settings) as pilot:
        await pilot.press("colon", *"workers")
        await seen(pilot, "Restart workers (R)")
        await pilot.press("enter")
        await seen(pilot, "How many processes play games")
        assert pilot.app.screen.query_one(Input).value == "0"


async def test_jump_mode_goes_to_the_part_under_a_letter() -> None:
    async with shown(Settings) as pilot:
        first = pilot.app.focused
        await pilot.press("ctrl+o", "s")
        await pilot.pause()
        assert pilot.app.focused is not first and pilot.app.focused is not None
        await pilot.press("ctrl+o", "a")
        await pilot.pause()
        assert pilot.app.focused is first


async def test_without_a_run_a_command_is_refused_in_words() -> None:
    async with shown(Settings) as pilot:
        await pilot.press("P")
        await pilot.pause()
        assert [each.message for each in pilot.app._notifications] == [
            "Not done: the console is not connected to a run"
        ]


@pytest.mark.parametrize(
    ("reason", "said", "answer", "command"),
    [
        ("asked to", "", "", Resume()),
        ("lunch", "", "", Resume()),
        ("the learner is gone: asleep", "goes on by itself", "t", Resume()),
        ("the learner is gone: asleep", "goes on by itself", "h", Pause()),
        ("loss nan at step 5", "The run paused by itself", "g", Resume()),
        ("loss nan at step 5", "The run paused by itself", "escape", None),
    ],
)
async def test_where_a_run_paused_by_itself_the_key_asks_what_is_meant(
    reason: str, said: str, answer: str, command: Command | None, monkeypatch
) -> None:
    told: list[Command] = []
    model = Model(Path("checkpoints"), connected=True, state=State.PAUSED, reason=reason)
    async with shown(Settings, model) as pilot:
        monkeypatch.setattr(pilot.app.steering, "steer", told.append)
        await pilot.press("P")
        if said:
            await seen(pilot, said)
            await pilot.press(answer)
        await pilot.pause()
        assert told == ([] if command is None else [command])


async def test_a_run_that_starts_is_not_started_twice_nor_left_without_a_word(tmp_path) -> None:
    starter = Starter(tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        starter._process = process  # as one that cannot be reached yet
        console = Console(Model(tmp_path), starter=starter)
        async with console.run_test(size=(100, 30), notifications=True) as pilot:
            await pilot.press("B")
            await seen(pilot, "It is starting already")
            assert starter._process is process
            await pilot.press("q")
            await seen(pilot, "Leave it running")
            await pilot.press("l")
        assert "The run goes on in" in (console.return_value or "")
        process.kill()


async def test_the_view_can_be_copied_and_the_screen_saved(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(Settings) as pilot:
        await pilot.press("Y")
        assert "learning_rate" in pilot.app.clipboard
        await pilot.press("f12")
        await pilot.pause()
        (picture,) = tmp_path.glob("*.svg")
        assert "learning_rate" in picture.read_text()
