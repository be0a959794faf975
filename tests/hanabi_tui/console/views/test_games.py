"""The view of recorded games, with a real table behind it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import made_checkpoint
import pytest
from at_table import press, settled
from console import seen, shown, text_of
from textual.pilot import Pilot
from textual.widgets import Input

from engine import preset
from engine.players.bots import find
from engine.players.evaluation import evaluate
from engine.players.highlights import Chooser
from engine.store import album
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.views.games import Games
from hanabi_tui.console.widgets.table import Table

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("one_table")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's directory with a checkpoint and the games of one evaluation, whose seed decides them."""
    path = tmp_path_factory.mktemp("run")
    made_checkpoint.save(path, step=7)
    chooser = Chooser(1)
    evaluate([find("random")], preset("full"), 30, 1, seen=chooser)
    album.keep(path / "games", 12_400, chooser.highlights())
    return path


async def answer(pilot: Pilot[str], key: str, words: str) -> str:
    """Press a key that asks for something, and answer."""
    await pilot.press(key)
    field = pilot.app.focused
    assert isinstance(field, Input)
    field.value = words
    return await press(pilot, "enter")


@contextlib.asynccontextmanager
async def games(directory: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[str]]:
    async with shown(Games, Model(directory), size) as pilot:
        await settled(pilot)
        yield pilot


async def test_without_games_it_says_where_they_will_come_from(tmp_path: Path) -> None:
    async with games(tmp_path) as pilot:
        assert "No games yet" in text_of(pilot)
        assert "o opens any game" in text_of(pilot)
        await press(pilot, "m", "j", "space", "s", "w", "y", "escape", "right")  # nothing to do them with


async def test_games_are_listed_and_new_ones_appear(run: Path, tmp_path: Path) -> None:
    async with games(tmp_path) as pilot:
        for path in (run / "games").iterdir():
            (tmp_path / "games").mkdir(exist_ok=True)
            (tmp_path / "games" / path.name).write_bytes(path.read_bytes())
        await seen(pilot, "12,400  best")  # without a live run, too
        text = await settled(pilot)
        assert "12,400  struck-out      0" in text


async def test_a_game_is_watched_live_as_soon_as_an_evaluation_has_played_it(
    run: Path, tmp_path: Path
) -> None:
    async with games(tmp_path) as pilot:
        await press(pilot, "f")
        assert pilot.app.page._playing is None
        (tmp_path / "games").mkdir()
        for path in (run / "games").iterdir():
            (tmp_path / "games" / path.name).write_bytes(path.read_bytes())
        pilot.app.page._looked = 0.0
        pilot.app.page.show(pilot.app.model)
        assert "move " in await settled(pilot)
        assert pilot.app.page._playing is not None
        await press(pilot, "f", "left", "escape")  # whoever leafs by hand stops it
        pilot.app.page._looked = 0.0
        pilot.app.page.show(pilot.app.model)
        await settled(pilot)
        assert pilot.app.page._playing is None


async def test_a_game_is_looked_at_with_the_newest_checkpoints_values(run: Path) -> None:
    async with games(run) as pilot:
        text = await press(pilot, "enter")
        assert "move 0 of" in text
        assert "@7: ▸ is number" in text
        assert "best" in text
        text = await press(pilot, "right", "right")
        assert "move 2 of" in text
        text = await press(pilot, "left")
        assert "move 1 of" in text
        assert "points" in await press(pilot, "end")
        assert "move 0 of" in await press(pilot, "home")
        text = await press(pilot, "m")
        assert "the move that cost most:" in text
        assert "▸" in text
        text = await press(pilot, "home", "j")
        assert "move 7 of" in text
        assert "Alice discards B4 from slot 5: the last one!" in text
        text = await press(pilot, "j")
        assert "Bob plays Y2 from slot 2: misplay, a life lost" in text
        text = await press(pilot, "home", "h")
        assert "Alice hints green to Bob: slot 1" in text
        assert "12,400  best" in await press(pilot, "escape")


async def test_cards_are_hidden_from_their_holder_and_beliefs_take_the_place_of_moves(run: Path) -> None:
    async with games(run) as pilot:
        text = await press(pilot, "enter", "s")
        assert "Alice's view" in text
        assert text.count("??") == 5
        text = await press(pilot, "v")
        assert "believes" in text
        assert "in truth" not in text  # Alice, who looks, does not know
        text = await press(pilot, "s")
        assert "in truth" in text


async def test_a_wide_terminal_shows_list_board_moves_and_beliefs_together(run: Path) -> None:
    async with games(run, (200, 60)) as pilot:
        text = await press(pilot, "enter")
        for words in ("12,400  worst", "to move", "▸", "believes", "in truth"):
            assert words in text


async def test_a_file_that_is_none_is_said_in_words_and_the_game_stays(run: Path) -> None:
    async with games(run) as pilot:
        before = await press(pilot, "enter")
        await answer(pilot, "o", "/nowhere/x")
        assert any("no such file: /nowhere/x" in each.message for each in pilot.app._notifications)
        await answer(pilot, "o", "~nobody-of-that-name/x")
        assert any("~nobody-of-that-name/x" in each.message for each in pilot.app._notifications)
        assert (await settled(pilot)).split("\n")[1] == before.split("\n")[1]


async def test_an_agent_that_is_none_leaves_what_the_cards_say(run: Path) -> None:
    async with games(run) as pilot:
        await press(pilot, "enter")
        await answer(pilot, "a", "nobody")
        assert any("No values" in each.message for each in pilot.app._notifications)
        table = pilot.app.page.query_one(Table)
        assert table.appraisal is not None
        assert table.appraisal.beliefs
        assert not table.appraisal.values


async def test_a_table_that_died_is_said_and_started_anew(run: Path) -> None:
    async with games(run) as pilot:
        await press(pilot, "enter")
        process = pilot.app.page.table_process
        before = process.pid
        assert process._process is not None
        process._process.kill()
        await process._process.wait()
        text = await press(pilot, "escape", "down", "enter")
        assert "move 0 of" in text
        assert process.pid not in (0, before)


async def test_a_game_is_saved_and_opened_again(run: Path, tmp_path: Path) -> None:
    async with games(run) as pilot:
        await press(pilot, "enter")
        await answer(pilot, "w", str(tmp_path / "kept.json"))
        assert (tmp_path / "kept.json").exists()
        assert "kept.json" in await answer(pilot, "o", str(tmp_path / "kept.json"))


async def test_a_file_that_is_there_is_replaced_only_after_a_yes(run: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("mine")
    async with games(run) as pilot:
        await press(pilot, "enter")
        assert "Replace it?" in await answer(pilot, "w", str(kept))
        await press(pilot, "escape")
        assert kept.read_text() == "mine"
        await answer(pilot, "w", str(kept))
        await press(pilot, "y")
        assert kept.read_text() != "mine"


async def test_there_is_room_to_name_an_agent_in_eighty_columns(run: Path) -> None:
    async with games(run) as pilot:
        await press(pilot, "enter", "a")
        assert "Whose values?" in text_of(pilot)
        assert "DIR@best, DIR@STEP; empty: this run's newest" in text_of(pilot)
        await press(pilot, *"abc")
        assert "Whose values? abc" in text_of(pilot)
