"""A run under a service manager: it is ready, how it fares, it lives, it stops.

The sign of life comes from the run's own loop. Whatever the loop does, training or waiting for a laptop, it
tells at least its vitals every two seconds; a loop that hangs tells nothing, and is restarted.
"""

import time
from collections.abc import Callable

from engine.contracts import events as e
from engine.contracts.states import State
from engine.contracts.vitals import Vitals
from remote.notify import Notifier

BEFORE_READY = frozenset({State.STARTING, State.FAILED})
"""A run that fails before it is ready never was."""

ENDING = frozenset({State.STOPPING, State.STOPPED, State.COMPLETED})


class Supervised:
    """Tells a service manager what events of a run mean to it."""

    def __init__(self, notifier: Notifier, clock: Callable[[], float] = time.monotonic) -> None:
        self._notifier, self._clock = notifier, clock
        self._every = notifier.watched / 4 if notifier.watched else None
        self._fed = clock()
        self._state, self._step, self._score = "", 0, ""

    def hear(self, event: e.AnyEvent | Vitals) -> None:
        """Tell of an event what is new."""
        if not self._notifier:
            return
        if not isinstance(event, Vitals):
            self._note(event)
        now = self._clock()
        if self._every is not None and now - self._fed >= self._every:
            self._fed = now
            self._notifier.alive()

    def _note(self, event: e.AnyEvent) -> None:
        match event:
            case e.StateChanged(state=state, reason=reason):
                self._state = f"{state}: {reason}" if reason else state
                if state not in BEFORE_READY:
                    self._notifier.ready()
                if state in ENDING:
                    self._notifier.stopping()
            case e.Progress(step=step):
                self._step = step
            case e.Evaluated() if event.scores:
                self._score = f"; score {event.mean:.2f}"
        self._notifier.status(f"{self._state}; step {self._step:,}{self._score}")
