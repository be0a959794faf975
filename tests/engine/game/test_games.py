"""The batch of games: what holds in every position of every variant, and what is refused."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_game import SlowGame

from engine import NO_CARD, PASS, Games, Variant, chance, preset, shuffled_decks
from engine.errors import DeckError, EngineError, IllegalMoveError, ShapeError, VariantError
from engine.game import rules
from engine.game.dealing import full_decks
from engine.game.moves import table


@st.composite
def variants(draw: st.DrawFn, largest_hand: int = 7) -> Variant:
    colours, ranks = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    deck = Variant(2, colours, ranks, 1).deck_size
    players = draw(st.integers(2, min(5, deck)))
    return Variant(
        players,
        colours,
        ranks,
        draw(st.integers(1, min(largest_hand, deck // players))),
        draw(st.integers(0, 9)),
        draw(st.integers(1, 12)),
    )


mixes = st.lists(variants(), min_size=1, max_size=12)
seeds = st.integers(0, 2**32)


@settings(max_examples=80)
@given(mixes, seeds, st.booleans())
def test_the_laws_of_the_game_hold_in_every_position(mix: list[Variant], seed: int, strict: bool) -> None:
    stream = chance.stream(seed)
    games = Games.shuffled(mix, stream, strict=strict)
    returns = np.zeros(len(games), dtype=np.int64)
    while not games.over.all():
        for g, variant in enumerate(mix):
            assert_position_is_sound(games, g, variant)
        returns += games.step(games.random_moves(stream))
        assert (returns == games.scores()).all()
    for g, variant in enumerate(mix):
        assert_position_is_sound(games, g, variant)
    assert not games.legal.any()


def assert_position_is_sound(games: Games, g: int, variant: Variant) -> None:
    game = games.table[g]
    held = [
        int(place)
        for seat in range(variant.players)
        for place in game["hands"][seat * variant.hand_size :][: game["held"][seat]]
    ]
    undealt = list(range(int(game["drawn"]), variant.deck_size))
    kinds = np.bincount(game["deck"][held + undealt], minlength=25) + game["discards"]
    for colour in range(variant.colours):
        for rank in range(int(game["stacks"][colour])):
            kinds[5 * colour + rank] += 1
    assert (kinds == np.bincount(variant.full_deck, minlength=25)).all(), "cards are conserved"
    for place in held:
        colour, rank = divmod(int(game["deck"][place]), 5)
        assert game["colours_left"][place] >> colour & 1, "knowledge never excludes the true colour"
        assert game["ranks_left"][place] >> rank & 1, "knowledge never excludes the true rank"
    assert (int(games.legal[g]) == 0) == bool(games.over[g]), "who is not done can move"
    assert int(games.legal[g]) >> variant.moves == 0
    assert 0 <= game["info"] <= variant.info_tokens
    assert 0 <= game["lives"] <= variant.life_tokens
    assert game["points"] == game["stacks"].sum() <= variant.max_score
    if not games.over[g]:
        assert game["held"][: variant.players].min() >= variant.hand_size - 1
        assert (
            game["drawn"] == variant.deck_size or (game["held"][: variant.players] == variant.hand_size).all()
        )


@settings(max_examples=60)
@given(variants(), seeds)
def test_plays_like_its_slow_twin(variant: Variant, seed: int) -> None:
    stream = chance.stream(seed)
    games = Games.shuffled([variant], stream)
    twin = SlowGame(variant, games.table["deck"][0, : variant.deck_size].tolist())
    while not twin.over:
        legal = [m for m, move in enumerate(table(variant)) if move in twin.legal()]
        assert np.flatnonzero(games.legal_mask()[0]).tolist() == legal
        move = games.random_moves(stream)
        games.step(move)
        twin.make(table(variant)[move[0]])
    assert games.over[0]
    assert games.scores(strict=False)[0] == sum(twin.stacks)


def test_the_same_seed_gives_the_same_games_and_another_seed_others() -> None:
    def moves_of(seed: int) -> list[list[int]]:
        stream = chance.stream(seed)
        games, moves = Games.shuffled([preset("full", 3)] * 9, stream), []
        while not games.over.all():
            moves.append(games.random_moves(stream).tolist())
            games.step(moves[-1])
        return moves

    assert moves_of(5) == moves_of(5) != moves_of(6)


def test_every_order_of_the_deck_is_about_as_likely() -> None:
    variant = Variant(2, 1, 2, 1)  # three 1s and one 2
    decks = shuffled_decks([variant] * 20_000, chance.stream(3))
    where = (decks[:, :4] == 1).mean(axis=0)
    assert variant.deck_size == 4
    assert np.abs(where - 0.25).max() < 0.02


def test_random_moves_are_uniform_over_the_legal_ones() -> None:
    games = Games([preset("full")] * 40_000, np.tile(full_decks([preset("full")]), (40_000, 1)))
    legal = np.flatnonzero(games.legal_mask()[0])
    counts = np.bincount(games.random_moves(chance.stream(1)), minlength=20)
    assert set(np.flatnonzero(counts)) == set(legal)
    assert np.abs(counts[legal] / 40_000 - 1 / len(legal)).max() < 0.01


def test_an_illegal_move_is_refused_by_game_move_and_what_is_legal_and_nothing_changes() -> None:
    games = Games.shuffled([preset("full"), preset("small", 3)], chance.stream(1))
    before = copy.deepcopy(games.table)
    with pytest.raises(IllegalMoveError) as refusal:
        games.step([5, 0])
    assert "game 1 (small, 3 players, turn 0): move 0 (discard slot 1) is not legal" in str(refusal.value)
    assert "legal moves are 2, 3" in str(refusal.value)
    assert (games.table == before).all()
    for move in (20, 60, 64, 10**12):
        with pytest.raises(IllegalMoveError, match=f"move {move} .there are only ids 0 to 19"):
            games.step([move, 2])
    for move in (-2, -99, 2**63 + 5, 2**64 - 1):
        with pytest.raises(EngineError, match=r"-2|-99|beyond 64 bits"):
            games.step(np.array([5, move], dtype=np.int64 if move < 0 else np.uint64))
    for nonsense in ([5], [[5, 2]], [5.0, 2.0], ["5", "2"], None, [[5], [2, 3]]):
        with pytest.raises(ShapeError, match=r"moves: .*\[2\] expected"):
            games.step(nonsense)
    assert (games.table == before).all()


def test_a_finished_game_takes_only_pass() -> None:
    stream = chance.stream(2)
    games = Games.shuffled([preset("very-small")], stream)
    while not games.over.all():
        games.step(games.random_moves(stream))
    assert games.step([PASS]).tolist() == [0]
    with pytest.raises(IllegalMoveError, match="the game is over; allowed is PASS"):
        games.step([2])


def test_pass_leaves_a_game_as_it_is() -> None:
    games = Games.shuffled([preset("full")] * 2, chance.stream(2))
    before = copy.deepcopy(games.table)
    games.step([PASS, 5])
    assert games.table[0] == before[0]
    assert games.table[1] != before[1]


def test_a_wrong_deck_is_refused_by_game_and_card_and_nothing_changes() -> None:
    games = Games.shuffled([preset("full"), preset("small")], chance.stream(1))
    before, decks = copy.deepcopy(games.table), shuffled_decks(games.variants, chance.stream(4))
    five = decks.copy()
    five[0, np.flatnonzero(five[0] == 0)[0]] = 4
    with pytest.raises(DeckError, match=r"deck of game 0 \(full, 2 players\): 2 × R1, should be 3"):
        games.redeal([0, 1], five)
    long = decks.copy()
    long[1, 49] = 3
    with pytest.raises(DeckError, match=r"deck of game 1 .*longer than its 20 cards"):
        games.redeal([0, 1], long)
    short = decks.copy()
    short[1, 19] = NO_CARD
    with pytest.raises(DeckError, match="deck of game 1"):
        games.redeal([0, 1], short)
    strange = decks.astype(np.int64)
    strange[1, 7] = 300
    with pytest.raises(DeckError, match="deck of game 1, place 7: 300 given; kinds of cards are 0 to 24"):
        games.redeal([0, 1], strange)
    with pytest.raises(ShapeError, match=r"decks: whole numbers \[2, 50\] expected, uint8\[2, 49\] given"):
        games.redeal([0, 1], decks[:, :49])
    with pytest.raises(IndexError, match="games: there is no game 2; there are 0 to 1"):
        games.redeal([0, 2], decks)
    assert (games.table == before).all()


def test_what_is_no_variant_is_refused_with_what_to_say_instead() -> None:
    stream = chance.stream(1)
    with pytest.raises(VariantError, match="at least one game"):
        Games.shuffled([], stream)
    with pytest.raises(VariantError, match=r"a single Variant given; say \[variant\] \* games"):
        Games.shuffled(preset("full"), stream)
    with pytest.raises(VariantError, match=r"variants\[1\]: 'full' given, a Variant expected"):
        Games.shuffled([preset("full"), "full"], stream)


def test_the_games_can_be_read_but_not_written_from_outside() -> None:
    games = Games.shuffled([preset("full")], chance.stream(1))
    for array in (games.table, games.to_move, games.legal):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 1


@settings(max_examples=50)
@given(st.data())
def test_any_wrong_deck_is_noticed(data: st.DataObject) -> None:
    variant = data.draw(variants())
    deck = full_decks([variant])
    place, kind = data.draw(st.integers(0, 49)), data.draw(st.integers(0, 255))
    if deck[0, place] == kind:
        return
    deck[0, place] = kind
    with pytest.raises(DeckError):
        Games([variant], deck)


def test_points_are_kept_or_lost_with_the_last_life() -> None:
    variant = preset("full")
    hands = [0, 4, 9, 14, 19, 5, 24, 3, 3, 8]  # R1 and fives; Y1, a five and fours
    rest = list(variant.full_deck)
    for kind in hands:
        rest.remove(kind)
    decks = np.array([hands + rest], dtype=np.uint8)
    strict, kept = Games([variant], decks), Games([variant], decks, strict=False)
    oldest = 5
    assert [int(strict.step([oldest])[0]) for _ in range(5)] == [1, 1, 0, 0, -2]
    assert [int(kept.step([oldest])[0]) for _ in range(5)] == [1, 1, 0, 0, 0]
    assert strict.table["ending"][0] == rules.STRUCK_OUT
    assert strict.scores()[0] == kept.scores(strict=True)[0] == 0
    assert kept.scores()[0] == strict.scores(strict=False)[0] == 2


def test_a_game_takes_under_512_bytes() -> None:
    assert rules.GAME.itemsize < 512
