"""The run's newest samples, on the learner's device."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.contracts.learner import LearnerError, NotLoadedError
from engine.store.sample import SAMPLE


class Mirror:
    """The newest samples, each in slot number % capacity.

    Attributes:
      capacity: slots.
      first, end: the number of the first sample held, and of the one after the last.
    """

    def __init__(self, capacity: int, device: torch.device) -> None:
        self.capacity = capacity
        self.first = self.end = 0
        self._samples = torch.empty((capacity, SAMPLE.itemsize), dtype=torch.uint8, device=device)

    def extend(self, first: int, samples: NDArray[np.void]) -> None:
        """Take in SAMPLE[N], numbered from `first` on; see the contract. Raises LearnerError for too many."""
        if len(samples) > self.capacity:
            raise LearnerError(f"{len(samples)} samples at once; the replay holds {self.capacity}")
        if not self.first <= first <= self.end:
            self.first = first
        self.end = first + len(samples)
        self.first = max(self.first, self.end - self.capacity)
        new = torch.from_numpy(samples.view(np.uint8).reshape(-1, SAMPLE.itemsize).copy())
        slot = first % self.capacity if self.capacity else 0
        until_end = min(len(samples), self.capacity - slot)
        self._samples[slot : slot + until_end].copy_(new[:until_end])
        self._samples[: len(samples) - until_end].copy_(new[until_end:])

    def empty(self) -> None:
        """Hold nothing."""
        self.first = self.end = 0

    def check(self, slots: NDArray[np.uint32]) -> None:
        """Raise NotLoadedError if a slot holds nothing, LearnerError if there is no slot."""
        if not len(slots):
            raise LearnerError("a step without samples")
        # how far each slot's newest number lies from the first one held
        offset = (slots.astype(np.int64) - self.first) % max(self.capacity, 1)
        empty = slots[(slots >= self.capacity) | (offset >= self.end - self.first)]
        if len(empty):
            held = f"samples {self.first} to {self.end - 1}" if self.end > self.first else "no samples"
            raise NotLoadedError(
                f"slot {empty[0]} is not mirrored; the learner holds {held} in {self.capacity} slots"
            )

    def gather(self, slots: NDArray[np.uint32]) -> Tensor:
        """uint8[B, 179]: the samples in these slots."""
        return self._samples.index_select(
            0, torch.from_numpy(slots.astype(np.int64)).to(self._samples.device)
        )
