"""What a run shows of itself as time goes by: `training_state.json`, its progress, its vitals."""

import contextlib
import os
import time
from collections.abc import Callable

from engine.contracts.events import Notice
from engine.contracts.vitals import Link
from engine.run.standing import Standing
from engine.run.taking_up import Parts
from engine.run.telling import Teller
from engine.run.vital_signs import VitalSigns
from engine.store.directory import Directory, Saved
from engine.store.manifest import Counters, Generation
from engine.training.progress import progress_of

PROGRESS_EVERY = 1.0
"""Seconds between two Progress events."""

STATE_EVERY = 5.0
"""Seconds between two writings of training_state.json."""


class Reporter:
    """Shows how a run fares.

    Args:
      directory: of the run.
      link: tells of the way to the learner.
      standing: of the run.
      teller: takes what is told.

    """

    def __init__(
        self, directory: Directory, link: Callable[[], Link | None], standing: Standing, teller: Teller
    ) -> None:
        self._origin: tuple[str, Generation | None] | None = None
        self._parts: Parts | None = None
        self._tainted = False
        self._directory, self._link = directory, link
        self._standing, self._teller = standing, teller
        self._vital_signs = VitalSigns(directory.path, link)
        self._progressed = self._saved = time.monotonic()

    def begins(self, run: str, generation: Generation | None, *, tainted: bool = False) -> None:
        """The directory is of this run, and it stands there, with such samples, until it has parts."""
        self._origin, self._tainted = (run, generation), tainted

    def goes_on(self, parts: Parts) -> None:
        """The run is made of these from now on."""
        self._parts = parts

    @property
    def step(self) -> int:
        """Where the run is."""
        return self._parts.training.counters.step if self._parts else 0

    def turn(self) -> None:
        """Save the state, and take vitals, where it is time."""
        if time.monotonic() - self._saved >= STATE_EVERY:
            self.save()
        if self._vital_signs.due():
            learner = self._parts.training.learner if self._parts else None
            self._teller.mention(self._vital_signs.take(learner))
            if remark := self._vital_signs.remark():
                self._teller.tell(Notice(time=time.time(), step=self.step, text=remark, warning=True))

    def tell_progress(self) -> None:
        """Tell how far a run with parts is, where it is time."""
        now = time.monotonic()
        if self._parts is not None and now - self._progressed >= PROGRESS_EVERY:
            self._progressed = now
            self._teller.tell(progress_of(self._parts.training))

    def put_off(self) -> None:
        """The next Progress is due a full second from now."""
        self._progressed = time.monotonic()

    def save(self) -> None:
        """Write the state. Raises nothing: generations are what counts; a full disk shows there as well.

        What the directory says is left as it is until that was read: it may tell that there was a run.
        """
        self._saved = time.monotonic()
        if self._origin is None:
            return
        run, generation = self._origin
        newest, counters = _reached(generation, self._parts)
        tainted = self._parts.training.tainted if self._parts else self._tainted
        with contextlib.suppress(OSError):
            self._directory.save(
                Saved(
                    run=run,
                    state=self._standing.state,
                    reason=self._standing.reason,
                    pid=os.getpid(),
                    updated=time.time(),
                    generation=newest,
                    counters=counters,
                    tainted=tainted,
                    link=self._link(),
                )
            )


def _reached(generation: Generation | None, parts: Parts | None) -> tuple[int, Counters]:
    """The step of the newest generation, −1 where there is none, and how far the run is."""
    if parts is not None:
        return parts.keeper.newest, parts.training.counters
    if generation is not None:
        return generation.manifest.step, generation.manifest.counters
    return -1, Counters()
