"""Recordings hold only games that the rules allow, and can be looked at from any turn."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_game import random_game

from engine import Variant, chance, preset
from engine.errors import RecordingError
from engine.records import hanablive
from engine.records.recording import DEFAULT_NAMES, Recording, Stop

FULL = preset("full")
SORTED = tuple(FULL.full_deck.tolist())
"""Everybody's first hand is red: R1 R1 R1 R2 R2, and R3 R3 R4 R4 R5."""

PLAY, DISCARD = FULL.hand_size, 0
"""The ids of playing and discarding slot 0."""

HINT_RED, HINT_3S, HINT_5S = 10, 17, 19


@settings(max_examples=40)
@given(players=st.integers(2, 5), colours=st.integers(3, 5), seed=st.integers(0, 10_000))
def test_the_positions_are_those_that_playing_the_moves_gives(players: int, colours: int, seed: int) -> None:
    recording = random_game(Variant(players, colours, life_tokens=9), chance.stream(seed))
    for turn in {0, 1, len(recording.moves) // 2, len(recording.moves)}:
        played = recording.games_at(turn).table[0]
        assert all(
            np.array_equal(played[name], recording.positions[turn][name]) for name in played.dtype.names
        )
    assert len(recording.positions) == len(recording.moves) + 1
    assert recording.games_at(len(recording.moves)).over.all()


def test_positions_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Recording(FULL, SORTED, ()).positions["points"] = 25


def test_equal_games_are_equal_and_blank_notes_do_not_count() -> None:
    assert Recording(FULL, SORTED, (PLAY,), notes=(("", ""), ())) == Recording(FULL, SORTED, (PLAY,))


def test_players_without_names_get_hanab_lives() -> None:
    assert Recording(FULL, SORTED, ()).players == DEFAULT_NAMES[:2]


def test_a_deck_of_other_cards_is_refused_by_the_card() -> None:
    with pytest.raises(RecordingError, match=r"^deck \(full, 2 players\): 4 × R1.* 3$"):
        Recording(FULL, (*SORTED[:-1], 0), ())


@pytest.mark.parametrize(
    ("deck", "message"),
    [
        (SORTED[:-1], "deck: 49 cards given; full, 2 players has 50"),
        ((*SORTED[:-1], 25), r"deck\[49\]: 25 given; allowed: whole numbers 0 to 24"),
        ((*SORTED[:-1], 1.5), r"deck\[49\]: 1.5 given"),
        ((True, *SORTED[1:]), r"deck\[0\]: True given"),
        (5, "deck: 5 given; allowed: a list or tuple"),
        ("12", "deck: '12' given; allowed: a list or tuple"),
    ],
)
def test_a_deck_that_is_none_is_refused_by_the_place(deck: tuple[int, ...], message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        Recording(FULL, deck, ())


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        ((DISCARD,), "action 1, by 'Alice': discard slot 1, but all 8 information tokens are there"),
        (
            (HINT_RED, DISCARD, 12),
            "action 3, by 'Alice': hint green to 'Bob', but that hand holds no green card",
        ),
        ((HINT_3S, HINT_5S), "action 2, by 'Bob': hint 5s to 'Alice', but that hand holds no 5"),
        ((20,), r"moves\[0\]: 20 given; allowed: whole numbers 0 to 19"),
        ((PLAY, -1), r"moves\[1\]: -1 given"),  # which is PASS for a batch of games
        ((2**70,), r"moves\[0\]: a number of more than 20 digits given"),
        ((1.0,), r"moves\[0\]: 1.0 given"),
        ((None,), r"moves\[0\]: None given"),
        ((HINT_RED,) * 9, "action 9, by 'Alice': .*, but no information token is left"),
        ((PLAY + 3,) * 4, "action 4, by 'Bob': play slot 4, but the game was over after 3 actions"),
    ],
)
def test_an_illegal_move_is_named_with_its_number_player_and_reason(
    moves: tuple[int, ...], message: str
) -> None:
    with pytest.raises(RecordingError, match=message):
        Recording(FULL, SORTED, moves)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"players": ("Ada",)}, "players: 1 names given; full, 2 players needs 2"),
        ({"players": ("Ada", "")}, r"players\[1\]: 0 characters; allowed are 1 to 100"),
        ({"notes": (("a",),) * 3}, "notes: for 3 players; there are 2"),
        ({"notes": (("a",) * 56,)}, r"notes\[0\]: 56 notes; there are 55 cards and stacks"),
        ({"stop": Stop(2)}, "stop.reason: 2 given; allowed: 1, 3"),
        ({"stop": Stop([])}, r"stop.reason: \[\] given; allowed: whole numbers"),  # type: ignore[arg-type]
        ({"stop": Stop(4, 2)}, "stop.seat: 2 given; allowed: whole numbers -1 to 1"),
        ({"stop": Stop(4, "Bob")}, "stop.seat: 'Bob' given"),  # type: ignore[arg-type]
        ({"stop": 4}, r"stop: 4 given; allowed: None or a Stop"),
        ({"players": "ab"}, "players: 'ab' given; allowed: a list or tuple"),
        ({"players": ("Ada", 7)}, r"players\[1\]: 7 given; allowed: text"),
        ({"players": ("Ada", "\ud800")}, r"players\[1\]: '\\ud800' given; allowed: text that UTF-8 can hold"),
        ({"notes": ((1,),)}, r"notes\[0\]\[0\]: 1 given; allowed: text"),
        ({"notes": ("ab",)}, r"notes\[0\]: 'ab' given; allowed: a list or tuple"),
        ({"notes": (("\udfff",),)}, r"notes\[0\]\[0\]: '\\udfff' given"),
        ({"seed": 1}, "seed: 1 given; allowed: text"),
        ({"seed": "\ud800"}, "seed: .* given; allowed: text that UTF-8 can hold"),
        ({"number": -1}, "number: -1 given; allowed: whole numbers 0 to 9007199254740992"),
        ({"number": 2**53 + 1}, "number: 9007199254740993 given"),
        ({"variant": "full"}, "variant: 'full' given; allowed: a Variant"),
    ],
)
def test_names_notes_and_stops_must_fit_the_game(given: dict[str, object], message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        Recording(**{"variant": FULL, "deck": SORTED, "moves": (), **given})  # type: ignore[arg-type]


def test_lists_arrays_and_numpys_numbers_are_kept_as_tuples_of_plain_ones() -> None:
    plain = Recording(FULL, SORTED, (PLAY,), ("Ada", "Bob"), (("x",),), number=3, stop=Stop(4, 1))
    given: dict[str, Any] = {
        "deck": FULL.full_deck,
        "moves": np.array([PLAY]),
        "players": ["Ada", np.str_("Bob")],
        "notes": [["x", ""], []],
        "number": np.int64(3),
        "stop": Stop(np.int64(4), np.int8(1)),  # type: ignore[arg-type]
    }
    made = Recording(FULL, **given)
    assert (made, repr(made), hash(made)) == (plain, repr(plain), hash(plain))
    assert hanablive.dump(made) == hanablive.dump(plain)


def test_a_finished_game_cannot_have_been_stopped() -> None:
    game = random_game(FULL, chance.stream(1))
    with pytest.raises(RecordingError, match="the game was over by the rules"):
        Recording(FULL, game.deck, game.moves, stop=Stop(4, 0))


@pytest.mark.parametrize("turn", [-1, 2])
def test_a_turn_outside_the_game_is_refused(turn: int) -> None:
    with pytest.raises(RecordingError, match=f"turn {turn}: this game has turns 0 to 1"):
        Recording(FULL, SORTED, (PLAY,)).games_at(turn)


def test_misplays_and_needed_cards_lost_are_mistakes_and_other_moves_are_not() -> None:
    discard_r5 = 4
    moves = (
        PLAY,  # R1 scores
        HINT_RED,
        HINT_RED,
        discard_r5,  # the only R5
        DISCARD,  # R1, of which the stack has no more use
        PLAY,  # R3 on R1
    )
    assert Recording(FULL, SORTED, moves).mistakes == (3, 5)


def test_a_card_that_cannot_be_reached_any_more_is_no_loss() -> None:
    hand = (0, 1, 2, 3, 4)  # R1 … R5
    rest = list(SORTED)
    for kind in hand:
        rest.remove(kind)
    deck = (*hand, *rest)  # Bob holds R1 R1 R2 R3 R4
    discard_r4, discard_bobs_r4, discard_r5 = 3, 4, 3
    moves = (HINT_RED, HINT_RED, HINT_RED, HINT_RED, discard_r4, discard_bobs_r4, discard_r5)
    assert Recording(FULL, deck, moves).mistakes == (5,)
