"""A running `hanabi-gpu`, for tests."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_run import patience
from sshd import descendants


class Gpu:
    """A running `hanabi-gpu`."""

    def __init__(self, folder: Path, *flags: str, **environment: str) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "remote",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--keep",
                folder / "keep",
                *flags,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**clean, "PYTHONUNBUFFERED": "1", **environment},
            text=True,
            cwd=folder,
        )
        self.lines: list[str] = []

    def wait_for(self, words: str) -> str:
        assert self.process.stdout is not None
        with patience(self.process):
            for line in self.process.stdout:
                self.lines.append(line)
                if re.search(words, line):
                    return line
        raise AssertionError(f"never said {words!r}:\n" + "".join(self.lines))

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.wait_for(r"listening on").rsplit(";", 1)[0].split()[-1].rsplit(":", 1)
        return host, int(port)

    @property
    def learner(self) -> int:
        """Its process, which is there a moment after the socket is."""
        deadline = time.monotonic() + 20
        while not (children := descendants(self.process.pid)):
            assert time.monotonic() < deadline, "no learner was started"
            time.sleep(0.02)
        (child,) = children
        return child

    def close(self) -> None:
        """End both processes; once more is nothing."""
        assert self.process.stdout is not None
        if self.process.stdout.closed:
            return
        learners = descendants(self.process.pid)
        self.process.kill()
        for pid in learners:  # one that was stopped would not see its parent's end
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Gpu]]:
    """Starts a `hanabi-gpu`."""
    made: list[Gpu] = []

    def begin(*flags: str, **environment: str) -> Gpu:
        made.append(Gpu(tmp_path, *flags, **environment))
        return made[-1]

    yield begin
    for gpu in made:
        gpu.close()
