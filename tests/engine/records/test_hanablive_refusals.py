"""A file that holds no game is refused by its name, the place inside, what was given and what is allowed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_game import random_game

from engine import chance, preset
from engine.errors import RecordingError
from engine.records import hanablive

GOLDEN = Path(__file__).parents[2] / "golden"
FULL = preset("full")


def golden() -> Any:
    return json.loads((GOLDEN / "full-3-players.json").read_text())


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
        "actions[1], by 'Grace': hint green to 'Edsger', but that hand holds no",
    ),
    (add({"type": 0, "target": 49}), "actions[61]: a move after the game's end"),
    (
        add(END, {"type": 0, "target": 0}, at=3),
        "actions[4]: an action after the end action given; allowed: none",
    ),
    (add(END, END, at=3), "actions[4]: an action after the end action"),
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
    (change("deck", 3, to={"suitIndex": 4, "rank": 5}), "deck (full, 3 players): 2 × G1"),
    (change("id", to=-1), "id: -1 given; allowed: 0 to 9007199254740992"),
    (change("id", to=2**53 + 1), "id: 9007199254740993 given; allowed: 0 to 9007199254740992"),
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


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_cause_anything_but_a_recording_error(data: bytes | str) -> None:
    with pytest.raises(RecordingError):
        hanablive.load(data, "noise")


@settings(max_examples=150)
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


@settings(max_examples=150)
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
