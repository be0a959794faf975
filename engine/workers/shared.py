"""Memory that the run and its workers share: weights one way, samples the other.

It is a file without a name, handed to a worker as a descriptor: when the last process that holds it dies,
however it dies, it is gone.
"""

import mmap
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.contracts.learner import UnsureError
from engine.store.sample import SAMPLE


class SharedMemory:
    """Some bytes.

    Attributes:
      descriptor: pass it to a child (`pass_fds`), who opens it with `SharedMemory(size, descriptor)`.
      bytes: uint8[size], zero at first.
    """

    def __init__(self, size: int, descriptor: int = -1) -> None:
        self.descriptor = _nameless_file(size) if descriptor < 0 else descriptor
        self._map = mmap.mmap(self.descriptor, size)
        self.bytes: NDArray[np.uint8] = np.frombuffer(self._map, dtype=np.uint8)

    def close(self) -> None:
        """Let go of the descriptor; the memory goes with the last array that shows it."""
        os.close(self.descriptor)


class WeightsBoard:
    """Weights to play with or to evaluate, the newest that were handed out, hung up for all workers.

    Two copies, written in turn, and two counters: writes begun and writes done. Who copies the newest done
    one knows it whole if no second write has begun meanwhile; a torn copy is taken again.
    """

    def __init__(self, count: int, descriptor: int = -1) -> None:
        """For `count` weights, float32."""
        self._memory = SharedMemory(self.size(count), descriptor)
        self.descriptor = self._memory.descriptor
        self._counters = self._memory.bytes[:16].view(np.int64)
        self._steps = self._memory.bytes[16:32].view(np.int64)
        self._copies = self._memory.bytes[64:].view(np.float32).reshape(2, count)

    @staticmethod
    def size(count: int) -> int:
        """Bytes of a board."""
        return 64 + 2 * 4 * count

    @property
    def version(self) -> int:
        """How often weights have been hung up; 0: never yet."""
        return int(self._counters[1])

    def hang(self, weights: NDArray[np.float32], step: int) -> None:
        """Publish weights (float32[N]) of a step. Raises UnsureError for another number of weights."""
        if weights.shape != (expected := self._copies.shape[1:]):
            raise UnsureError(
                f"the learner sent {weights.size} weights of step {step}, where the network has {expected[0]}"
            )
        version = int(self._counters[1]) + 1
        self._counters[0] = version
        self._copies[version % 2] = weights
        self._steps[version % 2] = step
        self._counters[1] = version

    def copy(self, out: NDArray[np.float32]) -> tuple[int, int]:
        """Copy the newest weights into `out` (float32[N]); returns their version and step."""
        while True:
            version = int(self._counters[1])
            out[:] = self._copies[version % 2]
            step = int(self._steps[version % 2])
            if int(self._counters[0]) - version <= 1:
                return version, step
            time.sleep(0.0001)

    def close(self) -> None:
        """Let go of the descriptor."""
        self._memory.close()


class SampleSlots:
    """K chunks of N samples, and a heart. A worker fills a chunk, says so, and waits to be given it back."""

    def __init__(self, slots: int, samples: int, descriptor: int = -1) -> None:
        self._memory = SharedMemory(64 + slots * samples * SAMPLE.itemsize, descriptor)
        self.descriptor = self._memory.descriptor
        self.heart = self._memory.bytes[:8].view(np.int64)
        """int64[1]: counts up with every sign of life."""
        self.chunks = self._memory.bytes[64:].view(SAMPLE).reshape(slots, samples)
        """SAMPLE[K, N]."""

    def close(self) -> None:
        """Let go of the descriptor."""
        self._memory.close()


def _nameless_file(size: int) -> int:
    if hasattr(os, "memfd_create"):  # Linux; not bounded by /dev/shm, which is small in containers
        descriptor = os.memfd_create("hanabi-shared")
    else:
        descriptor, path = tempfile.mkstemp(prefix="hanabi-")
        Path(path).unlink()
    os.ftruncate(descriptor, size)
    return descriptor
