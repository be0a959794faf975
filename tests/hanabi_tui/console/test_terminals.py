"""The console in real terminals: started, left, opened again, killed; with few colours, without a screen."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_run import SMALL
from tmux import Tmux, needs_tmux

import engine
from hanabi_tui.console.live.starting import is_live

SOURCES = {"PYTHONPATH": str(Path(engine.__file__).parents[1])}
COMMAND = [sys.executable, "-m", "hanabi_tui"]

pytestmark = needs_tmux


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user without settings of their own."""
    folder = str(tmp_path_factory.mktemp("home"))
    return SOURCES | {"XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, home: dict[str, str]) -> Iterator[Path]:
    """The directory of a run that a console has started, had rest, and left."""
    folder = tmp_path_factory.mktemp("started")
    directory = folder / "run"
    tmux = Tmux(folder / "tmux", home)
    try:
        tmux.run([*COMMAND, *SMALL, "--checkpoint-dir", str(directory)])
        screen = tmux.until(lambda screen: "starting" in screen)
        assert "Begins a run in" in screen and "? lists all keys" in screen
        tmux.until(lambda screen: "► training" in screen)
        tmux.press("P")
        tmux.until(lambda screen: "‖ paused: asked to" in screen)
        tmux.press("P")
        tmux.until(lambda screen: "► training" in screen)
        tmux.press("P")  # for the tests have use for the time that its worker would take
        tmux.until(lambda screen: "‖ paused: asked to" in screen)
        tmux.press("q")
        tmux.until(lambda screen: "Leave it running" in screen)
        tmux.press("l")
        tmux.until(lambda screen: "left with 0" in screen and "The run goes on" in screen)
        tmux("kill-server")
        assert is_live(directory)
        yield directory
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # it is gone already, where all went well
            tmux("kill-server")
        if is_live(directory):
            os.kill(int((directory / "run.lock").read_text()), signal.SIGTERM)
            until(lambda: not is_live(directory), "the run has ended")


@pytest.fixture
def tmux(tmp_path: Path, home: dict[str, str]) -> Iterator[Tmux]:
    terminal = Tmux(tmp_path / "tmux", home)
    yield terminal
    terminal("kill-server")


def test_a_run_outlives_a_console_that_is_killed_and_the_terminal_is_as_it_was(
    tmux: Tmux, started: Path
) -> None:
    tmux.run([*COMMAND, "attach", str(started)])
    tmux.until(lambda screen: "‖ paused: asked to" in screen)
    os.kill(tmux.child(), signal.SIGTERM)
    tmux.assert_left_as_it_was(143)
    assert is_live(started)


def test_a_terminal_that_goes_away_ends_only_the_console(
    tmp_path: Path, home: dict[str, str], started: Path
) -> None:
    tmux = Tmux(tmp_path / "tmux", home)
    tmux.run([*COMMAND, "attach", str(started)])
    tmux.until(lambda screen: "‖ paused: asked to" in screen)
    child = tmux.child()
    tmux("kill-server")
    until(lambda: not Path(f"/proc/{child}").exists(), "the console has ended")
    assert is_live(started)


@pytest.mark.parametrize("term", ["xterm", "linux", "screen"])
def test_terminals_with_sixteen_colours_get_no_others(
    term: str, tmp_path: Path, home: dict[str, str], started: Path
) -> None:
    tmux = Tmux(tmp_path / "tmux", home | {"COLORTERM": "", "TERM": term})
    try:
        tmux.run([*COMMAND, "attach", "--read-only", str(started)])
        tmux.until(lambda screen: "paused: asked to" in screen and "read-only" in screen)
        assert "[38;2;" not in tmux.screen("-e") and "[48;2;" not in tmux.screen("-e")
        tmux.press("q")
        tmux.assert_left_as_it_was(0)
    finally:
        tmux("kill-server")


def test_without_colour_there_is_none(tmp_path: Path, home: dict[str, str], started: Path) -> None:
    tmux = Tmux(tmp_path / "tmux", home | {"NO_COLOR": "1"})
    try:
        tmux.run([*COMMAND, "attach", str(started)])
        tmux.until(lambda screen: "‖ paused: asked to" in screen)
        screen = tmux.screen("-e")
        assert not any(f"[{colour}m" in screen for colour in range(31, 38))
        assert "[38;" not in screen and "[48;" not in screen
    finally:
        tmux("kill-server")


def test_keys_that_are_no_letters_of_ours_and_other_sizes_do_no_harm(tmux: Tmux, started: Path) -> None:
    tmux.run([*COMMAND, "attach", str(started)])
    tmux.until(lambda screen: "‖ paused: asked to" in screen)
    tmux("send-keys", "-H", "ff", "fe", "e9", "c3", "28")
    for width, height in ((200, 60), (20, 5), (5, 2), (120, 40), (80, 24)):
        tmux("resize-window", "-x", str(width), "-y", str(height))
    tmux.press("q")
    tmux.until(lambda screen: "Leave it running" in screen)
    tmux.press("Escape")
    tmux.until(lambda screen: "Leave it running" not in screen)
    tmux.press("9")
    tmux.until(lambda screen: "learning_rate" in screen)
    tmux.press("C-c")
    tmux.until(lambda screen: "Leave it running" in screen)
    tmux.press("C-c")
    tmux.assert_left_as_it_was(0)


def plain(home: dict[str, str], *words: str, typed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        input=typed,
        capture_output=True,
        text=True,
        env=os.environ | home,
        check=False,
        timeout=60,
    )


def test_a_run_can_be_steered_in_plain_lines(home: dict[str, str], started: Path) -> None:
    typed = "pause for lunch\nstatus\nresume\nset learning_rate 7\nworkers\nnonsense\nstop\nno\nhelp\n"
    done = plain(home, "attach", "--plain", str(started), typed=f"{typed}pause\nquit\n")  # it rests again
    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "Done: paused: for lunch",
        "paused: for lunch, for",
        "Done: training goes on",
        "Not done: [training] learning_rate = 7: allowed: numbers 1e-08 to 1",
        "nonsense: no such command",
        "Do it? yes or no",
        "Left as it is.",
        "checkpoint: Save a generation",
        "The run goes on in",
    ):
        assert said in done.stdout, done.stdout
    assert "\x1b" not in done.stdout


def test_who_only_looks_on_changes_nothing_in_plain_lines_either(home: dict[str, str], started: Path) -> None:
    done = plain(home, "attach", "--plain", "--read-only", str(started), typed="pause\n")
    assert "Not done: this console only looks on" in done.stdout


def test_without_a_terminal_it_says_what_to_use_instead(home: dict[str, str], tmp_path: Path) -> None:
    for words in ([], ["attach", str(tmp_path)]):
        done = plain(home, *words, typed="")
        assert done.returncode == 2 and not done.stdout
        assert "wants a terminal" in done.stderr and "--no-ui" in done.stderr and "--plain" in done.stderr


def test_a_directory_without_a_run_cannot_be_attached_to(home: dict[str, str], tmp_path: Path) -> None:
    done = plain(home, "attach", "--plain", str(tmp_path), typed="")
    assert done.returncode == 2 and "no run has begun in this directory" in done.stderr
