"""Games go out as hanab.live's JSON and come back equal; what is no game is refused by file and place."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_game import random_game

from engine import Variant, chance, hanablive, preset
from engine.errors import RecordingError
from engine.recording import STOPS, Recording, Stop
from engine.variants import copies

GOLDEN = Path(__file__).parents[1] / "golden"
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
    return replace(
        game,
        moves=game.moves[:length],
        players=tuple(draw(free_text.filter(bool)) for _ in range(variant.players)),
        notes=draw(st.lists(st.lists(free_text, max_size=5).map(tuple), max_size=variant.players).map(tuple)),
        seed=draw(free_text),
        number=draw(st.integers(0, 2**31)),
        stop=stop,
    )


@settings(max_examples=150, deadline=None)
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
    options: dict[str, object] = {"variant": named} if colours < 5 else {}
    options |= {"oneExtraCard": True} if hand > usual else {}
    options |= {"oneLessCard": True} if hand < usual else {}
    assert game.get("options", {}) == options
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


def test_an_end_action_behind_the_games_own_end_is_taken_if_it_agrees() -> None:
    game = golden()
    whole = hanablive.load(json.dumps(game), "game")
    game["actions"].append({"type": 4, "target": 0, "value": 1})
    assert hanablive.load(json.dumps(game), "game") == whole


def test_options_that_only_allow_more_moves_and_unknown_fields_do_no_harm() -> None:
    game = golden() | {"options": {"deckPlays": True, "emptyClues": True, "speedrun": True}, "tags": [1, {}]}
    assert len(hanablive.load(json.dumps(game), "game").moves) == 61


def change(*path: Any, to: Any) -> Callable[[Any], None]:
    def apply(game: Any) -> None:
        for step in path[:-1]:
            game = game[step]
        game[path[-1]] = to

    return apply


def add(*actions: Any, at: int | None = None) -> Callable[[Any], None]:
    def apply(game: Any) -> None:
        game["actions"][at:] = actions if at is not None else [*game["actions"][at:], *actions]

    return apply


END = {"type": 4, "target": 0, "value": 4}
DAMAGE: list[tuple[Callable[[Any], None], str]] = [
    (change("actions", 17, "target", to="2"), "actions[17].target: Expected `int`, got `str`"),
    (
        change("actions", 0, "target", to=14),
        "actions[0].target: 14 given; allowed: the cards 0, 1, 2, 3, 4 of 'Ada'",
    ),
    (change("actions", 0, "target", to=-1), "actions[0].target: -1 given; allowed: the cards 0"),
    (
        change("actions", 0, "value", to=3),
        "actions[0].value: 3 given; allowed: 0 or none for a play or discard",
    ),
    (change("actions", 0, "type", to=6), "actions[0].type: 6 given; allowed: 0 to 5"),
    (change("actions", 0, "type", to=-1), "actions[0].type: -1 given; allowed: 0 to 5"),
    (
        change("actions", 0, "type", to=1),
        "actions[0], by 'Ada': discard slot 4, but all 8 information tokens",
    ),
    (change("actions", 1, "target", to=1), "actions[1].target: 1 given; allowed: the seats 0, 2"),
    (change("actions", 1, "target", to=3), "actions[1].target: 3 given; allowed: the seats 0, 2"),
    (change("actions", 1, "value", to=5), "actions[1].value: 5 given; allowed: 0 to 4"),
    (change("actions", 2, "value", to=0), "actions[2].value: 0 given; allowed: 1 to 5"),
    (change("actions", 2, "value", to=None), "actions[2].value: None given; allowed: 1 to 5"),
    (
        change("actions", 1, "value", to=2),
        "actions[1], by 'Grace': hint green to player +1, but that hand holds no",
    ),
    (add({"type": 0, "target": 49}), "actions[61]: a move after the game's end"),
    (
        add(END, {"type": 0, "target": 0}, at=3),
        "actions[4]: an action behind the end action given; allowed: none",
    ),
    (add(END, END, at=3), "actions[4]: an action behind the end action"),
    (
        add(END | {"value": 2}, at=3),
        "actions[3].value: 2 (struck out) given; allowed: another end: 3 of 3 lives",
    ),
    (add(END | {"value": 11}, at=3), "actions[3].value: 11 given; allowed: 1, 2, 3"),
    (add(END | {"target": 3}, at=3), "actions[3].target: 3 given; allowed: -1 to 2"),
    (add(*[END] * 3000), "actions: 3061 actions given; allowed: at most 2000"),
    (change("deck", 3, "suitIndex", to=5), "deck[3].suitIndex: 5 given; allowed: 0 to 4"),
    (change("deck", 3, "rank", to=0), "deck[3].rank: 0 given; allowed: 1 to 5"),
    (
        change("deck", 3, "rank", to=10**30),
        "deck[3].rank: a number of more than 20 digits given; allowed: 1 to 5",
    ),
    (change("deck", 3, to={"suitIndex": 1}), "deck[3]: Object missing required field `rank`"),
    (change("deck", 3, to={"suitIndex": 4, "rank": 5}), "deck: 2 × G1 given; full, 3 players has 3"),
    (change("deck", to=[]), "deck: 0 cards given; full, 3 players has 50"),
    (change("players", to=["Ada"]), "players: 1 names given; allowed: 2 to 5"),
    (change("players", 1, to=""), "players[1]: 0 characters; allowed are 1 to 100"),
    (change("players", 1, to=7), "players[1]: Expected `str`, got `int`"),
    (change("notes", to=[[]] * 4 + [["x"]]), "notes: for 5 players; there are 3"),
    (
        change("options", to={"variant": "Rainbow (5 Suits)"}),
        "options.variant: 'Rainbow (5 Suits)' given; allowed: No",
    ),
    (change("options", to={"variant": "4 Suits"}), "deck: 50 cards given; c4r5h5i8l3, 3 players has 40"),
    (change("options", to={"allOrNothing": True}), "options.allOrNothing: true given; allowed: false"),
    (change("options", to={"startingPlayer": 3}), "options.startingPlayer: 3 given; allowed: 0 to 2"),
    (change("options", to={"oneExtraCard": 1}), "options.oneExtraCard: Expected `bool`, got `int`"),
    (
        change("hanabiTui", to={"colours": 9, "ranks": 5, "handSize": 5, "infoTokens": 8, "lifeTokens": 3}),
        "hanabiTui: colours = 9: allowed are whole numbers 1 to 5",
    ),
    (change("deck", to=None), "deck: Expected `array`, got `null`"),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGE, ids=[message[:40] for _, message in DAMAGE])
def test_a_damaged_game_is_refused_by_file_place_given_and_allowed(
    damage: Callable[[Any], None], message: str
) -> None:
    game = golden()
    damage(game)
    with pytest.raises(RecordingError) as error:
        hanablive.load(json.dumps(game), "game.json")
    assert str(error.value).startswith(f"game.json: {message}")


def test_a_struck_out_game_cannot_have_ended_normally() -> None:
    game = json.loads(hanablive.dump(random_game(replace(FULL, life_tokens=1), chance.stream(2))))
    game["actions"].append({"type": 4, "target": 0, "value": 1})
    with pytest.raises(RecordingError, match=r"value: 1 \(normal end\) given; allowed: 2: no life is left"):
        hanablive.load(json.dumps(game), "game.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON, or cut off"),
        ("[]", "Expected `object`, got `array`"),
        ("{}", "Object missing required field `players`"),
        (b"\xff\xfe{", "not JSON"),
        ("\ud800", "not JSON"),
        ('{"x":' + "[" * 200_000, "too deep"),
        (" " * (hanablive.MAX_BYTES + 1), "1000001 bytes given; a game has at most 1000000"),
        (
            '{"players":["a","b"],"deck":[],"actions":[{"type":0,"target":' + "9" * 9000 + "}]}",
            "actions[0].target: Integer value",
        ),
        ('{"players":["a","b"],"deck":[],"actions":[{"type":NaN,"target":1}]}', "not JSON"),
    ],
)
def test_what_is_no_game_at_all_is_refused_by_file(text: str | bytes, message: str) -> None:
    with pytest.raises(RecordingError) as error:
        hanablive.load(text, "game.json")
    assert str(error.value).startswith("game.json: ")
    assert message in str(error.value)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_cause_anything_but_a_recording_error(data: bytes | str) -> None:
    with pytest.raises(RecordingError):
        hanablive.load(data, "noise")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_game_cut_or_bent_anywhere_loads_or_is_refused(data: st.DataObject) -> None:
    raw = (GOLDEN / "full-3-players.json").read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    stop = data.draw(st.just(len(raw)) | st.integers(start, min(start + 20, len(raw))))
    bent = (
        raw[:start]
        + data.draw(st.binary(max_size=10) | st.sampled_from([b"-1", b"99", b"null", b"[["]))
        + raw[stop:]
    )
    try:
        assert hanablive.load(bent, "bent").variant.players >= 2
    except RecordingError as error:
        assert str(error).startswith("bent: ")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_anywhere_in_a_game_loads_or_is_refused(data: st.DataObject) -> None:
    game = golden()
    place = data.draw(
        st.sampled_from(["players", "deck", "actions", "options", "notes", "hanabiTui", "id", "seed"])
    )
    value = data.draw(json_values)
    if isinstance(game.get(place), list) and data.draw(st.booleans()):
        game[place][data.draw(st.integers(0, len(game[place]) - 1))] = value
    else:
        game[place] = value
    try:
        hanablive.load(json.dumps(game), "bent")
    except RecordingError as error:
        assert str(error).startswith("bent: ")
