"""News of a crew: what its workers played, and what became of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.contracts.orders import Evaluated


@dataclass(frozen=True)
class Chunk:
    """What a worker played: SAMPLE[N], its own until it is given back."""

    worker: int
    life: int
    slot: int
    samples: NDArray[np.void]
    step: int
    games: int
    points: int


@dataclass(frozen=True)
class Lost:
    """A worker died or fell silent; a new one takes its place."""

    worker: int
    why: str


@dataclass(frozen=True)
class Chose:
    """A worker found out who is quicker at finding out its moves, and keeps to that."""

    worker: int
    why: str


Incident = Evaluated | Lost | Chose
"""What concerns others than who trains."""

News = Chunk | Incident
