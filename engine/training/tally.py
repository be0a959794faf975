"""What happened since somebody last asked."""

import time
from dataclasses import dataclass, field

from engine.contracts.learner import Trained


@dataclass
class Tally:
    """Counts of a running training, emptied by whoever reads them."""

    since: float = field(default_factory=time.monotonic)
    games: int = 0
    points: int = 0
    samples: int = 0
    trained: int = 0
    steps: list[Trained] = field(default_factory=list)

    def collect(self, samples: int, games: int, points: int) -> None:
        """Workers played."""
        self.samples += samples
        self.games += games
        self.points += points

    def learn(self, outcome: Trained, samples: int) -> None:
        """A step was made."""
        self.trained += samples
        self.steps.append(outcome)
