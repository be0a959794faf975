"""The console against a real run: what its keys do there, and what it shows of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from console import PATIENCE, seen, until
from small_run import SMALL, SmallRun
from textual.pilot import Pilot
from textual.widgets import Input

from engine.contracts.commands import Done, Pause, Refused, Resume, Set
from engine.contracts.states import State
from engine.control.client import Control
from engine.store.generations import Generations
from hanabi_tui.console.actions import EVERYWHERE
from hanabi_tui.console.app import Console
from hanabi_tui.console.dialogues.entry import Entry
from hanabi_tui.console.live.bridge import Bridge
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.pages import PAGES, Page
from hanabi_tui.console.views.settings import LIVE

SIZE = (110, 40)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of a live run, too deep for the path of a Unix socket."""
    path = tmp_path_factory.mktemp("run") / ("deep" * 15) / ("deeper" * 10)
    path.parent.mkdir(parents=True)
    rarely = ["--evaluation-interval", "1000", "--checkpoint-interval", "1000", "--log-interval", "0.5"]
    with SmallRun(path, settings=[*SMALL, *rarely]) as run:
        run.wait_for("step")
        yield path


@pytest.fixture
def resting(directory: Path) -> Iterator[Path]:
    """The same, while its run rests: a worker takes all the time that it can get."""
    with Control(directory, PATIENCE) as control:
        assert isinstance(control.ask(Pause(reason="all keys are tried")), Done)
        yield directory
        assert isinstance(control.ask(Resume()), Done)


def newest_step(directory: Path) -> int:
    """The step of the newest generation, which the run may be about to follow by another."""
    generation, _ = Generations(directory / "generations").newest()
    assert generation is not None
    return generation.manifest.counters.step


@asynccontextmanager
async def attached(directory: Path, *, read_only: bool = False) -> AsyncIterator[Pilot[str]]:
    console = Console(Model(directory, read_only=read_only), follow=True)
    async with console.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: console.model.connected)
        yield pilot


async def test_the_header_says_how_the_run_stands(directory: Path) -> None:
    async with attached(directory) as pilot:
        screen = await seen(pilot, "► training", "step ", "link ", "min")
        assert screen.startswith(" ► training")


async def test_one_key_pauses_and_goes_on_and_every_console_shows_it(directory: Path) -> None:
    async with attached(directory) as pilot, attached(directory) as other:
        await pilot.press("P")
        await seen(pilot, "‖ paused: asked to", "Done: paused: asked to")
        await seen(other, "‖ paused: asked to")
        await other.press("P")
        await seen(pilot, "► training")


async def test_a_checkpoint_is_saved_when_asked_for(directory: Path) -> None:
    before = newest_step(directory)
    async with attached(directory) as pilot:
        await pilot.press("C")
        await seen(pilot, "Done: a generation will be saved")
        await until(pilot, lambda: newest_step(directory) > before)


async def test_an_evaluation_is_made_when_asked_for(directory: Path) -> None:
    async with attached(directory) as pilot:
        await pilot.press("E")
        await until(pilot, lambda: pilot.app.model.evaluated is not None)
        await seen(pilot, "score ")


async def test_a_setting_is_changed_checked_and_taken_back(directory: Path) -> None:
    async with attached(directory) as pilot:
        await pilot.press("9", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Entry))
        before = pilot.app.screen.query_one(Input).value
        pilot.app.screen.query_one(Input).value = "7"
        await pilot.press("enter")
        await seen(pilot, "allowed: numbers 1e-08 to 1")
        pilot.app.screen.query_one(Input).value = "0.003"
        await pilot.press("enter")
        await seen(pilot, f"learning_rate: {before} → 0.003")
        await pilot.press("u")
        await seen(pilot, f"learning_rate: 0.003 → {before}")
        await pilot.press("u")
        await seen(pilot, "Nothing to undo")


async def test_a_setting_is_reset_to_what_the_run_was_started_with_after_its_values_were_named(
    directory: Path,
) -> None:
    async with attached(directory) as pilot:
        assert isinstance(await pilot.app.steer(Set(key="log_interval", value="7")), Done)
        await pilot.press("9")
        row = [key.name for key in LIVE].index("log_interval")
        await pilot.press(*["down"] * row)
        await until(pilot, lambda: bool(pilot.app.page._at_start))  # it is read from a file
        await pilot.press("d")
        await seen(pilot, "Set log_interval back to what it began with: 7 → 0.5?")
        await pilot.press("y")
        await seen(pilot, "Done: log_interval = 0.5")
        await until(pilot, lambda: pilot.app.model.settings["logging"]["log_interval"] == 0.5)
        await pilot.press("d")
        await seen(pilot, "log_interval is what the run was started with")


