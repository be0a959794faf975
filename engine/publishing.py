"""Which weights workers play with, since when, and whether newer ones are worth their way."""

import time

DEAR = 16
"""Bytes of weights from afar for each sample trained, at most."""

LONGEST = 2.0
"""Seconds that weights need not be older than, whatever newer ones cost."""

_DATED = 1000


class Publishing:
    """What was handed out.

    Attributes:
      step: of the newest weights handed out; −1: none yet.
    """

    def __init__(self) -> None:
        self.step = -1
        self._dates: dict[int, float] = {}

    def note(self, step: int) -> None:
        """Weights of a step were handed out."""
        self.step = step
        self.date(step)

    def date(self, step: int) -> None:
        """From now on games can be played with the weights of a step."""
        self._dates[step] = time.monotonic()
        while len(self._dates) > _DATED:
            del self._dates[next(iter(self._dates))]

    def age(self, step: int) -> float | None:
        """For how long games could be played with these weights, s; None: nobody knows."""
        date = self._dates.get(step)
        return None if date is None else time.monotonic() - date

    def worth(self, weights: int, learned: int) -> bool:
        """Whether newer weights are worth their way from afar.

        Args:
          weights: how many there are; each is two bytes on the way.
          learned: samples since those that were handed out.
        """
        age = self.age(self.step)
        return learned * DEAR >= 2 * weights or age is None or age >= LONGEST
