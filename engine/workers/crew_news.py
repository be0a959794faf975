"""News of a crew: what its workers played, and what became of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.contracts.orders import Evaluated, Played


@dataclass(frozen=True)
class Chunk:
    """What a worker played.

    Attributes:
      worker: its number.
      life: how often it was started before.
      samples: SAMPLE[N], the worker's own again once the chunk is given back.
      played: what it says of them.
    """

    worker: int
    life: int
    samples: NDArray[np.void]
    played: Played


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


@dataclass(frozen=True)
class GivenUp:
    """An evaluation that one worker after the other died of; nobody is sent on it any more."""

    number: int
    why: str


Incident = Evaluated | Lost | Chose | GivenUp
"""What concerns others than who trains."""

News = Chunk | Incident