async def test_changes_of_before_are_listed_too(directory: Path) -> None:
    async with attached(directory) as pilot:
        assert isinstance(await pilot.app.steer(Set(key="belief_weight", value="0.25")), Done)
    async with attached(directory) as pilot:
        await pilot.press("9")
        await seen(pilot, "belief_weight: 0 → 0.25")


async def test_workers_are_restarted_after_a_question_and_their_number_is_checked(directory: Path) -> None:
    async with attached(directory) as pilot:
        await pilot.press("R")
        await seen(pilot, "Start all workers anew?")
        await pilot.press("escape", "R")
        await seen(pilot, "Start all workers anew?")
        await pilot.press("y")
        await seen(pilot, "Done: 1 workers start anew")
        await pilot.press("W", "x")
        await seen(pilot, "allowed: whole numbers 0 to 256")


async def test_going_back_asks_and_a_generation_that_there_is_not_is_refused(directory: Path) -> None:
    async with attached(directory) as pilot:
        await pilot.press("G", "3", "enter")
        await seen(pilot, "Go back to generation 3?")
        await pilot.press("y")
        await seen(pilot, "Not done:")
        step = newest_step(directory)
        await pilot.press("G", *str(step), "enter")
        await seen(pilot, f"Go back to generation {step:,}?")
        await pilot.press("y")
        await seen(pilot, "Done: restored")


async def test_a_console_that_only_looks_on_offers_nothing_that_steers(directory: Path) -> None:
    async with attached(directory, read_only=True) as pilot:
        screen = await seen(pilot, "training", "read-only")
        assert "Pause" not in screen and "Checkpoint  " not in screen
        await pilot.press("P", "S", "y", "question_mark")
        assert "Have the run rest" not in await seen(pilot, "Show all keys")
        assert isinstance(await pilot.app.steer(Set(key="minutes", value="1")), Refused)
        assert pilot.app.model.state is State.TRAINING
        await pilot.press("escape", "q")
        assert pilot.app.return_value == ""


async def test_quitting_asks_and_leaves_the_run_running(directory: Path) -> None:
    async with attached(directory) as pilot:
        await pilot.press("q")
        await seen(pilot, "Leave it running", "Stop it")
        await pilot.press("escape", "ctrl+c")
        await seen(pilot, "Leave it running")
        await pilot.press("ctrl+c")
        assert "goes on" in (pilot.app.return_value or "")


ELSEWHERE = {action.name for action in EVERYWHERE if action.steers} | {"quit", "suspend"}
"""What has tests of its own; the last one needs a shell."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
async def test_every_key_of_every_page_does_what_the_registry_says(
    page: Page, resting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # pictures are saved here
    monkeypatch.setenv("HOME", str(tmp_path))  # whose ~/.ssh/config names nobody
    every = [*page.actions(), *(EVERYWHERE if page is PAGES[0] else ())]
    done: list[str] = []
    async with attached(resting) as pilot:
        console = pilot.app
        method_of = console._method_of
        monkeypatch.setattr(console, "_method_of", lambda name: done.append(name) or method_of(name))
        await pilot.press(page.key)
        assert console.page is not None and console.page.id == page.id
        for action in every:
            for key in action.keys if action.name not in ELSEWHERE else ():
                done.clear()
                console.set_focus(None)  # a field would take letters for itself
                await pilot.press(key)
                if question := console.page.question(action):
                    await seen(pilot, question[:30], "Cancel (Esc)")
                else:
                    assert done == [action.name], key
                while len(console.screen_stack) > 1:
                    await pilot.press("escape")
        assert console.model.connected
        console.set_focus(None)
        await pilot.press("q")
        await seen(pilot, "Leave it running")
        await pilot.press("l")
        assert "goes on" in (console.return_value or "")


async def test_a_bridge_finds_the_run_again_and_what_nobody_answers_is_refused(tmp_path: Path) -> None:
    model = Model(tmp_path)
    bridge = Bridge(model)
    following = asyncio.create_task(bridge.run())
    assert isinstance(await bridge.ask(Set(key="minutes", value="1")), Refused)
    lost = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        await reader.readline()  # what is asked
        writer.close()
        lost.set()

    # a run that breaks off in the middle of an answer: no real one can be made to
    async with await asyncio.start_unix_server(silent, tmp_path / "control.sock"):
        async with asyncio.timeout(PATIENCE):
            while bridge._writer is None:
                await asyncio.sleep(0.01)
            reply = await bridge.ask(Set(key="minutes", value="1"))
    assert isinstance(reply, Refused) and "before the run answered" in reply.why
    assert lost.is_set() and not model.connected
    following.cancel()


async def test_stopping_saves_and_ends_the_run_and_then_the_console(directory: Path) -> None:
    async with attached(directory) as pilot:
        await pilot.press("q")
        await seen(pilot, "Stop it")
        await pilot.press("s")
        await until(pilot, lambda: pilot.app.return_value is not None)
        assert "has stopped" in pilot.app.return_value
        assert pilot.app.model.state is State.STOPPED
