"""The view of conventions: its keys, against a real checkpoint and real commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console import seen_anywhere, shown, until
from made_checkpoint import save
from made_run import made_conventions
from textual.widgets import Select

import engine
from engine.settings.config import Config, GameRangesSection
from engine.settings.config_file import to_toml
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.measuring import child
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


def settings(**games: object) -> str:
    return to_toml(Config(game_ranges=GameRangesSection(**games)))


async def test_another_network_of_the_same_name_and_another_game_are_counted_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    async def run(words: list[str], told: object) -> str:
        asked.append(words)
        return made_conventions(Path(words[1]).name)

    monkeypatch.setattr(child, "run", run)
    save(tmp_path, 1_000, seed=1)
    (tmp_path / "config.toml").write_text(settings(variant="very-small", players=(2,)))
    async with shown(Conventions, Model(tmp_path)) as pilot:
        page = pilot.app.page
        await until(pilot, lambda: len(asked) == 1)
        page.query_one("#who", Select).value = "hat"
        await until(pilot, lambda: len(asked) == 2)
        newest = page._shelf.checkpoints[0]
        page.query_one("#who", Select).value = newest.name
        await seen_anywhere(pilot, "@1000: % of next moves")
        assert len(asked) == 2  # what was counted once is remembered
        save(tmp_path / "fresh", 1_000, seed=2)
        (tmp_path / "generations").rename(tmp_path / "before")
        (tmp_path / "fresh" / "generations").rename(tmp_path / "generations")
        await until(pilot, lambda: len(asked) == 3)
        (tmp_path / "config.toml").write_text(settings(variant="small", players=(3,)))
        await until(pilot, lambda: len(asked) == 4)
        assert asked[2][1] == asked[3][1] == newest.name
        assert asked[2][-1] == "very-small"
        assert asked[3][2:4] == ["--players", "3"] and asked[3][-1] == "small"


async def test_what_is_read_stays_when_its_checkpoint_is_tidied_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(words: list[str], told: object) -> str:
        return made_conventions(Path(words[1]).name)

    monkeypatch.setattr(child, "run", run)
    first = save(tmp_path, 1_000, seed=1)
    async with shown(Conventions, Model(tmp_path)) as pilot:
        page = pilot.app.page
        await seen_anywhere(pilot, "@1000: % of next moves")
        save(tmp_path, 2_000, seed=2)
        shutil.rmtree(first.path)
        await seen_anywhere(pilot, "The newest checkpoint is that of step 2,000")
        assert [each.label for each in page._shelf.checkpoints] == ["2,000"]
        await seen_anywhere(pilot, "@1000: % of next moves")


async def test_as_many_play_as_in_the_run_that_begins_until_a_person_chooses(tmp_path: Path) -> None:
    async with shown(Conventions, Model(tmp_path)) as pilot:
        page = pilot.app.page
        await seen_anywhere(pilot, "No checkpoint yet")
        (tmp_path / "config.toml").write_text(settings(players=(5,)))
        await until(pilot, lambda: page.seats == 5)
        page.query_one("#seats", Select).value = 4
        await pilot.pause()
        (tmp_path / "config.toml").write_text(settings(variant="small", players=(3,)))
        await until(pilot, lambda: page._shelf.variant == "small")
        assert page.seats == 4


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
