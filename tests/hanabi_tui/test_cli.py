"""The commands as a user types them, in processes of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.bots import BOTS

COMMAND = Path(sys.executable).with_name("hanabi-tui")


def hanabi_tui(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *words], capture_output=True, text=True, input=stdin, check=False)


def test_evaluate_prints_a_line_for_each_number_of_players() -> None:
    done = hanabi_tui("evaluate", "--agent", "cautious", "--players", "2", "--players", "5", "--games", "50")
    assert done.returncode == 0, done.stderr
    header, two, five = done.stdout.splitlines()
    assert header.split() == "agent players games strict score points kept perfect struck out".split()
    assert two.split()[:3] == ["cautious", "2", "50"]
    assert five.split()[:3] == ["cautious", "5", "50"]
    assert two.split()[4] == "±"
    assert two.split()[-1] == "0.0%"


def test_evaluate_measures_every_bot_unless_some_are_named() -> None:
    done = hanabi_tui("evaluate", "--games", "5")
    assert done.returncode == 0, done.stderr
    assert {line.split()[0] for line in done.stdout.splitlines()[1:]} == set(BOTS)


def test_a_saved_game_can_be_replayed(tmp_path: Path) -> None:
    file = tmp_path / "game.json"
    done = hanabi_tui("evaluate", "--agent", "random", "--players", "3", "--games", "5", "--save", str(file))
    assert f"hanabi-tui replay {file}" in done.stdout
    assert len(json.loads(file.read_text())["deck"]) == 50
    shown = hanabi_tui("replay", str(file))
    assert shown.returncode == 0, shown.stderr
    assert "random" in shown.stdout
    assert hanabi_tui("replay", "-", stdin=file.read_text()).stdout == shown.stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["evaluate", "--agent", "hal"], "agent 'hal': allowed are random,"),
        (["evaluate", "--agent", "cautious", "--agent", "hal"], "agent 'hal'"),
        (["evaluate", "--players", "6"], "'--players': Input should be less than or equal to 5"),
        (["evaluate", "--games", "0"], "'--games': Input should be greater than or equal to 1"),
        (["evaluate", "--variant", "huge"], "'full', 'small'"),
        (
            ["evaluate", "--games", "1", "--agent", "random", "--save", "/nowhere/game.json"],
            "/nowhere/game.json",
        ),
        (["replay", "/nowhere/game.json"], "/nowhere/game.json"),
        (["replay", "-"], "stdin: not JSON, or cut off"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)
def test_what_cannot_be_done_is_said_in_words_with_exit_code_2(words: list[str], complaint: str) -> None:
    done = hanabi_tui(*words)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def test_version_and_help_come_without_the_engine() -> None:
    probe = """
import sys
sys.argv = ["hanabi-tui", "--help"]
from hanabi_tui.cli import main
try:
    main()
finally:
    assert "numba" not in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode == 0
    assert hanabi_tui("--version").stdout.startswith("hanabi-tui 0.")
    for command in ("evaluate", "replay", "agents"):
        assert command in hanabi_tui("--help").stdout
