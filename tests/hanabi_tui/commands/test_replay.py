"""The replay's keys, pictures and printed text."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from engine.errors import RecordingError
from engine.records import hanablive, link, text
from hanabi_tui.commands import replay
from hanabi_tui.commands.replay import View, press
from hanabi_tui.terminal import REDRAW

GOLDEN = Path(__file__).parents[2] / "golden" / "full-3-players.json"
GAME = hanablive.load(GOLDEN.read_text(), "golden")
LAST = len(GAME.moves)
WHITE_4 = "\x1b[30;47m W4"
"""Ada's first card, black on white."""

START = View()


def pressed(*keys: str, view: View = START) -> View:
    for key in keys:
        after = press(view, key, GAME)
        assert after is not None
        view = after
    return view


@pytest.mark.parametrize(
    ("keys", "turn"),
    [
        (["n", "right", " "], 3),
        (["n", "n", "p"], 1),
        (["n", "n", "left", "left"], 0),
        (["G"], LAST),
        (["end", "left"], LAST - 1),
        (["end", "home"], 0),
        (["G", "g", "n"], 1),
        (["j"], 24),
        (["j", "j"], 55),
        (["G", "J", "J"], 24),
        ([REDRAW, "x", "unknown"], 0),
    ],
)
def test_keys_go_to_the_turn_they_say(keys: list[str], turn: int) -> None:
    assert pressed(*keys).turn == turn


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        (["p"], "this is the deal"),
        (["G", "n"], "this is the end"),
        (["G", "j"], "no mistake after"),
        (["J"], "no mistake before"),
        (["x"], "x is no key here"),
        (["unknown"], "this is no key here"),
        (["x", "n"], ""),
    ],
)
def test_a_key_that_can_do_nothing_says_so(keys: list[str], word: str) -> None:
    assert pressed(*keys).word.startswith(word)
    assert bool(pressed(*keys).word) == bool(word)


def test_s_goes_round_the_seats_and_back_to_all_cards() -> None:
    assert [pressed(*"s" * count).seat for count in range(5)] == [None, 0, 1, 2, None]


def test_q_quits_also_from_the_help_and_other_keys_only_leave_it() -> None:
    helping = pressed("?")
    assert helping.helping
    assert press(helping, "q", GAME) is None
    assert press(View(), "q", GAME) is None
    assert pressed("n", view=helping) == View()
    assert pressed("x", view=helping) == View()
    assert pressed(REDRAW, view=helping) == helping


def test_the_help_names_every_key() -> None:
    told = replay.help_text().plain
    assert all(key in told for keys, _, _ in replay.ACTIONS for key in keys if key != " ")


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 60), (20, 5), (1, 1), (80, 2)])
@pytest.mark.parametrize("helping", [False, True])
def test_a_picture_fits_any_window_and_its_last_line_tells_the_keys(
    columns: int, lines: int, helping: bool
) -> None:
    console = Console(file=io.StringIO(), width=columns)
    for turn in (0, 30, LAST):
        drawn = replay.picture(View(turn=turn, helping=helping), GAME, columns, lines, console)
        assert len(drawn) == lines
        assert max(map(len, drawn)) <= columns
        assert drawn[-1].startswith("all cards"[:columns])


def test_a_tall_window_also_shows_the_moves_made_but_none_to_come() -> None:
    console = Console(file=io.StringIO(), width=80)
    drawn = "\n".join(replay.picture(View(turn=3), GAME, 80, 60, console))
    assert "3      1      6      3    34  Edsger hints 2s to Ada: slot 3" in drawn
    assert "Ada plays W1" not in drawn


def test_without_a_terminal_the_whole_game_is_printed_without_codes() -> None:
    out = io.StringIO()
    replay.replay(GAME, io.StringIO(), out)
    assert "\x1b" not in out.getvalue()
    assert f"Result: 20 of 25 points: the deck is empty\n\nMove {LAST} of {LAST}" in out.getvalue()


class Screen(io.StringIO):
    """What is printed to it would be seen on a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def no_wishes(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that says nothing about colours."""
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return monkeypatch


def test_a_turn_asked_for_is_all_that_is_printed(no_wishes: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    replay.replay(GAME, io.StringIO(), out, turn=24)
    assert out.getvalue() == f"{text.position(GAME, 24, colour=False)}\n"
    assert out.getvalue().startswith("Move 24 of 61\n")


@pytest.mark.parametrize("turn", [-1, LAST + 1])
def test_a_turn_that_the_game_has_not_is_refused(turn: int) -> None:
    with pytest.raises(RecordingError, match=f"turn {turn}: this game has turns 0 to 61"):
        replay.replay(GAME, io.StringIO(), io.StringIO(), turn=turn)


def test_colours_come_to_a_terminal_and_into_a_pipe_that_is_forced(no_wishes: pytest.MonkeyPatch) -> None:
    screen, pipe, forced = Screen(), io.StringIO(), io.StringIO()
    replay.replay(GAME, io.StringIO(), screen, turn=0)  # keys come from no terminal
    assert WHITE_4 in screen.getvalue() and "\x1b[?1049h" not in screen.getvalue()
    replay.replay(GAME, io.StringIO(), pipe, turn=0)
    assert "\x1b" not in pipe.getvalue()
    no_wishes.setenv("FORCE_COLOR", "1")
    replay.replay(GAME, io.StringIO(), forced, turn=0)
    assert WHITE_4 in forced.getvalue()


def test_a_link_is_printed_alone_and_what_it_lacks_said_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    replay.run(str(GOLDEN), 3, as_link=True)
    printed = capsys.readouterr()
    assert printed.out == f"{link.ADDRESS}{link.encode(GAME)}#4\n"
    assert printed.err == "hanabi-tui: not in the link: the names, the notes, the seed\n"
    replay.run(printed.out.strip(), as_link=True)  # the turn stays, too
    assert capsys.readouterr() == (printed.out, "")
