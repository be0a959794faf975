"""How many calls are to be under way, so that a learner never waits for the next one."""

import time
from collections import deque

FEWEST, MOST = 2, 16
"""Calls: one that is worked on and one that lies ready; and what is enough for any way."""

TURN = 0.02
"""Seconds a run's turn waits for workers, and so an answer, or a command, for its turn."""

_LAST = 16  # answers that a rate is taken of


class CallsAhead:
    """Counts answers, and says how many calls may be without one.

    While an answer and the call after it travel, the learner works on others; there must be as many as it
    makes in that time (Little, "A Proof for the Queuing Formula: L = λW", 1961). How many it makes is known
    only as far as it is kept busy, so the number grows until one more brings nothing.
    """

    def __init__(self) -> None:
        self._answered: deque[float] = deque(maxlen=_LAST)

    def note(self, now: float | None = None) -> None:
        """A call was answered, at a time (s, monotonic; None: now)."""
        self._answered.append(time.monotonic() if now is None else now)

    def allowed(self, round_trip: float | None) -> int:
        """Calls that may be under way, where a call takes so many seconds there and back at least."""
        if round_trip is None or len(self._answered) < 2:
            return FEWEST
        passed = self._answered[-1] - self._answered[0]
        rate = (len(self._answered) - 1) / max(passed, 1e-3)
        return max(FEWEST, min(MOST, FEWEST + round(rate * (round_trip + TURN))))
