"""What a run shows of itself on disk, `training_state.json`, and when something new is due."""

import contextlib
import os
import time
from collections.abc import Callable

from engine.contracts.states import State
from engine.contracts.vitals import Link
from engine.store.directory import Directory, Saved
from engine.store.generations import Counters

PROGRESS_EVERY = 1.0
"""Seconds between two Progress events."""

STATE_EVERY = 5.0
"""Seconds between two writings of training_state.json."""


class Reporter:
    """Writes how a run fares.

    Args:
      directory: of the run.
      link: tells of the way to the learner.
    """

    def __init__(self, directory: Directory, link: Callable[[], Link | None]) -> None:
        self._directory, self._link = directory, link
        self._progressed = self._saved = time.monotonic()

    def progress_due(self) -> bool:
        """Whether the next Progress is due; then the one after it is counted from now."""
        now = time.monotonic()
        if now - self._progressed < PROGRESS_EVERY:
            return False
        self._progressed = now
        return True

    def put_off(self) -> None:
        """The next Progress is due a full second from now."""
        self._progressed = time.monotonic()

    def save_due(self) -> bool:
        """Whether the state on disk is old."""
        return time.monotonic() - self._saved >= STATE_EVERY

    def save(self, run: str, state: State, reason: str, newest: int, counters: Counters) -> None:
        """Write the state. Raises nothing: generations are what counts; a full disk shows there as well.

        Args:
          run: its id.
          state: where it is.
          reason: why.
          newest: the step of the newest generation; −1: there is none.
          counters: how far it is.
        """
        self._saved = time.monotonic()
        with contextlib.suppress(OSError):
            self._directory.save(
                Saved(
                    run=run,
                    state=state,
                    reason=reason,
                    pid=os.getpid(),
                    updated=time.time(),
                    generation=newest,
                    counters=counters,
                    link=self._link(),
                )
            )
