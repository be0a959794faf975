"""Replay: the last samples, in a ring of blocks on disk (`ring.py`).

Samples are numbered as they come, and fill blocks, which are numbered as well. Blocks that were left
unfinished, or are broken, are noticed when the ring is opened: such a block is empty from then on, everything
else stays. What the disk refuses waits in memory.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.store.ring import BLOCK_SAMPLES, ReplayError, Ring, blocks_for
from engine.store.sample import SAMPLE


@dataclass(frozen=True)
class Damage:
    """What was found broken: which block of the file, and how."""

    block: int
    why: str


class Replay:
    """The newest samples, up to a capacity.

    Samples are numbered from 0 as they come; number n stands in slot n % slots.

    Attributes:
      capacity: how many samples are drawn from, the newest.
      slots: how many samples the file holds: capacity and slack.
      found: what was broken when it was opened.
      refused: why the last samples could not be written, and wait; None: they were, or filled no block.
    """

    def __init__(self, path: Path, capacity: int, slack: int = 0) -> None:
        """Open a ring, or make one.

        Args:
          path: the file.
          capacity: samples to draw from, rounded up to whole blocks.
          slack: samples kept besides, rounded up likewise: after going back by no more than these
            (`stand_at`), all that could be drawn then can be drawn again.

        Raises:
          ReplayError: a file of another layout or capacity, naming both.
          OSError: the disk is full, or the file cannot be used.
        """
        if capacity < 1:
            raise ReplayError(f"capacity {capacity}: at least 1 sample is needed")
        self._window = -(-capacity // BLOCK_SAMPLES)
        self._ring = Ring(path, blocks_for(capacity, slack))
        self.refused: OSError | None = None
        self._pending = np.empty(0, dtype=SAMPLE)
        self._sound = np.empty(0, dtype=np.int64)  # serials of the blocks that hold samples, rising
        self.found = self.check()
        self.serial = int(self._sound[-1]) if len(self._sound) else 0
        """The serial number of the newest block, 0 if there was none."""

    def __len__(self) -> int:
        return len(self._drawable) * BLOCK_SAMPLES

    @property
    def capacity(self) -> int:
        """How many samples are drawn from, at most."""
        return self._window * BLOCK_SAMPLES

    @property
    def slots(self) -> int:
        """How many samples the file holds."""
        return len(self._ring) * BLOCK_SAMPLES

    @property
    def position(self) -> int:
        """How many samples have come in all: the number of the next one."""
        return self.serial * BLOCK_SAMPLES + len(self._pending)

    @property
    def pending(self) -> NDArray[np.void]:
        """SAMPLE[N]: samples that are in no block; fewer than 1024, but where writing was refused."""
        return self._pending

    def check(self) -> tuple[Damage, ...]:
        """Read every block again; empty and report those that are broken."""
        broken, sound = [], []
        if self._ring.regrown:
            broken.append(Damage(len(self._ring) - 1, "the file was cut short; what was cut off is lost"))
            self._ring.regrown = False
        for index, block in enumerate(self._ring.blocks):
            if why := self._ring.fault(index):
                broken.append(Damage(index, why))
                self._ring.strike_out(index)
            elif serial := int(block["serial"]):
                sound.append(serial)
        self._sound = np.array(sorted(sound), dtype=np.int64)
        return tuple(broken)

    def add(self, samples: NDArray[np.void]) -> range:
        """Take samples (SAMPLE[N]) in; the oldest go. Returns the numbers of those that can now be drawn.

        Samples that fill no block yet wait in memory, and so do those that the disk refuses (`refused`),
        until the next come.
        """
        waiting = np.concatenate([self._pending, np.asarray(samples, dtype=SAMPLE)])
        first, self.refused = self.serial, None
        for start in range(0, len(waiting) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
            try:
                self._write(self.serial + 1, waiting[start : start + BLOCK_SAMPLES])
            except OSError as error:
                self.refused = error
                break
            self.serial += 1
        self._pending = waiting[(self.serial - first) * BLOCK_SAMPLES :].copy()
        return range(first * BLOCK_SAMPLES, self.serial * BLOCK_SAMPLES)

    def stand_at(self, position: int, pending: NDArray[np.void]) -> None:
        """Forget what came after a position (`position` and `pending` of then), so that it comes anew.

        A position ahead of what is here leaves a gap: those samples are lost. Raises ReplayError; OSError,
        after which it must be called again.
        """
        if (position - len(pending)) % BLOCK_SAMPLES:
            raise ReplayError(f"position {position} and {len(pending)} pending samples do not fit")
        self.serial = (position - len(pending)) // BLOCK_SAMPLES
        for serial in self._sound[self._sound > self.serial]:
            self._ring.strike_out(self._index(int(serial)))
        self.refused = None
        self._sound = self._sound[self._sound <= self.serial]
        self._pending = np.asarray(pending, dtype=SAMPLE).copy()

    def read(self, first: int, end: int) -> NDArray[np.void]:
        """SAMPLE[end − first]: samples by number, whole blocks of them, all still in the ring.

        Where a block was lost stand samples of another: they are never drawn, but whoever checks rows may.
        """
        serials = np.arange(first, end, BLOCK_SAMPLES) // BLOCK_SAMPLES + 1
        if len(self._sound):
            serials = np.where(np.isin(serials, self._sound), serials, self._sound[-1])
        samples: NDArray[np.void] = self._ring.blocks["samples"][self._index(serials)].reshape(-1)
        return samples

    @property
    def oldest(self) -> int:
        """The number of the oldest sample that can be drawn."""
        drawable = self._drawable
        return int(drawable[0] - 1) * BLOCK_SAMPLES if len(drawable) else self.serial * BLOCK_SAMPLES

    def draw(self, count: int, chances: np.random.Generator) -> NDArray[np.int64]:
        """int64[count]: slots of samples, all equally likely. Raises ReplayError while there is none."""
        drawable = self._drawable
        if not len(drawable):
            raise ReplayError(f"{self._ring.path} holds no samples yet")
        which = self._index(drawable[chances.integers(0, len(drawable), count)])
        slots: NDArray[np.int64] = which * BLOCK_SAMPLES + chances.integers(0, BLOCK_SAMPLES, count)
        return slots

    def gather(self, slots: NDArray[np.int64]) -> NDArray[np.void]:
        """SAMPLE[count]: copies of the samples in these slots."""
        samples: NDArray[np.void] = self._ring.blocks["samples"][
            slots // BLOCK_SAMPLES, slots % BLOCK_SAMPLES
        ]
        return samples

    def flush(self) -> None:
        """Have everything on disk, safe from a power cut, when this returns."""
        self._ring.flush()

    @property
    def _drawable(self) -> NDArray[np.int64]:
        """Serials of the sound blocks among the newest that fit the capacity, rising."""
        return self._sound[np.searchsorted(self._sound, self.serial - self._window, side="right") :]

    def _index(self, serial: Any) -> Any:
        return (serial - 1) % len(self._ring)

    def _write(self, serial: int, samples: NDArray[np.void]) -> None:
        gone = serial - len(self._ring)
        self._sound = self._sound[self._sound > gone]
        self._ring.write(self._index(serial), serial, samples)
        self._sound = np.append(self._sound, serial)
