"""What a run waits for by itself: a learner that is gone, a disk that is full. When to try again."""

import math
import time

from engine.machine.backoff import FIRST, Backoff

SOON = 1.0
"""Seconds between two tries at most, where a try costs nothing."""

STEADY = 60.0
"""Seconds without trouble after which one that refused before is as good as new."""


class Trouble:
    """At most one thing that is missing.

    Attributes:
      what: "learner" or "disk"; empty: nothing is.
    """

    def __init__(self) -> None:
        self.what = ""
        self._next = 0.0
        self._seldom, self._often = Backoff(FIRST), Backoff(FIRST, SOON)
        self._refused, self._mended = False, -math.inf

    def meet(self, what: str, *, barred: bool = False, awaited: bool = False, refused: bool = False) -> None:
        """Something is missing, or still is.

        Args:
          what: see `what`.
          barred: it will be missing until somebody does something.
          awaited: it comes by itself, and costs nothing to look for.
          refused: it is there, and cannot do what it must: it may well be back and refuse again.
        """
        if self.what != what:
            self.what = what
            # who comes back only to refuse again (no memory for a step) is asked less and less often too
            again = refused and self._refused and time.monotonic() - self._mended < STEADY
            if not again:
                self._seldom.reset()
                self._often.reset()
        self._refused = refused
        backoff = self._often if awaited else self._seldom
        self._next = time.monotonic() + backoff.next(barred=barred)

    def hurry(self) -> None:
        """Try again now."""
        self._next = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time to try again."""
        return time.monotonic() >= self._next

    def mend(self) -> bool:
        """It is there again; returns whether it was missing."""
        missed, self.what, self._mended = bool(self.what), "", time.monotonic()
        return missed
