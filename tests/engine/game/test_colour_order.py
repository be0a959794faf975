"""Colours in order: what a network is shown hangs on no names, and everything is told back by them."""

from collections.abc import Iterator

import numpy as np
import pytest
from made_actor import made_actor

from engine import chance
from engine.game import observation
from engine.game.colour_order import by_own_names, move_by_own_name, move_in_order, put_in_order
from engine.game.games import PASS, Games
from engine.game.moves import COLOUR_NAMES, Kind, from_shared, table
from engine.game.observation import HIDDEN, legal_mask
from engine.game.variants import MAX_RANKS, Variant, preset
from engine.networks.largest import Largest
from engine.players.bots import find
from engine.players.player import Player

FULL, THREE = preset("full", 2), preset("full", 3)
RENAMED = np.array([3, 0, 4, 1, 2])
"""What each colour is called in the other games."""


def under_way(variant: Variant, turns: int) -> Games:
    games = Games.shuffled([variant] * 64, chance.stream(5))
    for _ in turned(games, turns):
        pass
    return games


def turned(games: Games, turns: int) -> Iterator[np.ndarray]:
    """The moves of some turns of players that live long."""
    agent, lots = find("cautious")(games), chance.stream(4)
    agent.begin(games, np.arange(len(games)))
    for _ in range(turns):
        moves = agent.act(games, lots)
        agent.watch(games, moves)
        games.step(moves)
        yield moves


