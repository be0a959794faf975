"""What a game looks like as text."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_game import random_game
from rich.cells import cell_len
from rich.console import Console

from engine import Variant, chance, preset
from engine.records import hanablive, text
from engine.records.recording import Recording, Stop

GOLDEN = Path(__file__).parents[2] / "golden"
FULL = preset("full")
SORTED = tuple(FULL.full_deck.tolist())
PLAY, DISCARD, HINT_RED, HINT_2S, HINT_3S = 5, 0, 10, 16, 17


def golden() -> Recording:
    return hanablive.load((GOLDEN / "full-3-players.json").read_text(), "golden")


def lines(recording: Recording, turn: int, perspective: int | None = None) -> list[str]:
    return text.position(recording, turn, perspective, colour=False).plain.split("\n")


def test_the_golden_game_reads_as_it_did() -> None:
    """If a change is meant, write the file anew from the two texts below."""
    game = golden()
    board = text.position(game, 24, perspective=1, colour=False)
    now = f"{text.whole_game(game, colour=False)}\n\n{board}\n"
    assert now == (GOLDEN / "full-3-players.txt").read_text()


@settings(max_examples=60)
@given(
    players=st.integers(2, 5),
    colours=st.integers(1, 5),
    ranks=st.integers(3, 5),
    seed=st.integers(0, 10_000),
    notes=st.booleans(),
)
def test_every_board_of_hands_up_to_5_cards_fits_80_columns_and_23_lines(
    players: int, colours: int, ranks: int, seed: int, notes: bool
) -> None:
    cards = Variant(2, colours, ranks, hand_size=1).deck_size
    variant = Variant(players, colours, ranks, hand_size=min(5, cards // players), life_tokens=9)
    game = random_game(variant, chance.stream(seed))
    written = ("a note that is far too long 你好",) * variant.deck_size
    game = replace(
        game, players=("Maximilianus 你好你好",) * players, notes=(written,) * players if notes else ()
    )
    for turn in range(len(game.moves) + 1):
        drawn = lines(game, turn, perspective=turn % players)
        assert len(drawn) <= 23
        assert max(cell_len(line) for line in drawn) <= 80
    assert max(cell_len(line) for line in text.whole_game(game, colour=False).plain.split("\n")[1:]) <= 100


def test_hands_of_more_than_5_cards_go_on_in_the_next_lines() -> None:
    drawn = lines(random_game(Variant(2, hand_size=12), chance.stream(1)), 0)
    assert max(map(len, drawn)) <= 80
    assert sum(line.count("12345") for line in drawn) == 24


def test_colours_are_painted_and_also_said_by_letters() -> None:
    board = text.position(Recording(FULL, SORTED, ()), 0)
    assert " R1 " in board.plain
    console = Console(force_terminal=True, color_system="standard", width=80)
    with console.capture() as capture:
        console.print(board)
    assert "\x1b[1;37;41m R1 " in capture.get()


def test_without_colour_nothing_is_painted() -> None:
    assert not text.position(Recording(FULL, SORTED, ()), 0, colour=False).spans


def test_a_hint_is_a_star_and_what_it_excludes_a_dot() -> None:
    recording = Recording(FULL, SORTED, (HINT_3S, HINT_2S))
    alice, bob = (next(line for line in lines(recording, 2) if tail in line) for tail in ("2*", "3*"))
    assert alice.split()[-10:] == ["RYGWB", "1.345"] * 3 + ["RYGWB", "2*"] * 2
    assert bob.split() == ["RYGWB", "3*"] * 2 + ["RYGWB", "12.45"] * 3


def test_a_seats_own_cards_are_hidden_from_it_and_no_others() -> None:
    drawn = "\n".join(lines(Recording(FULL, SORTED, ()), 0, perspective=0))
    assert drawn.count("??") == 5
    assert "R1" not in drawn
    assert "R3" in drawn


@pytest.mark.parametrize("turn", [-1, 62])
def test_a_turn_that_the_game_has_not_is_refused(turn: int) -> None:
    with pytest.raises(IndexError, match=f"turn {turn}: this game has turns 0 to 61"):
        text.position(golden(), turn)


@pytest.mark.parametrize("seat", [-1, 3, 9])
def test_the_view_of_a_seat_that_is_none_is_refused(seat: int) -> None:
    with pytest.raises(IndexError, match=f"perspective {seat}: this game has seats 0 to 2"):
        text.position(golden(), 0, seat)


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ((PLAY,), "Alice plays R1 from slot 1: scores"),
        ((PLAY + 3,), "Alice plays R2 from slot 4: misplay, a life lost"),
        ((HINT_RED, DISCARD + 1), "Bob discards R3 from slot 2"),
        ((HINT_RED, DISCARD + 4), "Bob discards R5 from slot 5: the last one!"),
        ((HINT_RED, PLAY + 4), "Bob plays R5 from slot 5: misplay, the last one!"),
        ((HINT_3S,), "Alice hints 3s to Bob: slots 1, 2"),
        ((HINT_RED,), "Alice hints red to Bob: slots 1, 2, 3, 4, 5"),
        ((), "none yet"),
    ],
)
def test_the_last_move_is_told_in_words(moves: tuple[int, ...], words: str) -> None:
    assert lines(Recording(FULL, SORTED, moves), len(moves))[4] == f"Last move  {words}"


def test_a_completed_stack_tells_of_its_token() -> None:
    one = Variant(2, colours=1, ranks=2, hand_size=1)
    hint_red, play = 2, 1
    recording = Recording(one, (0, 1, 0, 0), (hint_red, hint_red, play, play))
    assert text.last_move(recording.positions[-1], recording.players).plain.endswith("scores, a token back")


def test_the_result_says_how_the_game_ended() -> None:
    game = golden()
    assert text.result(game) == "20 of 25 points: the deck is empty"
    assert text.result(replace(game, moves=game.moves[:9])) == "2 of 25 points: not over yet"
    stopped = replace(game, moves=game.moves[:9], stop=Stop(4, 1))
    assert text.result(stopped) == "2 of 25 points: a player ended it (Grace)"
    struck_out = Recording(FULL, SORTED, (PLAY, PLAY + 4, PLAY, PLAY))
    assert text.result(struck_out) == "0 of 25 points: the last life was lost with 1 on the stacks"
    assert lines(struck_out, 4)[1].startswith("Score 0/25 (1 on the stacks)")


def test_names_and_notes_cannot_send_codes_to_the_terminal() -> None:
    evil = "\x1b]0;x\x07\x1b[2J\r\n\u202e"
    recording = Recording(FULL, SORTED, (HINT_RED,), players=(evil, evil), notes=((evil,),), seed=evil)
    for drawn in (text.whole_game(recording).plain, text.position(recording, 1).plain):
        assert all(char.isprintable() for char in drawn.replace("\n", ""))
        assert "?]0;x?" in drawn


def test_notes_stand_under_their_writers_cards_as_long_as_they_are_held() -> None:
    recording = Recording(FULL, SORTED, (PLAY,), notes=(("go", "", "", "", "keep"),))
    assert "  notes        go" in lines(recording, 0)[9]
    assert lines(recording, 1)[9].split() == ["notes", "keep"]
