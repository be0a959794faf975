"""The replay steps through a game in a real terminal, and leaves the terminal as it was."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tmux import Tmux, needs_tmux

import engine
from hanabi_tui.terminal import names_of

GOLDEN = Path(__file__).parents[1] / "golden" / "full-3-players.json"
SOURCES = {"PYTHONPATH": str(Path(engine.__file__).parents[1])}
COMMAND = [sys.executable, "-c", "from hanabi_tui.cli import main; main()", "replay", str(GOLDEN)]
WHITE_4 = "\x1b[30m\x1b[47m W4"
"""Ada's first card, black on white."""


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


def start(tmux: Tmux, *options: str) -> None:
    tmux.run([*COMMAND, *options])
    tmux.until(lambda screen: screen.startswith(f"Move {options[-1] if options else 0} of 61"))


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    terminal = Tmux(tmp_path / "tmux", SOURCES)
    yield terminal
    terminal("kill-server")


@needs_tmux
def test_a_person_can_step_through_a_game_resize_and_quit(tmux: Tmux) -> None:
    start(tmux)
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
    start(tmux)
    tmux.press("C-c")
    tmux.assert_left_as_it_was(0)


@needs_tmux
def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back(tmux: Tmux) -> None:
    start(tmux)
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
    start(tmux)
    os.kill(tmux.child(), signal.SIGTERM)
    tmux.assert_left_as_it_was(143)


@needs_tmux
def test_a_terminal_that_goes_away_ends_the_replay(tmp_path: Path) -> None:
    tmux = Tmux(tmp_path / "tmux", SOURCES)
    start(tmux)
    child = tmux.child()
    tmux("kill-server")
    deadline = time.monotonic() + 30
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@needs_tmux
def test_no_color_is_honoured(tmp_path: Path) -> None:
    terminal = Tmux(tmp_path / "tmux", SOURCES | {"NO_COLOR": "1"})
    try:
        start(terminal)
        assert WHITE_4 not in terminal.screen("-e")
        assert "W4" in terminal.screen()
    finally:
        terminal("kill-server")


@needs_tmux
def test_the_replay_starts_at_the_turn_asked_for(tmux: Tmux) -> None:
    start(tmux, "--turn", "24")
    tmux.press("p")
    tmux.until(lambda screen: screen.startswith("Move 23 of 61"))
    tmux.press("q")
    tmux.assert_left_as_it_was(0)


@needs_tmux
def test_without_keys_the_game_is_printed_on_the_terminal_in_colour(tmux: Tmux) -> None:
    tmux("resize-window", "-x", "100", "-y", "60")
    tmux.run(["bash", "-c", '"$@" < /dev/null', "bash", *COMMAND, "--turn", "0"])
    tmux.until(lambda screen: "left with 0" in screen)
    assert WHITE_4 in tmux.screen("-e")
