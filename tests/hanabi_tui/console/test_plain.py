"""The console in plain lines, without a run that is live: what is typed, and what it answers."""

import os
import subprocess
import sys
from pathlib import Path

import engine
from engine.contracts.states import State
from engine.store.directory import Directory, Saved
from engine.store.generations import Counters


def said(directory: Path, typed: bytes) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hanabi_tui", "attach", "--plain", str(directory)],
        input=typed,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(Path(engine.__file__).parents[1]), "LC_ALL": "C.UTF-8"},
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
