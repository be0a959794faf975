"""A person at the table, with a real one behind the view."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import made_checkpoint
import pytest
from at_table import press, settled
from console import shown, text_of
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select

from engine.players.bots import BOTS
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.own.keymap import read_keymap
from hanabi_tui.console.tables.table_process import TableProcess
from hanabi_tui.console.views import seating
from hanabi_tui.console.views.play import Play
from hanabi_tui.console.widgets.board import Board
from hanabi_tui.console.widgets.prompt import Prompt

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("one_table")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run")
    made_checkpoint.save(path, step=7)
    return path


@contextlib.asynccontextmanager
async def dealt(
    directory: Path,
    *seats: str,
    practice: bool = False,
    variant: str = "full",
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Pilot[str]]:
    """A game of seed 5."""
    async with shown(Play, Model(directory), size) as pilot:
        await settled(pilot)
        page = pilot.app.page
        page.query_one("#players", Select).value = len(seats)
        for seat, name in enumerate(seats):
            page.query_one(f"#seat-{seat}", Select).value = name
        page.query_one("#seed", Input).value = "5"
        page.query_one("#variant", Select).value = variant
        page.query_one("#practice", Select).value = seating.PRACTICE if practice else ""
        page.query_one("#deal", Button).press()
        await settled(pilot)
        yield pilot


async def hint_until_none_is_left(pilot: Pilot[str]) -> None:
    """All players are people here."""
    while (turn := pilot.app.page.table.laid.game.turns[-1]).position.info:
        hint = next(each for each in turn.choices if each.value)
        seat = [str(hint.target + 1)] if len(turn.position.hands) > 2 else []
        await press(pilot, "h", *seat, hint.value[0].lower())


async def test_every_bot_can_be_seated(run: Path) -> None:
    async with shown(Play, Model(run)) as pilot:
        await settled(pilot)
        seat = pilot.app.page.query_one("#seat-1", Select)
        for bot in BOTS:
            seat.value = bot  # raises for what is not offered


async def test_the_form_offers_checkpoints_bots_and_whoever_is_named(run: Path) -> None:
    async with shown(Play, Model(run)) as pilot:
        text = await settled(pilot)
        assert "newest checkpoint, step 7" in text
        other = pilot.app.page.query_one("#other", Input)
        other.focus()
        other.value = "elsewhere@best"
        await press(pilot, "enter")
        assert pilot.app.page.query_one("#seat-1", Select).value == "elsewhere@best"


async def test_the_form_begins_with_the_game_that_the_run_plays(run: Path) -> None:
    model = Model(run, settings={"game_ranges": {"variant": "small", "players": [3, 4]}})
    async with shown(Play, model) as pilot:
        await settled(pilot)
        page = pilot.app.page
        assert page.query_one("#variant", Select).value == "small"
        assert page.query_one("#players", Select).value == 3
        page.query_one("#variant", Select).value = "full"
        page.show(model)
        await settled(pilot)
        assert page.query_one("#variant", Select).value == "full"  # what a person chose stays


async def test_a_generation_that_was_never_completed_is_offered_to_nobody(run: Path) -> None:
    half = run / "generations" / "000000009"  # `latest` still names 7
    half.mkdir()
    async with shown(Play, Model(run)) as pilot:
        text = await settled(pilot)
        half.rmdir()
        assert "newest checkpoint, step 7" in text


async def test_a_game_without_a_name_that_the_run_plays_can_be_played(run: Path) -> None:
    model = Model(run, settings={"game_ranges": {"variant": "full", "players": [2], "colors": [2, 3]}})
    async with shown(Play, model) as pilot:
        await settled(pilot)
        page = pilot.app.page
        assert page.query_one("#variant", Select).value == "c3r5i8l3"
        page.query_one("#seat-1", Select).value = "cautious"
        page.query_one("#deal", Button).press()
        assert "c3r5h5i8l3" in await settled(pilot)


async def test_moves_are_made_with_keys_and_ones_own_cards_are_hidden(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        text = text_of(pilot)
        assert text.count("??") == 5
        assert "p play · d discard · h hint" in text
        assert "all 8 hint tokens are there" in await press(pilot, "d", "4")  # no other view for that
        assert "play which slot? 1 to 5" in await press(pilot, "p")
        assert "9 is no answer here" in await press(pilot, "9")
        assert "p play ·" in await press(pilot, "escape")
        text = await press(pilot, "p", "2")
        assert "You play" in text
        assert "  2 " in text  # cautious has moved, too
        text = await press(pilot, "left")
        assert "End goes back to the game" in text
        assert "this is an earlier move" in await press(pilot, "p")


async def test_a_click_on_a_card_begins_a_move(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        await pilot.click(Board, offset=(16, 7))
        assert "slot 1: p plays it, d discards it" in await settled(pilot)
        assert "You play" in await press(pilot, "p")
        await pilot.click(Board, offset=(16, 10))
        assert "hint cautious what?" in await settled(pilot)


async def test_a_move_is_chosen_from_the_list(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        assert "move 2 of 2" in await press(pilot, "v", "tab", "down", "enter")


async def test_moves_are_taken_back_in_practice_games_only(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        assert "in practice games only" in await press(pilot, "p", "1", "u")
        assert "look from their seats in practice" in await press(pilot, "s")
    async with dealt(tmp_path, "you", "cautious", practice=True) as pilot:
        text = await press(pilot, "p", "1", "u")
        assert "Last move  none yet" in text
        text = await press(pilot, "s", "s")
        assert "??" not in text


async def test_the_agents_view_is_shown_on_request(run: Path) -> None:
    async with dealt(run, "you", str(run)) as pilot:
        assert "best" not in text_of(pilot)
        text = await press(pilot, "i")
        assert "best" in text
        text = await press(pilot, "v")
        assert "believes" in text
        assert "in truth" not in text
        assert "best" in await press(pilot, "v", "h", "1")  # two cards of the other are 1s
        assert pilot.app.page.table.laid.last == 2  # a hint was given, and answered
        assert "believes" not in await press(pilot, "i")


async def test_a_move_is_made_whatever_is_asked_of_an_agent_meanwhile(
    run: Path, one_table: TableProcess
) -> None:
    async with dealt(run, "you", "cautious") as pilot:
        async with one_table._turn:  # the table is busy
            await pilot.press("p", "2", "i")
        await settled(pilot)
        laid = pilot.app.page.table.laid
        assert laid is not None and laid.last == 2
        assert not pilot.app.page._busy


async def test_at_the_end_all_is_shown_and_another_game_can_be_dealt(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "cautious", "cautious", "cautious", "cautious") as pilot:
        for _ in range(40):
            text = await press(pilot, "p", "1")
            if "another game" in text:
                break
        assert "points" in text
        assert "??" not in text
        assert "the game is over" in await press(pilot, "p")
        assert "Seed of the deck" in await press(pilot, "g")


async def test_a_hint_that_is_refused_takes_its_other_keys_with_it(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "you", variant="small") as pilot:
        await hint_until_none_is_left(pilot)
        page = pilot.app.page
        assert "no hint token is left" in await press(pilot, "h")
        for key in "gwy1":  # a new game, a file, a link, and another view
            await press(pilot, key, "h")
        assert page.has_class("table") and page.display and not page.query_one(Prompt).asking
        assert "play which slot?" in await press(pilot, "p")  # the other deeds are to be had at once
        await press(pilot, "escape")
        page.query_one(Board).post_message(Board.Picked(1 - page.table.present.position.to_move, 0))
        assert "no hint token is left" in await settled(pilot)
        await press(pilot, "g")
        assert pilot.app.screen is page.screen
        assert "Leave this game?" in await press(pilot, "g")


async def test_with_several_others_a_refused_hint_takes_two_keys_with_it(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "you", "you", variant="small") as pilot:
        await hint_until_none_is_left(pilot)
        await press(pilot, "h", "3", "g")
        assert pilot.app.screen is pilot.app.page.screen
        assert "Leave this game?" in await press(pilot, "g")


async def test_an_answer_that_arrives_amid_a_hint_lets_no_key_of_it_do_something_else(
    tmp_path: Path, one_table: TableProcess
) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        async with one_table._turn:  # the table is busy
            await pilot.press("p", "2", "h")
        await settled(pilot)
        await press(pilot, "g")
        assert pilot.app.screen is pilot.app.page.screen
        assert pilot.app.page.table.laid.last == 2


async def test_a_game_that_is_not_over_is_left_after_a_yes_and_escape_comes_back_to_it(
    tmp_path: Path,
) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        await press(pilot, "p", "2")
        assert "Leave this game?" in await press(pilot, "g")
        assert "Last move" in await press(pilot, "escape")
        assert "Seed of the deck" in await press(pilot, "g", "y")
        assert "move 2 of 2" in await press(pilot, "escape", "v")
        assert "play which slot?" in await press(pilot, "p")


async def test_a_deal_that_is_refused_changes_nothing_of_the_game_before(
    tmp_path: Path, one_table: TableProcess
) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        await press(pilot, "p", "2", "g", "y")
        page = pilot.app.page
        page.query_one("#practice", Select).value = seating.PRACTICE
        page.query_one("#seed", Input).value = "many"
        async with one_table._turn:  # the table is busy
            page.query_one("#deal", Button).press()
            await pilot.pause()
            await pilot.press("escape")
            await pilot.pause()
            assert not page.has_class("table")  # a move made now would be made in the game that is dealt
        await settled(pilot)
        assert "moves can be taken back in practice games only" in await press(pilot, "escape", "u")


async def test_seats_that_cannot_be_taken_are_said_in_words(tmp_path: Path) -> None:
    async with shown(Play, Model(tmp_path)) as pilot:
        await settled(pilot)
        pilot.app.page.query_one("#seed", Input).value = "many"
        pilot.app.page.query_one("#deal", Button).press()
        assert "Seed of the deck" in await settled(pilot)
        assert any("whole numbers from 0" in each.message for each in pilot.app._notifications)


async def test_a_game_that_is_dealt_while_something_else_is_looked_at_takes_no_keys(run: Path) -> None:
    async with shown(Play, Model(run)) as pilot:
        await settled(pilot)
        page = pilot.app.page
        page.query_one("#seat-1", Select).value = "cautious"
        page.query_one("#deal", Button).press()
        page.display = False  # another view is opened
        await settled(pilot)
        assert page.has_class("table")
        assert not isinstance(pilot.app.focused, Board)


async def test_a_question_left_open_keeps_no_key_of_a_move_and_escape_takes_it_back(tmp_path: Path) -> None:
    async with dealt(tmp_path, "you", "cautious") as pilot:
        await press(pilot, "a")
        page = pilot.app.page
        page.query_one(Board).focus()
        assert "play which slot?" in await press(pilot, "p")
        assert "You play" in await press(pilot, "2")
        assert page.query_one(Prompt).asking
        await press(pilot, "escape")
        assert not page.query_one(Prompt).asking


async def test_the_keys_that_a_user_chose_are_named_and_play_a_card(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").write_text('[play]\nplay_card = "l"\n')
    async with dealt(tmp_path, "you", "cautious") as pilot:
        pilot.app.setup = replace(pilot.app.setup, keymap=read_keymap(tmp_path / "keymap.toml"))
        pilot.app._learn_actions(pilot.app.setup.pages[0])
        assert "l play · d discard" in await press(pilot, "escape")
        await pilot.click(Board, offset=(16, 7))
        assert "slot 1: l plays it, d discards it" in await settled(pilot)
        assert "p is no answer here" in await press(pilot, "p")
        assert "You play" in await press(pilot, "l")


async def test_a_game_comes_back_with_the_keys(tmp_path: Path) -> None:
    """Not with the form in front of which it was dealt, and which nobody sees."""
    async with dealt(tmp_path, "you", "cautious") as pilot:
        console, page = pilot.app, pilot.app.page
        console.page, page.display = None, False
        console.set_focus(None)
        await console.action_open("Play")
        assert isinstance(console.focused, Board)
