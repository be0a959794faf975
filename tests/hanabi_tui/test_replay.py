"""The replay steps through a game in a real terminal, and leaves the terminal as it was."""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from random_game import random_game
from rich.console import Console

import engine
from engine import chance, hanablive, link, preset
from engine.errors import RecordingError
from hanabi_tui import replay
from hanabi_tui.replay import View, press
from hanabi_tui.terminal import REDRAW, names_of

GOLDEN = Path(__file__).parents[1] / "golden" / "full-3-players.json"
GAME = hanablive.load(GOLDEN.read_text(), "golden")
LAST = len(GAME.moves)
SOURCES = Path(engine.__file__).parents[1]
WHITE_4 = "\x1b[30m\x1b[47m W4"
"""Ada's first card, black on white."""

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is missing")


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
        (["G", "j"], "no mistake behind"),
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


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (b"n?", ["n", "?"]),
        (b"\x1b[C\x1bOC\x1b[D", ["right", "right", "left"]),
        (b"\x1b[H\x1b[1~\x1b[F\x1bOF\x1b[4~", ["home", "home", "end", "end", "end"]),
        (b"\x1b[1;5C\x1b[200~\x1bq\x1b", ["unknown"] * 4),
        ("é".encode() + b"\x00\x7f", ["unknown"] * 4),
    ],
)
def test_what_terminals_send_is_split_into_keys(typed: bytes, names: list[str]) -> None:
    assert names_of(typed) == names


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


def test_a_stream_without_the_letters_of_a_name_gets_question_marks() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    replay.replay(GAME, io.StringIO(), out)
    assert b"Hanabi ? full, 3 players" in raw.getvalue()


def test_games_load_from_files_and_links(tmp_path: Path) -> None:
    assert replay.load(str(GOLDEN)) == (GAME, 0)
    game = random_game(preset("full"), chance.stream(1))
    code = link.encode(game)
    assert replay.load(code) == (game, 0)
    assert replay.load(f"{link.ADDRESS}{code}#12") == (game, 11)


def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"^no such file: nowhere\.json; give a hanab\.live JSON file"
    ):
        replay.load("nowhere.json")
    with pytest.raises(FileNotFoundError, match=r"^no such file: \?\[2Jx\?;"):
        replay.load("\x1b[2Jx\0")
    with pytest.raises(FileNotFoundError):
        replay.load("x" * 5000)
    with pytest.raises(IsADirectoryError, match="is a directory; give the file of one game"):
        replay.load(str(tmp_path))
    cut = tmp_path / "cut.json"
    cut.write_bytes(GOLDEN.read_bytes()[:700])
    with pytest.raises(RecordingError, match=r"cut\.json: not JSON, or cut off"):
        replay.load(str(cut))


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(RecordingError, match="/dev/zero: 1000001 bytes given"):
        replay.load("/dev/zero")


def command(argument: str) -> list[str]:
    return [sys.executable, "-c", f"from hanabi_tui.replay import run; run({argument!r})"]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(SOURCES)}


def test_stdin_is_read_for_a_dash_and_a_reader_that_leaves_early_is_no_error() -> None:
    piped = f"{subprocess.list2cmdline(command('-'))} < {GOLDEN} | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", piped], env=environment(), capture_output=True, text=True
    )
    assert done.stdout == "Hanabi · full, 3 players · Ada, Grace, Edsger\n"
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


