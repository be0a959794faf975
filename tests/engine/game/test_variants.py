import numpy as np
import pytest

from engine import PRESETS, Variant, named, preset
from engine.errors import VariantError
from engine.game.moves import SHARED, Kind, Move, from_shared, number, table, to_shared


def playable(**numbers: int) -> list[Variant]:
    try:
        return [Variant(**numbers)]
    except VariantError:
        return []


ALL = [
    variant
    for players in (2, 3, 4, 5)
    for colours in range(1, 6)
    for ranks in range(1, 6)
    for hand_size in range(1, 6)
    for variant in playable(players=players, colours=colours, ranks=ranks, hand_size=hand_size)
]


def test_the_full_game_has_fifty_cards_and_the_usual_hands() -> None:
    assert [preset("full", players).hand_size for players in (2, 3, 4, 5)] == [5, 5, 4, 4]
    assert preset("full").deck_size == 50
    assert preset("full").max_score == 25
    assert [preset("full", players).moves for players in (2, 3, 4, 5)] == [20, 30, 38, 48]


def test_presets_are_those_of_hle() -> None:
    small, very_small = preset("small"), preset("very-small")
    assert (small.colours, small.ranks, small.hand_size, small.info_tokens, small.life_tokens) == (
        2,
        5,
        2,
        3,
        1,
    )
    assert (very_small.colours, very_small.hand_size, very_small.life_tokens) == (1, 2, 1)
    assert [preset(name).name for name in PRESETS] == list(PRESETS)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"players": 1}, "players = 1: allowed are whole numbers 2 to 5"),
        ({"players": 6}, "players = 6"),
        ({"colours": 0}, "colours = 0: allowed are whole numbers 1 to 5"),
        ({"ranks": 6}, "ranks = 6"),
        ({"hand_size": 26}, "hand_size = 26: allowed are whole numbers 1 to 25"),
        ({"hand_size": -1}, "hand_size = -1"),
        ({"info_tokens": 256}, "info_tokens = 256"),
        ({"life_tokens": 0}, "life_tokens = 0: allowed are whole numbers 1 to 255"),
        ({"life_tokens": 2.0}, "life_tokens = 2.0"),
        ({"players": True}, "players = True"),
        ({"players": "2"}, "players = '2'"),
        ({"players": 5, "colours": 1}, "5 players with 4 cards each need 20 cards"),
    ],
)
def test_an_impossible_variant_is_refused_with_the_number_and_what_is_allowed(numbers, words) -> None:
    with pytest.raises(VariantError) as refusal:
        Variant(**numbers)
    assert words in str(refusal.value)


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(VariantError, match="variant 'huge': allowed are full, small, very-small"):
        preset("huge")


@pytest.mark.parametrize("variant", ALL[::5], ids=str)
def test_the_name_of_a_variant_leads_back_to_it(variant: Variant) -> None:
    assert named(variant.name, variant.players) == variant


def test_what_a_name_leaves_out_is_as_in_the_full_game() -> None:
    assert named("c3", 4) == Variant(4, colours=3)
    assert named("r4l1") == Variant(2, ranks=4, life_tokens=1)


@pytest.mark.parametrize("name", ["", "huge", "c3x", "r5c3", "c3c3", "c", "3", "c-3", "C3"])
def test_a_name_that_is_none_is_refused_with_what_is_allowed(name: str) -> None:
    with pytest.raises(
        VariantError, match="allowed are full, small, very-small, or numbers such as c3r5h5i8l3"
    ):
        named(name)


@pytest.mark.parametrize("variant", ALL[::7], ids=str)
def test_move_numbers_and_shared_numbers_lead_there_and_back(variant: Variant) -> None:
    moves = table(variant)
    assert len(moves) == variant.moves
    assert [number(move, variant) for move in moves] == list(range(variant.moves))
    shared = to_shared(variant)
    assert [table(SHARED)[m] for m in shared] == list(moves)
    assert from_shared(variant)[shared].tolist() == list(range(variant.moves))
    assert (from_shared(variant) >= 0).sum() == variant.moves


def test_moves_of_other_games_have_no_number() -> None:
    full = preset("full")
    for move in (
        Move(Kind.PLAY, 5),
        Move(Kind.DISCARD, -1),
        Move(Kind.RANK, 0, 2, 1),
        Move(Kind.COLOUR, 0, 1, 5),
    ):
        with pytest.raises(VariantError, match="full, 2 players has no move"):
            number(move, full)
    for translate in (to_shared, from_shared):
        with pytest.raises(VariantError, match="no move discard slot 6"):
            translate(Variant(2, hand_size=6))


def test_numbers_of_numpy_are_numbers() -> None:
    assert Variant(players=np.int64(3)) == preset("full", 3)
    assert type(Variant(players=np.int64(3)).players) is int


def test_moves_speak_of_slots_as_people_count_them() -> None:
    moves = table(preset("full", 3))
    assert str(moves[0]) == "discard slot 1"
    assert str(moves[5]) == "play slot 1"
    assert str(moves[10]) == "hint red to player +1"
    assert str(moves[29]) == "hint 5s to player +2"
    assert moves[29].kind is Kind.RANK