def both(variant: Variant, turns: int) -> tuple[Games, Games]:
    """The same games twice, the second time with other names of colours."""
    games = Games.shuffled([variant] * 64, chance.stream(6))
    decks = games.table["deck"][:, :50]
    others = Games(games.variants, RENAMED[decks // MAX_RANKS] * MAX_RANKS + decks % MAX_RANKS)
    renamed = [
        number - move.value + RENAMED[move.value] if move.kind is Kind.COLOUR else number
        for number, move in enumerate(table(variant))
    ]
    for moves in turned(games, turns):
        others.step(np.array([*renamed, PASS])[moves])
    return games, others


def told_apart(rows: np.ndarray) -> np.ndarray:
    """bool[N]: no two colours are alike in stacks and discards."""
    records = observation.read(rows)
    looks = [
        {(int(row["stacks"][c]), *row["discards"][c].tolist()) for c in range(len(COLOUR_NAMES))}
        for row in records
    ]
    weights = [
        {int(row["stacks"][c]) * 64 + int(row["discards"][c] @ np.arange(1, 6)) for c in range(5)}
        for row in records
    ]
    return np.array([len(look) == len(weight) == 5 for look, weight in zip(looks, weights, strict=True)])


@pytest.mark.parametrize("variant", [FULL, THREE])
def test_games_that_differ_in_names_of_colours_look_the_same(variant: Variant) -> None:
    games, others = both(variant, 40)
    rows, renamed = observation.observe(games), observation.observe(others)
    apart = told_apart(rows) & ~games.over
    assert apart.sum() > 5
    assert (rows[apart] != renamed[apart]).any()
    put_in_order(rows)
    put_in_order(renamed)
    assert (rows[apart] == renamed[apart]).all()


def test_stacks_come_from_the_highest_to_the_lowest() -> None:
    rows = observation.observe(under_way(FULL, 30))
    before = observation.read(rows.copy())
    places = put_in_order(rows)
    after = observation.read(rows)
    assert (np.diff(after["stacks"].astype(int), axis=1) <= 0).all()
    assert (np.sort(places, axis=1) == np.arange(5)).all()
    each = np.arange(len(rows))[:, None]
    assert (after["stacks"][each, places] == before["stacks"]).all()
    assert (after["discards"][each, places] == before["discards"]).all()


def test_all_that_a_row_says_of_a_colour_goes_with_it() -> None:
    rows = observation.observe(under_way(FULL, 25))
    before = observation.read(rows.copy())
    legal = legal_mask(rows)
    places = put_in_order(rows)
    after = observation.read(rows)
    for n, place in enumerate(places):
        old, new = before[n], after[n]
        for was, now in zip(old["cards"].ravel(), new["cards"].ravel(), strict=True):
            card = 0 < was < HIDDEN
            assert now == (1 + 5 * place[(was - 1) // 5] + (was - 1) % 5 if card else was)
        for was, now in zip(old["colours_left"].ravel(), new["colours_left"].ravel(), strict=True):
            assert now == (was & 32) | sum((was >> c & 1) << int(place[c]) for c in range(5))
        for was, now in zip(old["last"], new["last"], strict=True):
            kind, what = was[1], int(was[3])
            if was[0] and kind == Kind.COLOUR:
                what = place[what]
            elif was[0] and kind < Kind.COLOUR:
                what = 1 + 5 * place[(what - 1) // 5] + (what - 1) % 5
            assert now.tolist() == [*was[:3], what, was[4]]
        moved = [int(move_in_order(move, place)) for move in range(50)]
        assert sorted(moved) == list(range(50))
        assert [int(move_by_own_name(move, place)) for move in moved] == list(range(50))
        assert (legal_mask(rows[n : n + 1])[0, moved] == legal[n]).all()
    for field in ("ranks_left", "hint_age", "info", "lives", "deck_left", "seat", "players", "version"):
        assert (before[field] == after[field]).all()


def test_values_are_told_back_by_own_names() -> None:
    places = put_in_order(observation.observe(under_way(THREE, 25)))
    ordered = np.random.default_rng(0).normal(size=(len(places), 50)).astype(np.float32)
    values = by_own_names(ordered, places)
    for n, place in enumerate(places):
        assert values[n].tolist() == [ordered[n, move_in_order(move, place)] for move in range(50)]


def test_colours_that_a_game_does_not_have_stay_last() -> None:
    rows = observation.observe(under_way(preset("small", 2), 12))
    before = legal_mask(rows)
    places = put_in_order(rows)
    assert (places[:, 2:] == np.arange(2, 5)).all()
    assert (before.sum(1) == legal_mask(rows).sum(1)).all()


def judge(rows: np.ndarray) -> np.ndarray:
    """Values that hang on what is seen, and so on its order, in an arbitrary way."""
    weights = np.random.default_rng(1).normal(size=(rows.shape[1], 50)).astype(np.float32)
    return np.where(legal_mask(rows), np.sin(rows @ weights), -1e9).astype(np.float32)


def test_a_player_makes_the_same_moves_whatever_colours_are_called() -> None:
    games, others = both(FULL, 40)
    apart = told_apart(observation.observe(games)) & ~games.over
    moves = Player(games, judge, Largest()).act(games, chance.stream(0))[apart]
    renamed = Player(others, judge, Largest()).act(others, chance.stream(0))[apart]
    hints = (moves >= 10) & (moves < 15)
    assert hints.any()
    assert (renamed[~hints] == moves[~hints]).all()
    assert (renamed[hints] == 10 + RENAMED[moves[hints] - 10]).all()


@pytest.mark.parametrize("bold", [0.0, 1.0])
def test_what_is_noted_to_learn_from_is_in_order_too(bold: float) -> None:
    actor = made_actor([FULL] * 32, chance.stream(2), exploration=bold, spread=0.0, moves=8)
    actor.chunk(judge)
    own = observation.own_cards(actor.games)
    plain = observation.observe(actor.games)
    samples = actor.chunk(judge).reshape(8, 32)[0]
    places = put_in_order(plain)
    assert (samples["row"] == plain).all()
    renamed = np.where(own > 0, 1 + places[np.arange(32)[:, None], (own - 1) // 5] * 5 + (own - 1) % 5, 0)
    assert (samples["own"] == renamed).all()
    assert legal_mask(samples["row"])[np.arange(32), samples["move"]].all()
    if not bold:
        assert (samples["move"] == judge(samples["row"]).argmax(1)).all()


def test_the_move_that_is_noted_is_the_one_that_is_made() -> None:
    actor = made_actor([FULL] * 64, chance.stream(3), exploration=1.0, spread=0.0, moves=2)
    for _ in range(5):  # so that a game dealt anew is told by its deck
        actor.chunk(judge)
    before, hints = observation.observe(actor.games), 0
    places = put_in_order(before.copy())
    sample = actor.chunk(judge).reshape(2, 64)[0]
    # what was made is seen in the row after it, as the last move but one of the player who moves next
    again = observation.read(observation.observe(actor.games))
    for n in range(64):
        if again["deck_left"][n] > 35:  # dealt anew
            continue
        made = table(FULL)[from_shared(FULL)[move_by_own_name(int(sample["move"][n]), places[n])]]
        assert again["last"][n, 1, 1] == made.kind
        if made.kind is Kind.COLOUR:
            assert again["last"][n, 1, 3] == made.value
            hints += 1
    assert hints > 5
