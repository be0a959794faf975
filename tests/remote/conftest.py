"""A service in this process, or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import plain_learner
import pytest
from gpu import start as start
from served import Served, eventually, ours
from small_run import patience

from remote.service import Limits


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[..., Served]]:
    made: list[Served] = []

    def begin(*, size: int = 16, **limits: float) -> Served:
        made.append(Served(folder, Limits(**limits), size))
        return made[-1]

    yield begin
    for served in made:
        served.close()
    assert eventually(lambda: not ours()), ours()


@pytest.fixture
def process(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a service in a process of its own; its socket is `folder / "socket"`."""
    made: list[subprocess.Popen[str]] = []

    def begin(*more: str) -> subprocess.Popen[str]:
        command = [sys.executable, plain_learner.__file__, "--socket", str(folder / "socket"), *more]
        root = str(Path(__file__).parents[2])
        running = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": root},
        )
        made.append(running)
        assert running.stdout
        with patience(running):
            said = running.stdout.readline()
        assert "computing on " in said, said
        return running

    yield begin
    for running in made:
        running.kill()
        running.wait()
        for pipe in (running.stdin, running.stdout):
            assert pipe
            pipe.close()