class Tmux:
    """A terminal of 80 × 24 with a shell in it, on a socket of its own."""

    def __init__(self, socket: Path, variables: dict[str, str]) -> None:
        self._base = ["tmux", "-S", str(socket), "-f", "/dev/null"]
        shell = [
            "env",
            "PS1=ready> ",
            *(f"{name}={value}" for name, value in variables.items()),
            "bash",
            "--norc",
        ]
        self("new-session", "-d", "-x", "80", "-y", "24", *shell)
        self.until(lambda screen: "ready>" in screen)

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._base, *arguments], env=environment(), capture_output=True, text=True, check=True
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self("send-keys", *keys)

    def screen(self, *options: str) -> str:
        return self("capture-pane", "-p", *options)

    def until(self, wanted: Callable[[str], bool], seconds: float = 60) -> str:
        """The screen once it is as wanted."""
        deadline = time.monotonic() + seconds
        while not wanted(screen := self.screen()):
            assert time.monotonic() < deadline, f"not seen in {seconds} s:\n{screen}"
            time.sleep(0.02)
        return screen

    def start(self) -> None:
        script = subprocess.list2cmdline(command(str(GOLDEN)))
        self.press("-l", f"stty -g; {script}; echo left with $?; stty -g")
        self.press("Enter")
        self.until(lambda screen: screen.startswith("Move 0 of 61"))

    def child(self) -> int:
        """The process that the shell started."""
        shell = self("display-message", "-p", "#{pane_pid}").strip()
        return int(subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True, check=True).stdout)

    def assert_left_as_it_was(self, code: int) -> None:
        screen = self.until(
            lambda screen: f"left with {code}" in screen and screen.rstrip().endswith("ready>")
        )
        modes = [line for line in screen.splitlines() if line.count(":") > 10]
        assert len(modes) == 2 and modes[0] == modes[1]
        assert "Move 0 of 61" not in screen  # the alternate screen is gone
        assert self("display-message", "-p", "#{cursor_flag}").strip() == "1"


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    terminal = Tmux(tmp_path / "tmux", {})
    yield terminal
    terminal("kill-server")


@needs_tmux
def test_a_person_can_step_through_a_game_resize_and_quit(tmux: Tmux) -> None:
    tmux.start()
    assert WHITE_4 in tmux.screen("-e")
    tmux.press("n", "Right", "Space")
    tmux.until(lambda screen: screen.startswith("Move 3 of 61"))
    tmux.press("Left")
    tmux.until(lambda screen: screen.startswith("Move 2 of 61"))
    tmux.press("End")
    tmux.until(lambda screen: "20 of 25 points: the deck is empty" in screen)
    tmux.press("Home", "j", "s")
    screen = tmux.until(lambda screen: screen.startswith("Move 24 of 61") and "Ada's view" in screen)
    assert screen.count("??") == 5
    tmux.press("?")
    tmux.until(lambda screen: screen.startswith("Keys"))
    tmux.press("x")
    tmux.until(lambda screen: screen.startswith("Move 24"))
    tmux("resize-window", "-x", "120", "-y", "40")
    tmux.until(
        lambda screen: screen.splitlines()[-1].startswith("Ada's view") and len(screen.splitlines()) == 40
    )
    tmux("resize-window", "-x", "40", "-y", "10")
    tmux.until(
        lambda screen: screen.splitlines()[-1].startswith("Ada's view") and len(screen.splitlines()) == 10
    )
    tmux("resize-window", "-x", "80", "-y", "24")
    tmux.press("q")
    tmux.assert_left_as_it_was(0)


@needs_tmux
def test_ctrl_c_leaves_the_terminal_as_it_was(tmux: Tmux) -> None:
    tmux.start()
    tmux.press("C-c")
    tmux.assert_left_as_it_was(0)


@needs_tmux
def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back(tmux: Tmux) -> None:
    tmux.start()
    tmux.press("C-z")
    tmux.until(lambda screen: "Stopped" in screen and screen.rstrip().endswith("ready>"))
    tmux.press("fg", "Enter")
    tmux.until(lambda screen: screen.startswith("Move 0 of 61"))
    tmux.press("n")
    tmux.until(lambda screen: screen.startswith("Move 1 of 61"))
    tmux.press("q")
    tmux.until(lambda screen: "Move 1 of 61" not in screen and screen.rstrip().endswith("ready>"))


@needs_tmux
def test_being_told_to_end_leaves_the_terminal_as_it_was(tmux: Tmux) -> None:
    tmux.start()
    os.kill(tmux.child(), signal.SIGTERM)
    tmux.assert_left_as_it_was(143)


@needs_tmux
def test_a_terminal_that_goes_away_ends_the_replay(tmp_path: Path) -> None:
    tmux = Tmux(tmp_path / "tmux", {})
    tmux.start()
    child = tmux.child()
    tmux("kill-server")
    deadline = time.monotonic() + 30
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@needs_tmux
def test_no_color_is_honoured(tmp_path: Path) -> None:
    terminal = Tmux(tmp_path / "tmux", {"NO_COLOR": "1"})
    try:
        terminal.start()
        assert WHITE_4 not in terminal.screen("-e")
        assert "W4" in terminal.screen()
    finally:
        terminal("kill-server")
