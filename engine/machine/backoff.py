"""When to try again what may be there again: soon, then less and less often."""

import random

FIRST, LONGEST = 0.5, 30.0
"""Seconds until the first try, and between two at most."""

BARRED = 300.0
"""Seconds between two tries where a person must act first."""


class Backoff:
    """Twice as long from try to try.

    Args:
      first: seconds until the first try.
      longest: between two at most.
      chance: by it waits differ by a fifth either way, or all who wait for the same thing would try at once.
    """

    def __init__(
        self, first: float = FIRST, longest: float = LONGEST, chance: random.Random | None = None
    ) -> None:
        self._first, self._longest = first, longest
        self._chance = chance or random.Random()
        self._wait = first

    def next(self, *, barred: bool = False) -> float:
        """Seconds until the next try; `barred`: a person must act first."""
        wait = BARRED if barred else self._wait
        self._wait = min(2 * self._wait, self._longest)
        return wait * self._chance.uniform(0.8, 1.2)

    def reset(self) -> None:
        """Begin with the first wait again: it was there meanwhile."""
        self._wait = self._first
