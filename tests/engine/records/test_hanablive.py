"""Games go out as hanab.live's JSON and come back equal."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_game import random_game

from engine import Variant, chance, preset
from engine.game.variants import copies
from engine.records import hanablive
from engine.records.recording import STOPS, Recording, Stop

GOLDEN = Path(__file__).parents[2] / "golden"
FULL = preset("full")

free_text = st.text(st.characters(codec="utf-8"), max_size=20)


@st.composite
def variants(draw: st.DrawFn) -> Variant:
    """Any variant with hands up to 7 cards; half of them such as hanab.live knows."""
    players = draw(st.integers(2, 5))
    if draw(st.booleans()):
        return Variant(players, draw(st.integers(3, 5)), hand_size=draw(st.integers(3, 6)))
    colours, ranks = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    cards = colours * sum(copies(rank, ranks) for rank in range(ranks))
    assume(cards >= players)
    hand = draw(st.integers(1, min(7, cards // players)))
    return Variant(players, colours, ranks, hand, draw(st.integers(0, 9)), draw(st.integers(1, 9)))


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Random games over many variants, cut anywhere, with names, notes and all that a file can hold."""
    variant = draw(variants())
    game = random_game(variant, chance.stream(draw(st.integers(0, 2**32))))
    length = draw(st.integers(0, len(game.moves)) | st.just(len(game.moves)))
    stop = None
    if length < len(game.moves):
        reasons = st.builds(
            Stop, st.sampled_from(sorted(set(STOPS) - {10})), st.integers(-1, variant.players - 1)
        )
        stop = draw(st.none() | reasons | st.just(Stop(10)))
    most = min(5, variant.deck_size + variant.colours)  # notes of a player
    return replace(
        game,
        moves=game.moves[:length],
        players=tuple(draw(free_text.filter(bool)) for _ in range(variant.players)),
        notes=draw(
            st.lists(st.lists(free_text, max_size=most).map(tuple), max_size=variant.players).map(tuple)
        ),
        seed=draw(free_text),
        number=draw(st.integers(0, 2**31)),
        stop=stop,
    )


@settings(max_examples=150)
@given(recordings())
def test_any_game_comes_back_equal_from_its_file(recording: Recording) -> None:
    assert hanablive.load(hanablive.dump(recording), "game.json") == recording


def test_the_golden_game_loads_and_is_written_the_same_again() -> None:
    file = GOLDEN / "full-3-players.json"
    recording = hanablive.load(file.read_bytes(), file.name)
    assert (recording.players, len(recording.moves)) == (("Ada", "Grace", "Edsger"), 61)
    assert hanablive.dump(recording) + "\n" == file.read_text()


def golden() -> Any:
    return json.loads((GOLDEN / "full-3-players.json").read_text())


@pytest.mark.parametrize("colours", [3, 4, 5])
@pytest.mark.parametrize(("players", "hand"), [(2, 4), (2, 5), (2, 6), (4, 3), (5, 4), (5, 5)])
def test_what_hanab_live_can_play_needs_no_key_of_ours(colours: int, players: int, hand: int) -> None:
    game = json.loads(
        hanablive.dump(random_game(Variant(players, colours, hand_size=hand), chance.stream(3)))
    )
    usual = 5 if players <= 3 else 4
    named = {5: "No Variant", 4: "4 Suits", 3: "3 Suits"}[colours]
    options: dict[str, object] = {"variant": named}
    options |= {"oneExtraCard": True} if hand > usual else {}
    options |= {"oneLessCard": True} if hand < usual else {}
    assert game["options"] == options
    assert "hanabiTui" not in game


def test_a_variant_of_ours_is_named_so_that_hanab_live_refuses_it() -> None:
    game = json.loads(hanablive.dump(random_game(preset("small"), chance.stream(3))))
    assert game["options"] == {"variant": "hanabi-tui small"}
    assert game["hanabiTui"] == {"colours": 2, "ranks": 5, "handSize": 2, "infoTokens": 3, "lifeTokens": 1}


def test_a_game_that_began_at_another_seat_is_turned_so_that_seat_0_begins() -> None:
    game = golden()
    hands = [game["deck"][seat * 5 : seat * 5 + 5] for seat in range(3)]
    # the same game, told with Grace's chair first: Ada, who begins, sits at 2
    game["players"] = ["Grace", "Edsger", "Ada"]
    game["notes"] = [
        [],
        ["", "", "", "", "", "5?"],
        ["", "", "", "", "", "", "", "", "", "", "next red", "keep"],
    ]
    game["deck"][:15] = hands[1] + hands[2] + hands[0]
    for action in game["actions"]:
        if action["type"] >= 2:
            action["target"] = (action["target"] - 1) % 3
        elif action["target"] < 15:
            action["target"] = (action["target"] - 5) % 15
    game["options"] = {"startingPlayer": 2}
    loaded = hanablive.load(json.dumps(game), "old.json")
    expected = hanablive.load(json.dumps(golden()), "golden")
    assert (loaded.players, loaded.deck, loaded.moves) == (expected.players, expected.deck, expected.moves)
    assert loaded.notes == (("next red", "keep"), (), ("",) * 10 + ("5?",))


@pytest.mark.parametrize(
    "action", [{"type": 4, "target": 1, "value": 3}, {"type": 5, "target": -1, "value": 10}]
)
def test_a_stopped_game_loads_up_to_where_it_was_stopped(action: dict[str, int]) -> None:
    game = golden()
    game["actions"] = [*game["actions"][:20], action]
    recording = hanablive.load(json.dumps(game), "stopped.json")
    assert len(recording.moves) == 20
    assert recording.stop == Stop(action["value"], action["target"])


def test_a_byte_order_mark_does_no_harm() -> None:
    raw = (GOLDEN / "full-3-players.json").read_bytes()
    expected = hanablive.load(raw, "game")
    assert hanablive.load(b"\xef\xbb\xbf" + raw, "game") == expected
    assert hanablive.load("\ufeff" + raw.decode(), "game") == expected


def test_an_end_action_after_the_games_own_end_is_taken_if_it_agrees() -> None:
    game = golden()
    whole = hanablive.load(json.dumps(game), "game")
    game["actions"].append({"type": 4, "target": 0, "value": 1})
    assert hanablive.load(json.dumps(game), "game") == whole


def test_options_that_only_allow_more_moves_and_unknown_fields_do_no_harm() -> None:
    game = golden() | {"options": {"deckPlays": True, "emptyClues": True, "speedrun": True}, "tags": [1, {}]}
    assert len(hanablive.load(json.dumps(game), "game").moves) == 61
