"""Players that keep notes refuse games, and numbers, that their notes do not fit."""

from typing import Any

import numpy as np
import pytest

from engine import Games, chance, preset
from engine.errors import AgentError, IllegalMoveError, ShapeError
from engine.game.games import PASS
from engine.players.bots.convention import ConventionBot
from engine.players.bots.hat.bot import InformationBot

FULL = preset("full", 3)
BOTS = (ConventionBot, InformationBot)


def dealt(count: int) -> Games:
    return Games.shuffled([FULL] * count, chance.stream(count))


def notes(bot: Any) -> bytes:
    kept = bot.notes if isinstance(bot, ConventionBot) else bot.views
    return bytes(kept["possible"].tobytes())


@pytest.mark.parametrize("make", BOTS)
@pytest.mark.parametrize("other", [3, 20_000])
def test_another_number_of_games_is_refused_naming_both_numbers(make: Any, other: int) -> None:
    bot, others, stream = make(dealt(4)), dealt(other), chance.stream(0)
    for call in (
        lambda: bot.begin(others, np.arange(2)),
        lambda: bot.act(others, stream),
        lambda: bot.watch(others, np.full(other, PASS)),
    ):
        with pytest.raises(
            AgentError, match=f"'{bot.name}' .* the 4 games it was made for, {other} games given"
        ):
            call()


@pytest.mark.parametrize("make", BOTS)
@pytest.mark.parametrize("count", [0, 3, 5])
def test_moves_for_another_number_of_games_are_refused(make: Any, count: int) -> None:
    games = dealt(4)
    with pytest.raises(ShapeError, match=rf"moves: whole numbers \[4\] expected, int64\[{count}\] given"):
        make(games).watch(games, np.full(count, PASS))


@pytest.mark.parametrize("make", BOTS)
@pytest.mark.parametrize(
    "bad", [np.full(4, -1.0), np.zeros(4, dtype=bool), np.full((4, 1), PASS), np.int64(0)]
)
def test_what_is_no_list_of_whole_numbers_is_refused(make: Any, bad: Any) -> None:
    games = dealt(4)
    bot = make(games)
    with pytest.raises(ShapeError, match="moves: "):
        bot.watch(games, bad)
    with pytest.raises(ShapeError, match="games: "):
        bot.begin(games, bad)


@pytest.mark.parametrize("make", BOTS)
@pytest.mark.parametrize("move", [0, 60, 63, 64, 1000, 1 << 40])
def test_moves_that_cannot_be_made_are_refused_and_leave_the_notes_alone(make: Any, move: int) -> None:
    games = dealt(4)  # all tokens there: no discard is legal, and nothing beyond the last hint is
    bot = make(games)
    before = notes(bot)
    hint = int(games.legal[0]).bit_length() - 1
    with pytest.raises(IllegalMoveError, match=rf"game 2 .*move {move} "):
        bot.watch(games, np.array([hint, PASS, move, PASS]))
    assert notes(bot) == before


@pytest.mark.parametrize("make", BOTS)
@pytest.mark.parametrize("wrong", [-1, 4, 1 << 40])
def test_games_out_of_range_are_not_begun(make: Any, wrong: int) -> None:
    games = dealt(4)
    bot = make(games)
    with pytest.raises(IndexError, match=f"there is no game {wrong}; there are 0 to 3"):
        bot.begin(games, np.array([1, wrong]))


@pytest.mark.parametrize("make", BOTS)
def test_any_width_of_whole_numbers_will_do_and_none_at_all_begins_nothing(make: Any) -> None:
    games = dealt(4)
    bot, other = make(games), make(games)
    moves = bot.act(games, chance.stream(0))
    bot.watch(games, moves)
    other.watch(games, np.repeat(moves.astype(np.int32), 2)[::2])
    assert notes(bot) == notes(other)
    bot.begin(games, [])
    assert notes(bot) == notes(other)


@pytest.mark.parametrize("make", BOTS)
def test_it_is_ready_once_it_is_made(make: Any) -> None:
    games = dealt(4)
    made, begun = make(games), make(games)
    begun.begin(games, np.arange(4))
    assert notes(made) == notes(begun)
    assert (made.act(games, chance.stream(0)) != PASS).all()
