"""A run small enough for a test: the real command, real workers, a real learner."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from engine.store.generations import Generations
from engine.store.manifest import PENDING, Generation
from engine.store.replay import Replay
from engine.store.sample import SAMPLE

COMMAND = [sys.executable, "-c", "from hanabi_tui.cli import main; main()"]
SMALL = (
    "--preset cpu --variant very-small --hidden-size 16 --games-per-worker 32 --num-workers 1 "
    "--buffer-size 8192 --warm-up 1024 --batch-size 64 --train-steps-per-iteration 20 "
    "--evaluation-interval 0 --evaluation-games 50 --final-games 100 --checkpoint-interval 1 "
    "--log-interval 0.2"
).split()
SERIAL = [*SMALL, "--serial", "--num-iterations", "30", "--replay-ratio", "4"]
"""32 steps a chunk, so more than one call; 600 steps in all."""

PATIENCE = 90.0
"""Seconds within which things happen even on a busy machine."""


class SmallRun:
    """`hanabi-tui --no-ui` in a directory; a `with` block ends it, however."""

    def __init__(self, directory: Path, *flags: str, settings: list[str] = SMALL) -> None:
        self.directory = directory
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*COMMAND, "--no-ui", *settings, "--checkpoint-dir", str(directory), *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=directory.parent,
            env={key: value for key, value in os.environ.items() if not key.startswith("HANABI_")},
            text=True,
            preexec_fn=heed_signals,
        )

    def __enter__(self) -> "SmallRun":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def wait_for(self, words: str, times: int = 1) -> str:
        """The line that says these words for the n-th time from now; a run that never says them is killed."""
        assert self.process.stdout is not None
        with patience(self.process):
            for line in self.process.stdout:
                self.lines.append(line.rstrip("\n"))
                times -= words in line
                if not times:
                    return line
        raise AssertionError(f"never said {words!r}:\n" + "\n".join(self.lines[-30:]))

    def finish(self) -> str:
        """Wait for its end; all it said. Asserts that it ended well."""
        rest, _ = self.process.communicate(timeout=PATIENCE)
        said = "\n".join([*self.lines, rest])
        assert self.process.returncode == 0, said
        return said

    def stop(self) -> str:
        """Stop it as an administrator would."""
        self.process.send_signal(signal.SIGTERM)
        return self.finish()

    def kill(self) -> None:
        """Kill it, as the system may."""
        self.process.kill()
        self.process.wait()

    def children(self, *words: str) -> list[int]:
        """Process ids of its children whose command line holds all these words."""
        found = []
        for task in Path("/proc").glob("[0-9]*"):
            try:
                stat = (task / "stat").read_text().rpartition(")")[2].split()
                line = (task / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, IndexError):
                continue
            if int(stat[1]) == self.process.pid and all(word in line for word in words):
                found.append(int(task.name))
        return found

    @property
    def worker(self) -> int:
        """The process id of its worker."""
        return self.children("engine.workers.worker")[0]

    @property
    def learner(self) -> int:
        """The process id of its learner."""
        return next(iter(self.children("-m remote")), 0)


@contextlib.contextmanager
def patience(process: subprocess.Popen[str]) -> Iterator[None]:
    """Kill a process that is not done with something in time, so that whoever reads it sees its end."""
    watch = threading.Timer(PATIENCE, process.kill)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def heed_signals() -> None:
    """A suite in the background has Ctrl-C ignored, one under nohup a hang-up: hand down neither."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def newest(directory: Path) -> Generation:
    """The newest generation, which must be sound; a live run may be about to name it the latest."""
    end = time.monotonic() + 2
    generation, passed = Generations(directory / "generations").newest()
    while passed and time.monotonic() < end:
        time.sleep(0.05)
        generation, passed = Generations(directory / "generations").newest()
    assert generation is not None
    assert not passed, passed
    return generation


Ending = tuple[dict[str, str], dict[str, object]]


def ending(directory: Path) -> Ending:
    """What a run came to, bit for bit: weights, their average, optimizer, samples, workers' games, counters.

    Left out is how long it took, and what was begun in vain.
    """
    manifest = newest(directory).manifest
    counters = msgspec.structs.asdict(manifest.counters)
    for name in ("seconds", "evaluated", "dropped"):
        del counters[name]
    return {name: file.sha256 for name, file in manifest.files.items()}, counters


def state(directory: Path) -> dict:
    """training_state.json."""
    return json.loads((directory / "training_state.json").read_text())


def assert_agrees(directory: Path) -> None:
    """State, replay, database and generation of a run that has stopped tell the same story."""
    generation = newest(directory)
    counters = generation.manifest.counters
    told = state(directory)
    assert told["generation"] == counters.step == told["counters"]["step"]
    assert told["counters"]["samples"] == counters.samples
    assert told["counters"]["trained"] == counters.trained == counters.step * 64
    ring = directory / "replay" / "ring"
    slack = (ring.stat().st_size // (1024 * SAMPLE.itemsize) - 8) * 1024
    replay = Replay(ring, 8192, slack)
    assert replay.found == ()
    pending = np.frombuffer(generation.read(PENDING), dtype=SAMPLE)
    assert replay.serial * 1024 + len(pending) == counters.samples
    with sqlite3.connect(directory / "run.db") as database:
        rows = database.execute(
            "SELECT step, samples, trained, seconds FROM progress ORDER BY rowid"
        ).fetchall()
    assert rows
    columns = list(zip(*rows, strict=True))
    for column in columns:  # nothing was counted twice: no number ever goes back
        assert list(column) == sorted(column)
    for last, total in zip(columns, (counters.step, counters.samples, counters.trained), strict=False):
        assert last[-1] <= total


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)
