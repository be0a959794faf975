"""The view of conventions: its keys, against a real checkpoint and real commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from console import seen_anywhere, shown
from made_checkpoint import save
from textual.widgets import Select

import engine
from engine.settings.config import Config, GameRangesSection
from engine.settings.config_file import to_toml
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.views.conventions import Conventions


@pytest.fixture
def run(tmp_path: Path) -> Path:
    save(tmp_path, 1_000, seed=1)
    settings = Config(game_ranges=GameRangesSection(variant="very-small", players=(2,)))
    (tmp_path / "config.toml").write_text(to_toml(settings))
    return tmp_path


async def test_the_newest_checkpoint_is_counted_at_first_sight_and_read_out(run: Path) -> None:
    async with shown(Conventions, Model(run)) as pilot:
        screen = await seen_anywhere(pilot, "% of next moves (column) after a move (row)")
        assert "1,000 newest" in screen
        screen = await seen_anywhere(pilot, "After a discard of the oldest card the next player ")
        assert "any move" in screen
        await pilot.press("ctrl+end")
        await seen_anywhere(pilot, "Whatever came before, a player hints at ")


async def test_two_are_compared_and_exchanged_without_counting_again(run: Path) -> None:
    async with shown(Conventions, Model(run), (120, 40)) as pilot:
        page = pilot.app.page
        page.query_one("#who", Select).value = "cautious"
        page.query_one("#other", Select).value = "random"
        await seen_anywhere(pilot, "cautious minus random: difference in points of %")
        await pilot.press("x")
        screen = await seen_anywhere(pilot, "random minus cautious: difference in points of %")
        assert "; cautious does in " in screen


async def test_escape_ends_the_counting(tmp_path: Path) -> None:
    async with shown(Conventions, Model(tmp_path)) as pilot:
        page = pilot.app.page
        page.query_one("#games", Select).value = 20_000
        page.query_one("#who", Select).value = "hat"
        await seen_anywhere(pilot, "escape ends it")
        await pilot.press("escape")
        await seen_anywhere(pilot, "Ended before it was done.")


async def test_without_a_checkpoint_a_bot_can_be_chosen(tmp_path: Path) -> None:
    async with shown(Conventions, Model(tmp_path)) as pilot:
        await seen_anywhere(pilot, "No checkpoint yet")
        await pilot.press("x", "n", "g")
        await seen_anywhere(pilot, "Choose above whose conventions to count.")


def test_the_views_load_neither_torch_nor_numba_nor_numpy() -> None:
    code = (
        "import sys, hanabi_tui.console.views.checkpoints, hanabi_tui.console.views.conventions;"
        "print(sorted({'torch', 'numba', 'numpy', 'rpyc', 'asyncssh'} & set(sys.modules)))"
    )
    sources = {"PYTHONPATH": str(Path(engine.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | sources
    )
    assert done.stdout.strip() == "[]"
