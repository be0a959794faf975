"""`hanabi-tui fresh`: asks, moves aside, deletes nothing."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from small_run import COMMAND

from engine.store.directory import Directory, Saved, read_state
from engine.store.manifest import Counters


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What a run has left."""
    directory = Directory(tmp_path / "run")
    counters = Counters(step=1234, games=5678, seconds=600.0, best=21.5)
    directory.save(
        Saved(run="r", state="stopped", pid=1, updated=time.time(), generation=1234, counters=counters)
    )
    (tmp_path / "run" / "generations" / "000001234").mkdir(parents=True)
    (tmp_path / "run" / "mine.txt").write_text("a note")
    directory.release()
    return tmp_path / "run"


def fresh(path: Path, *flags: str, answer: str | None = None) -> tuple[int, str]:
    command = [*COMMAND, "fresh", "--checkpoint-dir", str(path), *flags]
    if answer is None:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
    ours, theirs = os.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        os.write(ours, answer.encode())
        said, _ = run.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    return run.returncode, said


def test_it_finds_the_run_as_the_run_found_its_directory(left: Path) -> None:
    (left.parent / "distributed_config.toml").write_text('[paths]\ncheckpoint_dir = "run"\n')
    said = subprocess.run(
        [*COMMAND, "fresh", "--yes"], cwd=left.parent, capture_output=True, text=True, check=True
    ).stdout
    assert "Moved to" in said
    assert read_state(left) is None


def test_it_tells_what_is_there_asks_and_moves_it_aside(left: Path) -> None:
    code, said = fresh(left, answer="y\n")
    assert code == 0
    assert "stopped, step 1,234, 5,678 games, 10 min of training, best score 21.50" in said
    (aside,) = left.parent.glob("run-*")
    assert (aside / "mine.txt").read_text() == "a note"
    assert read_state(aside) is not None
    assert read_state(left) is None
    subprocess.run(said.rpartition("begins: ")[2], shell=True, check=True)
    assert read_state(left) is not None


@pytest.mark.parametrize("trace", ["replay/ring", "run.db"])
def test_what_is_left_of_a_run_is_moved_aside_too(tmp_path: Path, trace: str) -> None:
    left = tmp_path / "run"
    (left / trace).parent.mkdir(parents=True)
    (left / trace).write_bytes(b"samples")
    code, said = fresh(left, "--yes")
    assert (code, "Moved to" in said) == (0, True)
    (aside,) = tmp_path.glob("run-*")
    assert (aside / trace).read_bytes() == b"samples"


def test_no_leaves_everything_where_it_is(left: Path) -> None:
    code, said = fresh(left, answer="n\n")
    assert code == 1
    assert "Aborted" in said
    assert read_state(left) is not None


def test_where_nobody_can_be_asked_it_wants_a_yes(left: Path) -> None:
    code, said = fresh(left)
    assert code == 2
    assert "--yes" in said
    assert read_state(left) is not None
    assert fresh(left, "--yes")[0] == 0
    assert read_state(left) is None


def test_a_run_that_is_live_is_left_alone(left: Path) -> None:
    holder = Directory(left)
    try:
        code, said = fresh(left, "--yes")
    finally:
        holder.release()
    assert code == 3
    assert f"held by another run (process {os.getpid()})" in said
    assert read_state(left) is not None


def test_where_there_is_no_run_it_says_so(tmp_path: Path) -> None:
    assert "There is no run" in fresh(tmp_path / "nothing")[1]
    assert not (tmp_path / "nothing").exists()
