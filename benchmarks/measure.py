"""One measure, as a line for people or an object for programs."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """A figure beside its goal and, where there is one, beside a peer measured in the same run."""

    measure: str
    value: float
    unit: str
    better: Literal["higher", "lower"]
    goal: float
    peer: str = ""
    peer_value: float | None = None
    ratio_goal: float | None = None

    @property
    def ratio(self) -> float | None:
        """Value over the peer's value."""
        return None if self.peer_value is None else self.value / self.peer_value

    @property
    def reached(self) -> bool:
        """Whether the value, and the ratio where one is asked for, meet their goals."""
        good = self.value >= self.goal if self.better == "higher" else self.value <= self.goal
        return good and (self.ratio_goal is None or (self.ratio or 0.0) >= self.ratio_goal)

    def as_json(self) -> str:
        """One object on one line."""
        return json.dumps({**asdict(self), "ratio": self.ratio, "reached": self.reached})

    def __str__(self) -> str:
        sign = "≥" if self.better == "higher" else "≤"
        line = f"{'ok  ' if self.reached else 'MISS'} {self.measure}: {_short(self.value)} {self.unit}"
        line += f" (goal {sign} {_short(self.goal)})"
        if self.peer_value is not None:
            line += f"; {self.peer} {_short(self.peer_value)}, ratio {_short(self.ratio or 0.0)}"
            if self.ratio_goal is not None:
                line += f" (goal ≥ {_short(self.ratio_goal)})"
        return line


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.2f} {letter}"
    return f"{value:.3g}"


def rates(works: dict[str, Callable[[], int]], rounds: int = 5, seconds: float = 0.4) -> dict[str, float]:
    """Rates of several works, each done in turn for a while, so that noise meets all alike.

    Args:
      works: by name, a function that does some work and returns how many steps it was.
      rounds: how often each gets its turn.
      seconds: how long a turn lasts.

    Returns:
      By name, steps per second in its best turn: what disturbs a machine only ever slows it.
    """
    best = dict.fromkeys(works, 0.0)
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            steps, start = 0, time.perf_counter()
            while (passed := time.perf_counter() - start) < seconds:
                steps += work()
            best[name] = max(best[name], steps / passed)
    return best
