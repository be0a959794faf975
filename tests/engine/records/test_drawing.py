"""Boards drawn from positions, and which card stands where."""

import msgspec
from random_game import random_game
from rich.cells import cell_len

from engine import chance, preset
from engine.records import drawing
from engine.records.position import Position
from engine.records.reading import position_of

GAME = random_game(preset("full", players=4), chance.stream(3))
NAMES = GAME.players


def test_a_position_survives_being_sent() -> None:
    for record in GAME.positions:
        position = position_of(record)
        assert msgspec.json.decode(msgspec.json.encode(position), type=Position) == position


def test_a_card_is_found_where_it_is_drawn() -> None:
    for turn in (0, len(GAME.moves) // 2, len(GAME.moves)):
        position = position_of(GAME.positions[turn])
        lines = drawing.board(position, NAMES, colour=False).plain.split("\n")
        found = {}
        for line, text in enumerate(lines):
            for column in range(80):
                at = drawing.card_at(position, column, line)
                if at is not None and at not in found:
                    found[at] = text[column + 1 : column + 3]
        held = {
            (seat, slot): card.name
            for seat, hand in enumerate(position.hands)
            for slot, card in enumerate(hand)
        }
        assert found == held


def test_notes_and_empty_lines_move_the_hands_that_are_found() -> None:
    game = random_game(preset("full", players=2), chance.stream(4))
    position = position_of(game.positions[0])
    notes = (("a note",) * 50,)
    lines = drawing.board(position, game.players, notes=notes, colour=False).plain.split("\n")
    second = next(line for line, text in enumerate(lines) if text.strip().startswith(game.players[1]))
    assert drawing.card_at(position, 15, second, notes) == (1, 0)
    assert drawing.card_at(position, 15, second - 1, notes) is None


def test_one_hand_alone_is_drawn_and_found() -> None:
    position = position_of(GAME.positions[5])
    text = drawing.board(position, NAMES, only=2, colour=False).plain
    assert NAMES[2] in text
    assert NAMES[3] not in text.split("\n", 5)[5]
    assert drawing.card_at(position, 15, drawing.HEAD_LINES, only=2) == (2, 0)


def test_you_play_and_others_play_s() -> None:
    for record in GAME.positions[1:5]:
        last = position_of(record).last
        assert last is not None
        you = drawing.last_move(last, ["You"] * 4).plain
        they = drawing.last_move(last, ["Bob"] * 4).plain
        assert you.split()[1] + "s" == they.split()[1]
        assert cell_len(you) <= 70
