"""The embedded learner: `python -m remote.serving` as a child of the run, on a Unix socket of its own.

It is reached by the same calls as one on another machine; only the tunnel falls away.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from engine.contracts.learner import LearnerError
from engine.contracts.vitals import Link
from engine.machine.cores import cores
from engine.machine.memory import keeping_memory
from engine.settings.config import Config
from engine.store.directory import LOGS
from engine.workers.muster import workers_of
from hanabi_tui.foreground.connections import Connections
from remote.client import Client
from remote.errors import LinkError
from remote.found_device import FoundDevice
from remote.unix import dial

PATIENCE = 120.0
"""Seconds that a learner may take until it answers; loading torch is most of it."""

SOON = 20.0
"""Seconds; a connection lost earlier was one to a child that hangs."""


class EmbeddedLearner:
    """The child, started anew whenever it is needed and not alive.

    Args:
      config: of the run.
      folder: of the run; the socket lies there, and the child's words.
    """

    def __init__(self, config: Config, folder: Path) -> None:
        self._device, self._threads = FoundDevice(config.general.device), threads_of(config)
        self._log_path = folder / LOGS / "learner.log"
        self._socket = socket_of(folder)
        self._child: subprocess.Popen[bytes] | None = None
        self._connections = Connections()
        self._name = f"run {os.getpid()}"
        self._answered, self._connected = False, 0.0
        self._connecting = threading.Lock()

    def start(self) -> None:
        """Start the child, if it is not alive; does not wait for it."""
        if self._child is not None and self._child.poll() is None:
            return
        self._log_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [sys.executable, "-m", "remote.serving", "--socket", str(self._socket)]
        with _private(self._log_path) as log:
            self._child = subprocess.Popen(
                [*command, *self._device.flags, "--threads", str(self._threads), "--with-parent"],
                pass_fds=[self._device.writer],
                stdin=subprocess.PIPE,  # ends when this process does, however it ends
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C is for the run
                env=keeping_memory(),
            )

    def connect(self) -> Client:
        """A new connection, to the child that is there: it may only have been stopped for a while.

        If that is soon lost as well, to a new child: the old one hangs. Raises LinkError, to be tried again;
        LearnerError for a child that never yet answered.
        """
        with self._connecting:
            return self._connect()

    def _connect(self) -> Client:
        if self._connections.drop() and time.monotonic() - self._connected < SOON:
            self._end()
        self.start()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                client = Client(lambda: dial(self._socket), name=self._name)
                self._answered, self._connected = True, time.monotonic()
                self._connections.replace(client)
                return client
            except LinkError as error:
                self._check(error, deadline)
            time.sleep(0.05)

    def _check(self, error: LinkError, deadline: float) -> None:
        assert self._child is not None
        code = self._child.poll()
        if code is not None:
            kind = LinkError if self._answered else LearnerError
            raise kind(
                f"the learner ended with exit code {code} before it answered; {self._log_path} says why"
            )
        if time.monotonic() > deadline:
            self._end()  # it hangs; the next try has a new one
            raise error

    def link(self) -> Link:
        """The way to it."""
        return self._connections.link("this machine")

    def stop(self) -> None:
        """End the child."""
        self._connections.drop()
        self._end()
        with contextlib.suppress(OSError):
            self._socket.unlink(missing_ok=True)
            self._socket.parent.rmdir()

    def _end(self) -> None:
        if self._child is None or self._child.poll() is not None:
            return
        self._child.terminate()
        try:
            self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def threads_of(config: Config) -> int:
    """Threads of the learner: as set, or as many as there are cores that no worker keeps busy."""
    return config.general.learner_threads or max(1, cores() - workers_of(config))


def socket_of(folder: Path) -> Path:
    """Where the learner of a run in a folder listens."""
    return folder.resolve() / "learner" / "socket"


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
