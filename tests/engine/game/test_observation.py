"""The compact row, against its slow twin, and what cannot be a row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_game import SlowGame

from engine import Games, Variant, chance, preset
from engine.errors import RowError, ShapeError
from engine.game import canonical, observation
from engine.game.moves import from_shared, table

VARIANTS = [
    *(preset("full", players) for players in (2, 3, 4, 5)),
    preset("small", 4),
    preset("very-small"),
    Variant(5, 3, 2, 2, 3, 9),
    Variant(2, 5, 4, 5, 20, 12),
    Variant(3, 1, 5, 1, 1, 1),
    Variant(4, 4, 3, 5, 2, 30),
]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(VARIANTS), min_size=1, max_size=4), st.integers(0, 2**32))
def test_every_seat_sees_what_the_slow_twin_says(mix: list[Variant], seed: int) -> None:
    stream = chance.stream(seed)
    games = Games.shuffled(mix, stream)
    twins = [SlowGame(v, games.table["deck"][g, : v.deck_size].tolist()) for g, v in enumerate(mix)]
    while not games.over.all():
        for seat in range(max(v.players for v in mix)):
            seats = np.array([seat % v.players for v in mix])
            rows = observation.observe(games, seats)
            for g, twin in enumerate(twins):
                assert rows[g].tolist() == twin.row(int(seats[g]))
        moves = games.random_moves(stream)
        games.step(moves)
        for twin, move, variant in zip(twins, moves, mix, strict=True):
            if move >= 0:
                twin.make(table(variant)[move])


def test_the_player_to_move_is_observed_unless_another_is_named() -> None:
    games = Games.shuffled([preset("full", 3)] * 3, chance.stream(1))
    games.step([5, 5, 5])
    assert (observation.observe(games) == observation.observe(games, [1, 1, 1])).all()
    assert (observation.observe(games)[:, -1] == 1).all()


def test_legal_moves_have_the_same_shared_numbers_in_every_variant() -> None:
    stream = chance.stream(9)
    games = Games.shuffled(VARIANTS * 5, stream)
    for _ in range(12):
        masks = observation.legal_mask(observation.observe(games))
        own = games.legal_mask()
        for g, variant in enumerate(games.variants):
            if not games.over[g]:
                numbers = from_shared(variant)[np.flatnonzero(masks[g])]
                assert sorted(numbers) == np.flatnonzero(own[g]).tolist()
        games.step(games.random_moves(stream))


def test_one_cannot_see_ones_own_cards_but_belief_heads_are_told() -> None:
    games = Games.shuffled([preset("full"), preset("small")], chance.stream(1))
    record = observation.read(observation.observe(games))
    assert (record["cards"][0, 0] == observation.HIDDEN).all()
    truth = observation.own_cards(games)
    assert truth[0].tolist() == (games.table["deck"][0, :5] + 1).tolist()
    assert truth[1].tolist() == [*(games.table["deck"][1, :2] + 1).tolist(), 0, 0, 0]


def test_a_row_is_169_bytes_and_says_its_version() -> None:
    assert observation.WIDTH == 169
    rows = observation.observe(Games.shuffled([preset("full")], chance.stream(1)))
    assert rows.dtype == np.uint8
    assert observation.read(rows)["version"][0] == observation.VERSION
    rows[0, 0] = 9
    with pytest.raises(RowError, match="row 0 has version 9; this program reads 1"):
        observation.read(rows)
    with pytest.raises(ShapeError, match=r"rows: uint8\[N, 169\] expected, uint8\[1, 168\] given"):
        observation.read(rows[:, :168])


def test_what_fits_no_row_is_refused_with_the_game() -> None:
    games = Games.shuffled([preset("full"), Variant(2, hand_size=6)], chance.stream(1))
    with pytest.raises(RowError, match="game 1 .*hands of 6 cards, a compact row holds up to 5"):
        observation.observe(games)
    games = Games.shuffled([preset("full"), preset("full", 4)], chance.stream(1))
    with pytest.raises(RowError, match=r"seats\[0\] = 2: allowed are 0 to 1"):
        observation.observe(games, [2, 3])
    with pytest.raises(ShapeError, match=r"seats: whole numbers \[2\] expected"):
        observation.observe(games, [0])


@pytest.mark.parametrize("write", [observation.observe, canonical.encode])
def test_only_an_array_that_fits_is_written_into(write) -> None:
    games = Games.shuffled([preset("full")] * 2, chance.stream(1))
    width = write(games).shape[1]
    frozen = np.empty((2, width), dtype=np.uint8)
    frozen.flags.writeable = False
    wrong = [
        np.empty((2, width - 1), dtype=np.uint8),
        np.empty((2, 2 * width), dtype=np.uint8)[:, ::2],
        np.empty((3, width), dtype=np.uint8),
        np.empty(width, dtype=np.uint8),
        np.empty((2, width, 1), dtype=np.uint8),
        np.empty((2, width), dtype=np.int8),
        frozen,
        [[0] * width] * 2,
    ]
    for out in wrong:
        with pytest.raises(ShapeError, match="out: "):
            write(games, None, out)


def test_own_cards_of_large_hands_are_refused_as_their_rows_are() -> None:
    games = Games.shuffled([preset("small"), Variant(2, hand_size=10)], chance.stream(1))
    with pytest.raises(RowError, match="game 1 .*hands of 10 cards"):
        observation.own_cards(games)


def test_rows_can_be_written_into_an_array_that_is_there() -> None:
    games = Games.shuffled([preset("full")] * 4, chance.stream(1))
    out = np.full((4, 169), 77, dtype=np.uint8)
    assert observation.observe(games, out=out) is out
    assert (out == observation.observe(games)).all()


def test_the_layout_has_a_meaning_for_every_field() -> None:
    assert list(observation.MEANINGS) == list(observation.ROW.names or ())
