"""Moves spelled with keys."""

import pytest

from engine.records.position import COLOUR, DISCARD, PLAY
from hanabi_tui.console.tables.spelling import HINT, Speller, Spelling, meaning
from hanabi_tui.table import messages as m
from hanabi_tui.table.host import Host


def table(*seats: str) -> m.Game:
    reply = Host().answer(m.Deal(number=1, seats=seats, seed="5"))
    assert isinstance(reply, m.Laid)
    return reply.game


def speller(*seats: str) -> Speller:
    game = table(*seats)
    return Speller(game.turns[-1].position, game.turns[-1].choices, game.names)


def spell(by: Speller, deed: str, keys: str) -> Spelling:
    spelling = by.begin(deed)
    for key in keys:
        spelling = by.press(spelling, key)
    return spelling


def test_a_card_is_played_by_its_slot() -> None:
    done = spell(speller("you", "cautious"), PLAY, "2").done
    assert done is not None
    assert (done.deed, done.slot) == (PLAY, 1)


def test_a_hint_needs_no_seat_with_two_players_and_one_with_three() -> None:
    two = spell(speller("you", "cautious"), HINT, "r").done
    assert two is not None
    assert (two.deed, two.target, two.value) == (COLOUR, 1, "R")
    by = speller("you", "cautious", "cautious")
    letter = by.position.hands[2][0].name[0]
    three = spell(by, HINT, f"3{letter.lower()}").done
    assert three is not None
    assert (three.target, three.value) == (2, letter)


def test_what_the_rules_forbid_is_said_at_the_first_key() -> None:
    spelling = speller("you", "cautious").begin(DISCARD)
    assert not spelling.begun
    assert "all 8 hint tokens are there" in spelling.word


@pytest.mark.parametrize(
    ("deed", "keys", "word"), [(PLAY, "9", "no answer"), (HINT, "q", "no answer"), (HINT, "11", "")]
)
def test_a_key_that_makes_no_sense_leaves_the_spelling_as_it_was(deed: str, keys: str, word: str) -> None:
    by = speller("you", "cautious", "cautious")
    spelling = spell(by, deed, keys)
    assert spelling.begun
    assert spelling.done is None
    assert word in spelling.word
    assert "Escape" in by.question(spelling)


def test_a_hint_that_touches_no_card_is_explained() -> None:
    by = speller("you", "cautious")
    colours = {card.name[0] for card in by.position.hands[1]}
    missing = next(letter for letter in "RYGWB" if letter not in colours)
    spelling = spell(by, HINT, missing.lower())
    assert spelling.done is None
    assert spelling.word.startswith("cautious holds no ")


def test_a_card_that_is_pointed_at_is_played_discarded_or_hinted() -> None:
    by = speller("you", "cautious")
    own = by.begin(PLAY, by.pick(0, 3).slot).done
    assert own is not None
    assert (own.deed, own.slot) == (PLAY, 3)
    assert by.press(by.pick(0, 3), "x").word == "x is no answer here"
    assert by.pick(1, 2).target == 1


def test_a_hint_is_explained_card_by_card() -> None:
    game = table("cautious", "you", "cautious")
    last = game.turns[-1].position.last
    assert last is not None
    words = meaning(game.turns[-1].position, game.names)
    touched = ", ".join(str(slot + 1) for slot in last.touched)
    assert words.startswith(f"{game.names[last.target]}: {touched} ")
    assert words.endswith(" not")


@pytest.mark.parametrize("key", ["²", "٣", "½"])
def test_what_only_looks_like_a_digit_is_no_answer(key: str) -> None:
    by = speller("you", "cautious", "cautious")
    assert by.press(by.begin(PLAY), key).word == f"{key} is no answer here"
    assert by.press(by.begin(HINT), key).word == f"{key} is no answer here"
