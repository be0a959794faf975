"""The commands as a user types them, in processes of their own; what is refused, in that of the tests."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import same_process
from small_run import heed_signals

import engine
from engine import preset
from engine.players.bots import BOTS, find
from engine.players.evaluation import evaluate
from engine.records.hanablive import load

GOLDEN = Path(__file__).parents[1] / "golden" / "full-3-players.json"
COMMAND = [sys.executable, "-c", "from hanabi_tui.cli import main; main()"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(engine.__file__).parents[1])}


def hanabi_tui(*words: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        input=stdin,
        check=False,
        env=ENVIRONMENT | variables,
    )


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
    assert [each.name for each in tmp_path.iterdir()] == ["game.json"]
    first = evaluate([find("random")], preset("full", 3), 5, 0)
    assert load(file.read_text(), file.name).positions[-1]["points"] == first.points[0]  # the one measured
    shown = hanabi_tui("replay", str(file))
    assert shown.returncode == 0, shown.stderr
    assert "random" in shown.stdout
    assert hanabi_tui("replay", "-", stdin=file.read_text()).stdout == shown.stdout


def evaluate_and_save(file: Path, games: int = 1) -> list[str]:
    return ["evaluate", "--agent", "random", "--players", "2", "--games", str(games), "--save", str(file)]


def test_a_file_that_is_replaced_is_mentioned(tmp_path: Path) -> None:
    file = tmp_path / "a game.json"
    first = hanabi_tui(*evaluate_and_save(file))
    assert "(replaced)" not in first.stdout
    assert f"hanabi-tui replay '{file}'" in first.stdout
    assert f"The first game is in {file} (replaced);" in hanabi_tui(*evaluate_and_save(file)).stdout


def test_a_device_is_written_to_and_not_replaced() -> None:
    done = hanabi_tui(*evaluate_and_save(Path("/dev/stderr")))
    assert (done.returncode, len(json.loads(done.stderr)["deck"])) == (0, 50)


def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    words = [*COMMAND, *evaluate_and_save(tmp_path / "game.json", games=10_000_000)]
    playing = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        preexec_fn=heed_signals,
    )
    assert playing.stdout is not None and playing.stdout.readline()  # the header
    time.sleep(0.2)
    playing.send_signal(signal.SIGINT)
    playing.communicate(timeout=60)
    assert playing.returncode
    assert list(tmp_path.iterdir()) == []


def test_one_game_has_no_standard_error() -> None:
    line = hanabi_tui("evaluate", "--agent", "random", "--players", "2", "--games", "1").stdout.splitlines()[
        1
    ]
    assert "nan" not in line
    assert line.count("± –") == 2


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["evaluate", "--help"], "mean score ? standard error"),
        (["evaluate", "--agent", "random", "--players", "2", "--games", "20"], " ? "),
        (["replay", str(GOLDEN)], "Hanabi ? full, 3 players"),
    ],
)
def test_a_stream_without_all_letters_gets_question_marks(words: list[str], shown: str) -> None:
    done = hanabi_tui(*words, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["agents"],
        ["evaluate", "--agent", "random", "--players", "2", "--games", "1"],
        ["replay", str(GOLDEN)],
        ["replay", str(GOLDEN), "--link"],
    ],
)
@pytest.mark.parametrize("variables", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])
def test_a_reader_that_leaves_early_is_no_error(words: list[str], variables: dict[str, str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*COMMAND, *words],
            stdout=writer,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            env=ENVIRONMENT | variables,
        )
    finally:
        os.close(writer)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["evaluate", "--agent", "hal"], "agent 'hal': allowed are random,"),
        (["evaluate", "--agent", "cautious", "--agent", "hal"], "agent 'hal'"),
        (["evaluate", "--players", "6"], "'--players': Input should be less than or equal to 5"),
        (["evaluate", "--games", "0"], "'--games': Input should be greater than or equal to 1"),
        (["evaluate", "--variant", "huge"], "allowed are full, small, very-small, or"),
        (
            ["evaluate", "--games", "1", "--agent", "random", "--save", "/nowhere/game.json"],
            "/nowhere/game.json",
        ),
        (["replay", "/nowhere/game.json"], "/nowhere/game.json"),
        (["replay", "-"], "stdin: not JSON, or cut off"),
        (["replay", ""], "no name of a file given; give a hanab.live JSON file"),
        (["replay", str(GOLDEN), "--turn", "62"], "turn 62: this game has turns 0 to 61"),
        (["replay", str(GOLDEN), "--turn", "-1", "--link"], "turn -1: this game has turns 0 to 61"),
        (["evaluate", "--games", "1", "--agent", "random", "--save", "/"], "/ is a directory"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)
def test_what_cannot_be_done_is_said_in_words_with_exit_code_2(words: list[str], complaint: str) -> None:
    own = words == ["replay", "-"]  # whose input is its process's
    done = hanabi_tui(*words) if own else same_process.hanabi_tui(*words)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def test_who_wants_the_runs_directory_alone_is_not_refused_for_what_does_not_go_together(
    tmp_path: Path,
) -> None:
    """As where the token is in the credentials of a service, and not in those of a shell."""
    file = tmp_path / "settings.toml"
    file.write_text('[network]\ntransport = "direct"\ngpu_host = "laptop"\n')
    given = ["--config", str(file), "--checkpoint-dir", str(tmp_path / "run")]
    status = hanabi_tui("status", "--local", "--json", *given)
    assert (status.returncode, json.loads(status.stdout)) == (0, {"directory": str(tmp_path / "run")})
    stop = hanabi_tui("stop", *given)
    assert (stop.returncode, "no run is live in" in stop.stderr) == (2, True)
    for words in (["--no-ui"], ["status"]):
        refused = hanabi_tui(*words, *given)
        assert refused.returncode == 2 and "direct wants an auth_token" in refused.stderr
    assert not (tmp_path / "run").exists()
    file.write_text("[network]\ngpu_hots = 1\n")
    assert "gpu_hots" in hanabi_tui("stop", *given).stderr


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["set", "minutes=5"], 2)])
def test_help_and_verbs_come_without_the_engine(words: list[str], code: int, tmp_path: Path) -> None:
    probe = f"""
