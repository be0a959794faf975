"""The view of checkpoints: its keys, against real checkpoints and real commands."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from console import seen_anywhere, shown, text_of
from made_checkpoint import save
from textual.pilot import Pilot
from textual.widgets import Input, Select

from engine.contracts.commands import Command, Done, Reply, Restore
from engine.settings.config import Config, GameRangesSection
from engine.settings.config_file import to_toml
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.views.checkpoints import Checkpoints
from hanabi_tui.console.widgets.shelf_table import ShelfTable


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for step, score in ((1_000, 3.0), (2_000, 2.0)):
        save(tmp_path, step, seed=step, score=score)
    settings = Config(game_ranges=GameRangesSection(variant="very-small", players=(2,)))
    (tmp_path / "config.toml").write_text(to_toml(settings))
    return tmp_path


@pytest.fixture
async def pilot(run: Path) -> AsyncIterator[Pilot[str]]:
    async with shown(Checkpoints, Model(run), (100, 34)) as pilot:
        await seen_anywhere(pilot, "rule bot")
        yield pilot


async def test_the_newest_comes_first_with_its_details(pilot: Pilot[str]) -> None:
    rows = [line.split() for line in text_of(pilot).splitlines()]
    assert [row[0] for row in rows[2:8]] == ["2,000", "1,000", "random", "cautious", "convention", "hat"]
    assert rows[2][1] == "2.00" and rows[2][-1] == "newest"
    assert rows[3][-1] == "best"
    assert "not checked yet" in text_of(pilot)
    await pilot.press("down")
    assert "step 1,000  best" in text_of(pilot)


async def test_a_checkpoint_saved_meanwhile_appears_and_the_cursor_stays(
    pilot: Pilot[str], run: Path
) -> None:
    await pilot.press("space")
    save(run, 3_000, seed=3)  # by nobody that this console is connected to
    screen = await seen_anywhere(pilot, "3,000")
    assert "✓ 2,000" in screen
    assert "step 2,000" in screen  # still the one under the cursor


async def test_checksums_are_verified_when_asked_for(pilot: Pilot[str], run: Path) -> None:
    (run / "generations/000001000/learner.safetensors").write_bytes(b"ruined")
    await pilot.press("v")
    screen = await seen_anywhere(pilot, "2 checkpoints verified: 1 DAMAGED.")
    rows = [line.split() for line in screen.splitlines()]
    assert "sound" in rows[2] and "DAMAGED" in rows[3]
    await pilot.press("down")
    await seen_anywhere(pilot, "learner.safetensors is damaged: its checksum fails")


async def test_two_are_compared_and_one_alone_is_not(pilot: Pilot[str]) -> None:
    await pilot.press("space", "d")
    assert "Choose two checkpoints with space" in await seen_anywhere(pilot, "then press d.")
    await pilot.press("down", "d")
    screen = await seen_anywhere(pilot, "difference")
    assert "−1.00" in screen or "-1.00" in screen
    assert "No setting was changed between them." in screen


async def test_chosen_ones_are_evaluated(pilot: Pilot[str]) -> None:
    pilot.app.page.query_one("#games", Select).value = 200
    await pilot.press("space", "down", "down", "space", "m")
    screen = await seen_anywhere(pilot, "evaluated.")
    line = next(line for line in screen.splitlines() if "@2000" in line)
    assert line.split()[1:4] == ["very-small", "2p", "200"]


async def test_bots_are_played_with_each_other(pilot: Pilot[str]) -> None:
    pilot.app.page.query_one("#games", Select).value = 200
    await pilot.press("down", "down", "space", "down", "space", "x")
    screen = await seen_anywhere(pilot, "over 200 decks")
    assert "A random" in screen and "B cautious" in screen and "others" in screen
    assert "random with itself: " in screen


async def test_what_a_command_refuses_is_said_and_escape_ends_one(pilot: Pilot[str], run: Path) -> None:
    pilot.app.page.query_one("#games", Select).value = 20_000
    await pilot.press("m")  # a network, which takes seconds to load
    await seen_anywhere(pilot, "escape ends it")
    await pilot.press("escape")
    await seen_anywhere(pilot, "Ended before it was done.")
    (run / "generations/000002000/learner.safetensors").write_bytes(b"ruined")
    await pilot.press("m")
    assert "Failed:" in await seen_anywhere(pilot, "learner.safetensors is damaged: its checksum fails")


async def test_going_back_asks_by_name_and_takes_whom_it_asked_about(
    pilot: Pilot[str], run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Command] = []

    async def reply(command: Command) -> Reply:
        told.append(command)
        return Done(text="restored it; 1 later ones are set aside")

    monkeypatch.setattr(pilot.app, "steer", lambda command: asyncio.ensure_future(reply(command)))
    await pilot.press("down", "b")
    screen = await seen_anywhere(pilot, "Go back to step 1,000 (score 3.00)?")
    assert "1 later checkpoint" in screen
    shutil.rmtree(run / "generations" / "000001000")  # the cursor stands elsewhere by the time of the yes
    pilot.app.page.show(pilot.app.model)
    while len(pilot.app.page.query_one(ShelfTable).checkpoints) == 2:
        await pilot.pause(0.05)
    await pilot.press("y")
    await seen_anywhere(pilot, "to no bot, nor to one set aside")
    assert told == []
    await pilot.press("b")
    await seen_anywhere(pilot, "Go back to step 2,000")
    await pilot.press("y")
    await seen_anywhere(pilot, "restored it; 1 later ones are set aside")
    assert told == [Restore(step=2_000)]
    await pilot.press("down", "b")  # a bot
    await seen_anywhere(pilot, "to no bot, nor to one set aside")


async def test_capital_g_goes_back_to_the_best_wherever_the_cursor_stands(pilot: Pilot[str]) -> None:
    await pilot.press("G")
    await seen_anywhere(pilot, "the best one is filled")
    assert pilot.app.screen.query_one(Input).value == "1000"


async def test_a_directory_without_checkpoints_says_so(tmp_path: Path) -> None:
    async with shown(Checkpoints, Model(tmp_path)) as pilot:
        assert "rule bot" in await seen_anywhere(pilot, "No checkpoint yet")
        await pilot.press("v", "d", "x", "u", "space")
        await seen_anywhere(pilot, "Chosen: random")
