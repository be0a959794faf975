"""A run that is harmed at each moment that counts: it ends as one that was left in peace."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killed_run
import pytest
from plain_run import PlainCrew, PlainRun, digest
from small_run import assert_agrees

from engine.contracts import events as e
from engine.contracts.learner import LearnerError
from engine.machine import durable
from engine.store import generations, metrics, ring

MEMORY = Path("/dev/shm")
"""Where files cost no waiting for a disk, if there is such a place."""


def killed(story: str, mode: str, every: int) -> list[dict[str, Any]]:
    """How it fares that is killed before every n-th line."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 200e6
    with tempfile.TemporaryDirectory(dir=MEMORY if roomy else None) as folder:
        environment = {**os.environ, "PYTHONPATH": str(Path(killed_run.__file__).parent)}
        # a process that forks had better have no threads, as this one has
        command = [sys.executable, killed_run.__file__, folder, story, mode, str(every)]
        driver = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in driver.stdout.splitlines()]


@pytest.mark.parametrize(
    ("story", "mode", "every", "lines"),
    [
        ("begun", "serial", 1, 80),
        ("taken up", "serial", 1, 30),
        ("restored", "serial", 2, 60),  # most of these lines are of saving, as those of the first
        ("begun", "overlapped", 4, 80),
        ("taken up", "overlapped", 2, 30),
        ("restored", "overlapped", 4, 60),
    ],
)
def test_kill_9_before_any_line_that_writes_loses_nothing_and_counts_nothing_twice(
    peace: str, story: str, mode: str, every: int, lines: int
) -> None:
    results = killed(story, mode, every)
    assert sum(result["killed"] for result in results) >= max(lines // every, len(results) - 8)
    for result in results:
        after = result["after"]
        assert "error" not in after, result
        assert (after["state"], after["step"]) == ("completed", 180), result
        assert all("was never completed" in each for each in after["damage"]), result
        if mode == "serial":
            assert after["digest"] == peace, result
        if after["begun"] is not None and story != "restored":
            assert after["begun"] >= result["saved"], result


def harmed(directory: Path, harm: Callable[[PlainRun, str, int, Callable[[], Any]], Any]) -> PlainRun:
    """A run whose calls to the learner are attended to by `harm`, told which call of its name each is."""
    run, calls = PlainRun(directory), Counter[str]()

    def attend(name: str, call: Callable[[], Any]) -> Any:
        calls[name] += 1
        return harm(run, name, calls[name], call)

    run.attend = attend
    run.finish()
    assert_agrees(directory)
    return run


ONCE, OFTEN = ["hello", "load"], ["extend", "train", "weights", "snapshot"]
MOMENTS = [(name, 1) for name in ONCE] + [(name, which) for name in OFTEN for which in (1, 2, 5)]


def at(
    name: str, which: int, why: str, *, done: bool, also: Callable[[PlainRun], Any] = lambda run: None
) -> Callable[..., Any]:
    """Harm to one call: it is lost, before it was carried out or after, and something else happens too."""

    def harm(run: PlainRun, called: str, times: int, call: Callable[[], Any]) -> Any:
        if (called, times) != (name, which):
            return call()
        if done:
            call()
        also(run)
        raise ConnectionError(why)

    return harm


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_learner_that_dies_at_any_call_changes_nothing(tmp_path: Path, peace: str, done: bool) -> None:
    for name, which in MOMENTS:
        directory = tmp_path / f"{name}-{which}"
        run = harmed(directory, at(name, which, "killed", done=done, also=PlainRun.new_learner))
        assert digest(directory) == peace
        assert any("killed" in change.reason for change in run.of(e.StateChanged)), (name, which)


def test_weights_that_are_no_numbers_are_not_kept_but_learned_anew(tmp_path: Path, peace: str) -> None:
    def harm(run: PlainRun, called: str, times: int, call: Callable[[], Any]) -> Any:
        if (called, times) == ("snapshot", 3):
            raise LearnerError("the weights of step 48 hold what is no number")
        return call()

    run = harmed(tmp_path / "run", harm)
    assert digest(tmp_path / "run") == peace
    assert any("no number" in change.reason for change in run.of(e.StateChanged))


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_link_that_breaks_at_any_call_costs_nothing(tmp_path: Path, peace: str, done: bool) -> None:
    for name, which in MOMENTS:
        directory = tmp_path / f"{name}-{which}"
        run = harmed(directory, at(name, which, "cut", done=done))
        assert digest(directory) == peace
        assert any("cut" in change.reason for change in run.of(e.StateChanged)), (name, which)
        if run.of(e.Begun)[0].time < next(ch.time for ch in run.of(e.StateChanged) if "cut" in ch.reason):
            assert any("nothing was lost" in notice.text for notice in run.of(e.Notice)), (name, which)


def test_a_worker_that_dies_at_any_chunk_changes_nothing(
    tmp_path: Path, peace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chunk in range(1, 24, 2):
        monkeypatch.setattr(PlainCrew, "dies", staticmethod(lambda asked: asked == chunk))  # noqa: B023
        run = PlainRun(tmp_path / str(chunk))
        run.finish()
        assert [lost.why for lost in run.of(e.WorkerLost)] == ["killed by signal 9"]
        assert_agrees(tmp_path / str(chunk))
        assert digest(tmp_path / str(chunk)) == peace


FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorcode = sqlite3.SQLITE_FULL


class Disk:
    """Full from the n-th write of a kind on, three writes long."""

    def __init__(self, kind: str, first: int = 1 << 30) -> None:
        self._kind, self._first, self.writes = kind, first, Counter[str]()

    def __enter__(self) -> "Disk":
        self._patch = pytest.MonkeyPatch()
        for module in (generations, durable):
            self._spoil("files", module, "write", OSError(28, "No space left on device"))
        self._spoil("rows", metrics, "_insert", FULL)
        self._spoil("samples", ring.Ring, "_put", OSError(28, "No space left on device"))
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.undo()

    def _spoil(self, kind: str, module: object, name: str, error: Exception) -> None:
        write = getattr(module, name)

        def instead(*given: Any) -> Any:
            self.writes[kind] += 1
            if kind == self._kind and self._first <= self.writes[kind] < self._first + 3:
                raise error
            return write(*given)

        self._patch.setattr(module, name, instead)


@pytest.mark.parametrize("kind", ["files", "rows", "samples"])
def test_a_disk_that_is_full_at_any_write_pauses_the_run_and_changes_nothing(
    tmp_path: Path, peace: str, kind: str
) -> None:
    with Disk(kind) as disk:
        PlainRun(tmp_path / "peace").finish()
    writes = disk.writes[kind]
    paused = 0
    for number, first in enumerate(range(1, writes, 1 + writes // 12)):
        with Disk(kind, first):
            run = PlainRun(tmp_path / str(number))
            run.finish()
        assert_agrees(tmp_path / str(number))
        assert digest(tmp_path / str(number)) == peace
        assert len(run.of(e.GenerationDamaged)) == 0
        paused += any("cannot write" in change.reason for change in run.of(e.StateChanged))
    assert paused > 8
