"""Other-play: what a seat is shown hangs on no name of a colour, and it keeps the names that it was given."""

import numpy as np
from made_actor import made_actor

from engine import Games, chance, preset
from engine.game import observation
from engine.game.colour_order import move_by_own_name, own_names, put_in_order
from engine.game.moves import Kind, from_shared, table
from engine.game.observation import legal_mask
from engine.game.other_play import draw_names

FULL = preset("full", 3)


def names_in(games: Games) -> np.ndarray:
    names = own_names(len(games))
    draw_names(games.table, names)
    return names


def test_a_seat_has_names_of_its_own_for_as_long_as_a_game_lasts() -> None:
    games, lots = Games.shuffled([FULL] * 200, chance.stream(1)), chance.stream(2)
    first = [names_in(games)]
    for _ in range(2):
        games.step(games.random_moves(lots))
        first.append(names_in(games))
    for seats in ((0, 1), (1, 2)):
        same = (first[seats[0]] == first[seats[1]]).all(axis=1).mean()
        assert same < 0.05  # one in 120 by chance
    games.step(games.random_moves(lots))
    assert (names_in(games)[~games.over] == first[0][~games.over]).all()
    games.redeal(np.arange(200), games.table["deck"][::-1].copy())
    assert (names_in(games) == first[0]).all(axis=1).mean() < 0.05


def test_all_names_are_as_likely() -> None:
    names = names_in(Games.shuffled([preset("full", 2)] * 5_000, chance.stream(3)))
    assert (np.sort(names, axis=1) == np.arange(5)).all()
    counts = np.array([[(names[:, colour] == name).sum() for name in range(5)] for colour in range(5)])
    assert abs(counts - 1_000).max() < 150  # five standard deviations


def test_colours_that_a_game_does_not_have_stay_last() -> None:
    names = names_in(Games.shuffled([preset("small", 2)] * 50, chance.stream(3)))
    assert (names[:, 2:] == [2, 3, 4]).all()
    assert {tuple(each) for each in names[:, :2].tolist()} == {(0, 1), (1, 0)}


def test_names_decide_between_colours_that_are_alike_and_only_there() -> None:
    games = Games.shuffled([FULL] * 50, chance.stream(4))
    rows = observation.observe(games)
    names = names_in(games)
    assert (put_in_order(rows.copy(), names=names) == names).all()  # at the deal all colours are alike
    apart = np.arange(50) % 2 == 0
    stacks = np.array([1, 4, 0, 2, 3], dtype=np.uint8)
    at = observation.ROW.fields["stacks"][1]
    rows[apart, at : at + 5] = stacks
    places = put_in_order(rows.copy(), names=names)
    assert (places[apart] == [3, 0, 4, 2, 1]).all()
    assert (places[~apart] == names[~apart]).all()


def judge(rows: np.ndarray) -> np.ndarray:
    """Values that hang on what is seen, and so on its order, in an arbitrary way."""
    weights = np.random.default_rng(1).normal(size=(rows.shape[1], 50)).astype(np.float32)
    return np.where(legal_mask(rows), np.sin(rows @ weights), -1e9).astype(np.float32)


def test_an_actor_sees_plays_and_notes_by_these_names() -> None:
    games = [preset("full", 2)] * 64
    actor = made_actor(games, chance.stream(3), exploration=1.0, spread=0.0, moves=2, other_play=True)
    for _ in range(5):  # so that a game dealt anew is told by its deck
        actor.chunk(judge)
    before, names = observation.observe(actor.games), names_in(actor.games)
    rows = before.copy()
    places = put_in_order(rows, names=names)
    assert (places != put_in_order(before.copy())).any()
    sample = actor.chunk(judge).reshape(2, 64)[0]
    assert (sample["row"] == rows).all()
    again, hints = observation.read(observation.observe(actor.games)), 0
    for n in range(64):
        if again["deck_left"][n] > 35:  # dealt anew
            continue
        made = table(games[n])[from_shared(games[n])[move_by_own_name(int(sample["move"][n]), places[n])]]
        assert again["last"][n, 1, 1] == made.kind
        if made.kind is Kind.COLOUR:
            assert again["last"][n, 1, 3] == made.value
            hints += 1
    assert hints > 5


def test_an_actor_that_was_kept_goes_on_with_the_same_names() -> None:
    actor = made_actor([FULL] * 16, chance.stream(3), exploration=0.3, moves=4, other_play=True)
    actor.chunk(judge)
    kept = actor.keep()
    expected = actor.chunk(judge).copy()
    other = made_actor([FULL] * 16, chance.stream(9), exploration=0.3, moves=4, other_play=True)
    other.restore(kept)
    assert other.chunk(judge).tobytes() == expected.tobytes()


def test_values_that_an_actor_kept_are_not_taken_for_those_of_other_names() -> None:
    games = [preset("full", 2)] * 64
    for before, after in ((False, True), (True, False)):
        actor = made_actor(games, chance.stream(3), exploration=0.0, moves=2, other_play=before)
        actor.chunk(judge)
        other = made_actor(games, chance.stream(9), exploration=0.0, moves=2, other_play=after)
        other.restore(actor.keep())
        samples = other.chunk(judge)
        assert (samples["move"] == judge(np.ascontiguousarray(samples["row"])).argmax(1)).all()
