"""Where moves are found out: here or afar, whichever is quicker. Tried for a while, then kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPELL = 3.0
"""Seconds that each way is tried, and at least a chunk."""

HERE, AFAR = "local", "remote"


@dataclass
class Way:
    """One way to play a chunk, which returns samples and the step of the weights; and how it did.

    `waited` says of the last one whether the way was lost: then it tells nothing of how quick that is.
    """

    play: Callable[[], tuple[NDArray[np.void], int]]
    waited: Callable[[], bool] = lambda: False
    seconds: float = 0.0
    moves: int = 0

    @property
    def rate(self) -> float:
        """Moves a second."""
        return self.moves / self.seconds


class Choice:
    """Plays chunk after chunk, by each way in turn at first.

    Attributes:
      ways: by name; if there is but one there is nothing to try.
      made: the name of the way that is kept; empty: not known yet.
    """

    def __init__(self, ways: dict[str, Way], spell: float = SPELL) -> None:
        self.ways, self._spell = ways, spell
        self.made = next(iter(ways)) if len(ways) == 1 else ""

    def play(self) -> tuple[NDArray[np.void], int, str]:
        """A chunk, the step of its weights, and in words what was chosen, when that has just happened."""
        if self.made:
            return *self.ways[self.made].play(), ""
        way = next(way for way in self.ways.values() if way.seconds < self._spell)
        began = time.monotonic()
        samples, step = way.play()
        if not way.waited():
            way.seconds += max(time.monotonic() - began, 1e-9)
            way.moves += len(samples)
        return samples, step, self._choose()

    def _choose(self) -> str:
        if any(way.seconds < self._spell for way in self.ways.values()):
            return ""
        self.made = max(self.ways, key=lambda name: self.ways[name].rate)
        rates = ", ".join(f"{name} {way.rate:,.0f} moves/s" for name, way in self.ways.items())
        return f"inference = {self.made}, the quicker one: {rates}"
