"""Features of rows, against a slow reckoning from the row's fields."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Games, Variant, chance, observation, preset
from engine.features import Layout, expand
from engine.variants import copies
from engine.worth import Worth, worth

VARIANTS = [
    preset("full", 2),
    preset("full", 5),
    preset("small", 3),
    Variant(4, 3, 4, 3),
    Variant(2, 5, 1, 5),
]


def games_at(seed: int, turns: int) -> Games:
    stream = chance.stream(seed)
    games = Games.shuffled(VARIANTS * 3, stream)
    for _ in range(turns):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
    return games


def groups_of(games: Games, g: int) -> list[np.ndarray]:
    layout = Layout(5)
    x = expand(observation.observe(games), layout)[g]
    return np.split(x, layout.starts[1:-1])


def belief(games: Games, g: int, seat: int, place: int, seen: list[int]) -> np.ndarray:
    """The chance of each kind: copies not seen anywhere, if hints leave the kind possible."""
    game, variant = games.table[g], games.variants[g]
    chances = np.zeros(25)
    for colour in range(variant.colours):
        for rank in range(variant.ranks):
            kind = 5 * colour + rank
            left = copies(rank, variant.ranks) - int(game["discards"][kind]) - (game["stacks"][colour] > rank)
            possible = game["colours_left"][place] >> colour & game["ranks_left"][place] >> rank & 1
            chances[kind] = max(left - seen.count(kind), 0) * possible
    return chances / chances.sum()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 25))
def test_beliefs_count_the_cards_that_can_still_be_there(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    for g, variant in enumerate(games.variants):
        game, me = games.table[g], int(games.to_move[g])
        own, others = groups_of(games, g)[:2]
        hands = {
            seat: [
                int(game["hands"][seat * variant.hand_size + slot]) for slot in range(int(game["held"][seat]))
            ]
            for seat in range(variant.players)
        }
        seen = [int(game["deck"][place]) for seat in hands if seat != me for place in hands[seat]]
        for slot, place in enumerate(hands[me]):
            card = own.reshape(5, -1)[slot]
            chances = belief(games, g, me, place, seen)
            assert card[:25] == pytest.approx(chances, abs=1e-6)
            for fact, meaning in enumerate((Worth.PLAYS, Worth.DEAD, Worth.LAST)):
                kinds = [k for k in np.flatnonzero(chances) if worth(game, int(k)) is meaning]
                assert card[35 + fact] == pytest.approx(chances[kinds].sum(), abs=1e-5)
        for seat in hands:
            offset = (seat - me) % variant.players
            for slot, place in enumerate(hands[seat] if offset else []):
                card = others.reshape(4, 5, -1)[offset - 1, slot]
                assert np.flatnonzero(card[:25]).tolist() == [game["deck"][place]]
                assert card[25:50] == pytest.approx(belief(games, g, seat, place, []), abs=1e-6)
                meaning = worth(game, int(game["deck"][place]))
                marks = [meaning is m for m in (Worth.PLAYS, Worth.DEAD, Worth.LAST)]
                assert card[60:63].astype(bool).tolist() == marks


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 25))
def test_the_table_is_told_as_it_lies(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    for g, variant in enumerate(games.variants):
        game = games.table[g]
        stacks, discards, info, lives, deck, last_turns, numbers, moves = groups_of(games, g)[2:]
        heights = stacks.reshape(5, 6)[: variant.colours]
        assert heights.argmax(axis=1).tolist() == game["stacks"][: variant.colours].tolist()
        assert stacks.sum() == variant.colours
        assert discards.reshape(25, 3).sum(axis=1).tolist() == game["discards"].tolist()
        assert np.flatnonzero(info).tolist() == [min(game["info"], 15)]
        assert np.flatnonzero(lives).tolist() == [min(game["lives"], 7)]
        left = variant.deck_size - int(game["drawn"])
        assert np.flatnonzero(deck[:51]).tolist() == [left]
        assert deck[51] == pytest.approx(left / 50)
        assert np.flatnonzero(last_turns).tolist() == ([] if left else [game["turns_left"]])
        expected = [
            variant.players - 1,
            5 + variant.colours - 1,
            10 + variant.ranks - 1,
            15 + variant.hand_size - 1,
        ]
        assert np.flatnonzero(numbers).tolist() == expected
        remembered = min(int(game["turn"]), 4)
        actors = moves.reshape(4, -1)[:, :5].sum(axis=1)
        assert actors.tolist() == [1] * remembered + [0] * (4 - remembered)


def test_no_two_different_rows_look_the_same() -> None:
    games = games_at(3, 6)
    rows = observation.observe(games)
    features = expand(rows, Layout(5))
    for g in range(len(rows)):
        same = (features == features[g]).all(axis=1)
        assert (rows[same, :-1] == rows[g, :-1]).all()


def test_features_lie_between_0_and_1_whatever_the_layout() -> None:
    stream = chance.stream(8)
    games = Games.shuffled([preset("full", 2)] * 50, stream)
    for _ in range(60):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
        rows = observation.observe(games)
        for players in (2, 5):
            x = expand(rows, Layout(players))
            assert x.shape == (50, Layout(players).width)
            assert x.min() >= 0
            assert x.max() <= 1 + 1e-5
    assert np.count_nonzero(expand(rows, Layout(2))) == np.count_nonzero(expand(rows, Layout(5)))
