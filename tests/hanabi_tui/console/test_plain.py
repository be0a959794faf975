"""The console in plain lines, on a run that is over or only starts: what is typed, and what it answers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from small_run import SMALL

import engine
from engine.contracts.states import State
from engine.store.directory import Directory, Saved
from engine.store.manifest import Counters
from hanabi_tui.console.live.starting import is_live

COMMAND = [sys.executable, "-m", "hanabi_tui"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(engine.__file__).parents[1]), "LC_ALL": "C.UTF-8"}


def said(directory: Path, typed: bytes) -> str:
    done = subprocess.run(
        [*COMMAND, "attach", "--plain", str(directory)],
        input=typed,
        capture_output=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_a_run_that_is_over_is_told_as_it_ended_and_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    directory.save(
        Saved(
            run="a-run",
            state=State.FAILED,
            reason="the disk broke",
            pid=7,
            updated=9.0,
            generation=3,
            counters=Counters(),
        )
    )
    directory.release()
    lines = said(tmp_path, b"\xff\xfe\nstatus\nquit\n").splitlines()
    assert any("no such command" in line for line in lines)
    assert f"The run in {tmp_path}: failed: the disk broke." in lines
    assert "The run goes on" not in lines[-1]


def test_whoever_leaves_while_a_run_starts_is_told_that_it_goes_on(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    with subprocess.Popen(
        [*COMMAND, "--plain", *SMALL, "--checkpoint-dir", str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as console:
        assert console.stdout is not None
        for line in console.stdout:
            if line.startswith("Type a command"):
                break
        console.send_signal(signal.SIGINT)
        last, _ = console.communicate()
    try:
        assert console.returncode == 0
        assert last.splitlines()[-1] == f"The run goes on in {directory}."
    finally:
        end(directory)


def end(directory: Path) -> None:
    """End a run that a console has started and left."""
    deadline = time.monotonic() + 120
    lock = directory / "run.lock"
    while not (lock.exists() and lock.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(int(lock.read_text()), signal.SIGTERM)
    while is_live(directory):
        assert time.monotonic() < deadline
        time.sleep(0.05)