import sys
sys.argv = ["hanabi-tui", *{words}]
from hanabi_tui.cli import main
try:
    main()
finally:
    assert not {{"numba", "numpy", "torch"}} & sys.modules.keys()
"""
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, check=False, env=ENVIRONMENT, cwd=tmp_path
    )
    assert (done.returncode, b"AssertionError" in done.stderr) == (code, False), done.stderr


def test_the_version_is_said() -> None:
    assert hanabi_tui("--version").stdout.startswith("hanabi-tui 0.")
    for command in ("evaluate", "replay", "agents"):
        assert command in hanabi_tui("--help").stdout


@pytest.mark.parametrize("closed", [">&-", "<&-", ">&- <&-"])
def test_closed_streams_are_no_trouble(closed: str) -> None:
    line = f"{shlex.join([*COMMAND, 'replay', str(GOLDEN)])} {closed}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_belongs_on_standard_error_is_never_among_the_output(tmp_path: Path) -> None:
    (tmp_path / "distributed_config.toml").write_text("")  # a note is told of it
    line = f"cd {shlex.quote(str(tmp_path))}; {shlex.join([*COMMAND, 'status', '--json'])}"
    there = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert "settings are read from" in there.stderr
    closed = subprocess.run(
        ["sh", "-c", f"{line} 2>&-"], capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    assert (closed.returncode, closed.stdout) == (there.returncode, there.stdout)


@pytest.mark.parametrize(
    ("words", "wanted"), [("hanabi-tui pau", "pause"), ("hanabi-tui evaluate --ag", "--agent")]
)
def test_a_shell_can_complete_what_is_typed(words: str, wanted: str) -> None:
    tool = Path(sys.executable).with_name("hanabi-tui")
    asked = {"_HANABI_TUI_COMPLETE": "complete_bash", "COMP_WORDS": words}
    done = subprocess.run(
        [tool],
        env=os.environ | asked | {"COMP_CWORD": str(words.count(" "))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [wanted]
