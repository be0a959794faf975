"""Keeping a learner alive: a process of its own behind a socket that outlives it."""

import logging
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.machine.backoff import Backoff
from remote.found_device import FoundDevice
from remote.serving import BROKEN

log = logging.getLogger("hanabi-gpu")

PROGRAM = (sys.executable, "-m", "remote.serving")
"""What a life of a learner is."""

LIVED = 60.0
"""Seconds after which a life counts as one, and the next begins as soon as if it were the first to end."""

BEGINNING = 30.0
"""Seconds within which a first life that ends by itself never began: a device that is not there, say."""

GLANCE = 0.2
"""Seconds between two looks at it."""

ENDING = 15.0
"""Seconds that it has to end by itself."""


class Reviver:
    """Starts a learner on `listener`, and another one when it dies.

    All of them compute on one device (`FoundDevice`).

    Args:
      listener: listens; its queue keeps connections while there is no learner.
      device, threads, keep: see `remote.serving`.
      environment: of the learner.
      manner: flags that say how it reckons.
    """

    def __init__(
        self,
        listener: socket.socket,
        device: str,
        threads: int,
        keep: Path,
        environment: Mapping[str, str],
        manner: Sequence[str] = (),
    ) -> None:
        self._listener, self._environment, self._device = listener, dict(environment), FoundDevice(device)
        self._command = [*PROGRAM, "--fd", str(listener.fileno()), "--with-parent"]
        self._command += ["--threads", str(threads), "--keep", str(keep), *manner]
        self._told, self._tell = os.pipe()
        self.lives = 0
        self._born: float | None = None  # monotonic time, s; None: none lives

    def stop(self) -> None:
        """Have `keep_alive` end; may be called by a handler of signals."""
        os.write(self._tell, b"x")

    @property
    def on_its_way(self) -> bool:
        """Whether a learner that fell has no successor yet, or one that is young; any thread may ask."""
        born = self._born
        return self.lives > 0 if born is None else self.lives > 1 and time.monotonic() - born < LIVED

    def keep_alive(self) -> int:
        """Keep a learner there until told to stop; 0, or the exit code of one that never began to serve."""
        backoff = Backoff()
        while True:
            born = self._born = time.monotonic()
            try:
                code = self._live()
            except OSError as error:  # no process, or no memory for one, may be had for a while
                log.error("a learner cannot be started: %s", error.strerror or error)
                code = BROKEN
            self._born = None
            if code is None:
                return 0
            lived = time.monotonic() - born
            if self.lives == 1 and code == 1 and lived < BEGINNING:
                log.error("the learner cannot begin; it says why above")
                return 1
            if lived > LIVED:
                backoff.reset()
            pause = backoff.next()
            log.warning(
                "the learner ended (%s) after %.0f s; another begins in %.1f s, on device %s",
                *(_why(code), lived, pause, self._device.name),
            )
            if self._stopped(pause):
                return 0

    def _live(self) -> int | None:
        """One life of a learner; its exit code, or None if told to stop."""
        self.lives += 1
        child = subprocess.Popen(
            [*self._command, *self._device.flags],
            stdin=subprocess.PIPE,  # ends when this process does, however it ends
            pass_fds=[self._listener.fileno(), self._device.writer],
            env=self._environment,
            process_group=0,  # Ctrl-C is for this process
        )
        assert child.stdin is not None
        try:
            while not self._stopped(GLANCE):
                if (code := child.poll()) is not None:
                    return code
            log.info("ending")
            child.terminate()
            try:
                child.wait(ENDING)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            return None
        finally:
            child.stdin.close()

    def _stopped(self, seconds: float) -> bool:
        return bool(select.select([self._told], [], [], seconds)[0])


def _why(code: int) -> str:
    if code == BROKEN:
        return "after a failure"
    if code == -9:
        return "killed, as the system does when memory runs out"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
