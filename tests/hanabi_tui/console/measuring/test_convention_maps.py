"""Conventions as a matrix, and a field of it as a sentence."""

import json

import msgspec
import pytest

from engine import preset
from engine.players.bots import BOTS
from engine.players.conventions import conventions
from hanabi_tui.commands.conventions import to_json
from hanabi_tui.console.measuring import convention_maps as maps


@pytest.fixture(scope="module")
def cautious() -> maps.Counted:
    return maps.counted(to_json(conventions(BOTS["cautious"].make, preset("full"), 40, 0), "cautious", 0))


@pytest.fixture(scope="module")
def hat() -> maps.Counted:
    return maps.counted(to_json(conventions(BOTS["hat"].make, preset("full"), 40, 0), "hat", 0))


def made(**changes: object) -> maps.Counted:
    """Two moves, the second of which was never answered."""
    fields = {
        "agent": "a",
        "variant": "full",
        "players": 2,
        "games": 50,
        "moves": [
            {"label": "R", "row": "hint R", "after": "a red hint", "then": "hints at red"},
            {"label": "p5", "row": "play 5", "after": "a play", "then": "plays the newest card"},
        ],
        "made": [2_000, 0],
        "answered": [[470, 734], [0, 0]],
        "marginal": [1.0, 0.0],
        "conditional": [[470 / 1204, 734 / 1204], [None, None]],
    }
    return maps.counted(json.dumps(fields | changes))


def test_every_pair_of_moves_has_a_field_and_any_move_is_the_last_row(cautious: maps.Counted) -> None:
    matrix = maps.shares(cautious)
    assert matrix.rows[-1] == "any move"
    assert matrix.rows[:2] == ["discard 1", "discard 2"]
    assert (len(matrix.fields), {len(row) for row in matrix.fields}) == (21, {20})
    assert matrix.label_width + 20 * matrix.field_width <= 78  # fits the smallest screen


def test_a_field_is_read_out_in_words() -> None:
    found = made()
    assert maps.reading(found, 0, 1) == (
        "After a red hint the next player plays the newest card in 61 % of 1,204 cases."
    )
    assert maps.reading(found, 1, 0) == "A play never happened in 50 games."
    assert maps.reading(found, 2, 0) == "Whatever came before, a player hints at red in 100 % of 2,000 moves."
    assert [field.text for field in maps.shares(found).fields[1]] == ["", ""]


def test_the_words_of_the_real_command_fit_the_sentence(cautious: maps.Counted) -> None:
    newest = [move.label for move in cautious.moves].index("p5")
    red = [move.label for move in cautious.moves].index("R")
    said = maps.reading(cautious, red, newest)
    assert said.startswith("After a red hint the next player plays the newest card in ")


def test_two_players_are_compared_field_by_field(cautious: maps.Counted, hat: maps.Counted) -> None:
    same = maps.differences(cautious, cautious)
    assert {field.text for row in same.fields for field in row} <= {"·", ""}
    matrix, back = maps.differences(cautious, hat), maps.differences(hat, cautious)
    text, opposite = matrix.fields[-1][0].text, back.fields[-1][0].text
    assert {text[0], opposite[0]} == {"+", "−"}
    assert text[1:] == opposite[1:]
    difference = 100 * (cautious.marginal[0] - hat.marginal[0])
    assert text == f"{difference:+.0f}".replace("-", "−")
    assert f"{abs(difference):.1f} points" in maps.comparison(cautious, hat, 20, 0)


def test_what_one_of_two_never_did_is_said_of_both() -> None:
    said = maps.comparison(made(), made(agent="b", conditional=[[0.5, 0.5], [0.5, 0.5]]), 1, 0)
    assert said.startswith("a: A play never happened")
    assert " b: After a play" in said


def test_other_output_is_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        maps.counted('{"agent": 3}')
