"""The loop over seeds that docs/training.md shows, with a stand-in for what trains.

hanabi-tui --no-ui --seed $seed --minutes 60 --checkpoint-dir seed-$seed || exit
hanabi-tui crossplay seed-{0,1,2}@best
"""

import os
import re
import signal
import subprocess
from pathlib import Path

from small_run import PATIENCE, heed_signals, until

PAGE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Several seeds")[1].split("\n## ")[0]
LOOP, CROSSPLAY = (
    re.sub(r"^ {4}", "", block, flags=re.MULTILINE) for block in re.findall(r"(?:^ {4}.*\n)+", SECTION, re.M)
)
STAND_IN = """#!/bin/bash
trap 'echo stopped >> typed; exit 0' INT
echo "$*" >> typed
until [ -e quick ]; do sleep 0.05; done
exit "$(cat code 2> /dev/null || echo 0)"
"""


def begin(folder: Path, script: str) -> "subprocess.Popen[bytes]":
    """Have a shell do it, in a group of its own as at a terminal; what is typed is noted in `typed`."""
    program = folder / "hanabi-tui"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    command = ["bash", "-c", f"{script}\necho the shell goes on >> typed"]
    return subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True, preexec_fn=heed_signals
    )


def typed(folder: Path) -> list[str]:
    noted = folder / "typed"
    return noted.read_text().splitlines() if noted.exists() else []


def run_of(seed: int) -> str:
    return f"--no-ui --seed {seed} --minutes 60 --checkpoint-dir seed-{seed}"


def test_one_seed_follows_the_other_then_all_meet(tmp_path: Path) -> None:
    (tmp_path / "quick").touch()
    assert begin(tmp_path, LOOP + CROSSPLAY).wait(PATIENCE) == 0
    met = "crossplay seed-0@best seed-1@best seed-2@best"
    assert typed(tmp_path) == [run_of(0), run_of(1), run_of(2), met, "the shell goes on"]


def test_ctrl_c_ends_the_loop_and_not_the_shell(tmp_path: Path) -> None:
    shell = begin(tmp_path, LOOP)
    until(lambda: typed(tmp_path) == [run_of(0)], "the first run")
    os.killpg(shell.pid, signal.SIGINT)
    assert shell.wait(PATIENCE) == 0
    assert typed(tmp_path) == [run_of(0), "stopped", "the shell goes on"]


def test_without_the_trap_the_loop_would_go_on(tmp_path: Path) -> None:
    shell = begin(tmp_path, LOOP.replace("trap exit INT", "true"))
    until(lambda: typed(tmp_path) == [run_of(0)], "the first run")
    os.killpg(shell.pid, signal.SIGINT)
    until(lambda: typed(tmp_path) == [run_of(0), "stopped", run_of(1)], "the second run")
    (tmp_path / "quick").touch()
    assert shell.wait(PATIENCE) == 0


def test_a_run_that_fails_ends_the_loop(tmp_path: Path) -> None:
    (tmp_path / "quick").touch()
    (tmp_path / "code").write_text("2")
    assert begin(tmp_path, LOOP).wait(PATIENCE) == 0
    assert typed(tmp_path) == [run_of(0), "the shell goes on"]
