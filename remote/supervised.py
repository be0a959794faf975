"""`hanabi-gpu` under a service manager: ready when its learner answers, alive while one does or soon will."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from engine.contracts.learner import LearnerError
from engine.contracts.vitals import Status
from remote import unix
from remote.client import Client
from remote.errors import RemoteError
from remote.notify import Notifier
from remote.session import HANGS

log = logging.getLogger("hanabi-gpu")

EVERY = 5.0
"""Seconds between two questions, where the manager does not want to know more often."""

FIRST = 0.5
"""Seconds between two questions until the first answer."""

ANSWERING = 4.0
"""Seconds that the learner has to answer."""


class Supervised:
    """A thread that asks the learner behind `listener` how it fares, as a run would, and passes it on.

    Without a service manager there is no thread.

    Args:
      notifier: to the manager.
      listener: whose address is asked.
      token: of whoever asks there.
      on_its_way: whether no learner can answer, for the next one is yet to come. To be started anew would be
        no help then, and cost the memory of which GPU there was.
    """

    def __init__(
        self,
        notifier: Notifier,
        listener: socket.socket,
        token: str,
        on_its_way: Callable[[], bool] = lambda: False,
    ) -> None:
        self._notifier, self._token, self._on_its_way = notifier, token, on_its_way
        self._dial = dial_of(listener)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervised", daemon=True)
        if notifier:
            self._thread.start()

    def close(self) -> None:
        """Say that the service ends, and ask no more."""
        self._notifier.stopping()
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join(ANSWERING)

    def _watch(self) -> None:
        wait = FIRST
        while not self._ends.wait(wait):
            status = self._asked()
            if self._ends.is_set():
                return
            if status is None:
                if self._on_its_way():
                    self._notifier.status("the learner fell; another one is on its way")
                    self._notifier.alive()
                continue
            wait = min(EVERY, (self._notifier.watched or EVERY * 4) / 4)
            self._notifier.ready()
            self._notifier.status(in_words(status))
            if status.busy is None or status.busy < HANGS:  # signs of life are answered past the learner
                self._notifier.alive()

    def _asked(self) -> Status | None:
        with contextlib.suppress(RemoteError, LearnerError, OSError, TimeoutError):
            client = Client(self._dial, name="service manager", token=self._token)
            try:
                return client.status().result(ANSWERING)
            finally:
                client.close()
        return None


def dial_of(listener: socket.socket) -> Callable[[], socket.socket]:
    """How to reach, from this machine, what listens there."""
    if listener.family == socket.AF_UNIX:
        return partial(unix.dial, Path(listener.getsockname()))
    host, port = listener.getsockname()[:2]
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return partial(socket.create_connection, (near, port), ANSWERING)


def in_words(status: Status) -> str:
    """A line about a learner."""
    doing = f"step {status.step:,}" if status.step >= 0 else "no weights yet"
    return f"{status.device}: {doing}, {status.memory / 1e9:.1f} GB"
