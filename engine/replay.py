"""Replay: the last samples, in a ring of blocks on disk, mapped into memory.

A block is written in three steps: its serial number is struck out, its samples are written, then its
checksum and its new serial. So a run that is killed at any instruction leaves at most one block unfinished,
and one that loses power leaves blocks whose checksum fails. Both are noticed when the ring is opened: such a
block is empty from then on, everything else stays. Serial numbers count blocks from 1.

The file is laid out whole when it is made, so that a full disk is met then, not in the middle of a write.

    bytes 0–63     HEADER: what the file holds
    from there     BLOCK[blocks]: serial, checksum, 1024 samples
"""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import observation
from engine.errors import EngineError
from engine.sample import SAMPLE

BLOCK_SAMPLES = 1024
BLOCK = np.dtype([("serial", np.uint64), ("checksum", np.uint64), ("samples", SAMPLE, (BLOCK_SAMPLES,))])
"""A block; serial 0: empty. Its checksum is the CRC-32 of serial and samples."""

HEADER = np.dtype(
    [
        ("magic", "S8"),
        ("row_version", np.uint64),
        ("sample_bytes", np.uint64),
        ("block_samples", np.uint64),
        ("blocks", np.uint64),
        ("unused", np.uint8, (24,)),
    ]
)
MAGIC = b"HanabiRB"


class ReplayError(EngineError):
    """A replay file that this program cannot use."""


@dataclass(frozen=True)
class Damage:
    """What was found broken: which block of the file, and how."""

    block: int
    why: str


class Replay:
    """The newest samples, up to a capacity.

    Attributes:
      blocks: BLOCK[N], the file.
      sound: int64[S], the blocks that hold samples.
    """

    def __init__(self, path: Path, capacity: int) -> None:
        """Open a ring, or make one.

        Args:
          path: the file.
          capacity: samples at least; rounded up to whole blocks.

        Raises:
          ReplayError: a file of another layout or capacity, naming both.
          OSError: the disk is full, or the file cannot be used.
        """
        if capacity < 1:
            raise ReplayError(f"capacity {capacity}: at least 1 sample is needed")
        self._path = path
        count = -(-capacity // BLOCK_SAMPLES)
        if not path.exists() or path.stat().st_size == 0:
            _lay_out(path, count)
        _check_header(path, count)
        self._regrown = _regrow(path, count)
        self.blocks: Any = np.memmap(path, dtype=BLOCK, mode="r+", offset=HEADER.itemsize, shape=(count,))
        self._pending = np.empty(0, dtype=SAMPLE)
        self.sound = np.empty(0, dtype=np.int64)
        self.found = self.check()

    def __len__(self) -> int:
        return len(self.sound) * BLOCK_SAMPLES

    @property
    def serial(self) -> int:
        """The serial number of the newest block, 0 if there is none."""
        return int(self.blocks["serial"][self.sound].max()) if len(self.sound) else 0

    @property
    def capacity(self) -> int:
        """How many samples the ring can hold."""
        return len(self.blocks) * BLOCK_SAMPLES

    def check(self) -> tuple[Damage, ...]:
        """Read every block again; empty and report those that are broken."""
        broken, sound = [], []
        if self._regrown:
            broken.append(Damage(len(self.blocks) - 1, "the file was cut short; what was cut off is lost"))
            self._regrown = False
        for index, block in enumerate(self.blocks):
            serial = int(block["serial"])
            if serial == 0:
                continue
            if int(block["checksum"]) != _checksum(serial, block["samples"]):
                broken.append(Damage(index, f"the checksum of block number {serial} fails"))
            elif (serial - 1) % len(self.blocks) != index:
                broken.append(Damage(index, f"block number {serial} stands in the wrong place"))
            else:
                sound.append(index)
                continue
            block["serial"] = 0
        self.sound = np.array(sound, dtype=np.int64)
        return tuple(broken)

    def add(self, samples: NDArray[np.void]) -> range:
        """Take samples (SAMPLE[N]) in; the oldest go. Returns the serials of the blocks that this filled.

        Samples that fill no block yet wait in memory, and are lost with the process.
        """
        waiting = np.concatenate([self._pending, np.asarray(samples, dtype=SAMPLE)])
        first = self.serial + 1
        full = len(waiting) // BLOCK_SAMPLES
        for n in range(full):
            self._write(first + n, waiting[n * BLOCK_SAMPLES : (n + 1) * BLOCK_SAMPLES])
        self._pending = waiting[full * BLOCK_SAMPLES :].copy()
        return range(first, first + full)

    def block(self, serial: int) -> NDArray[np.void]:
        """SAMPLE[1024]: the samples of a block. Raises KeyError if it is gone."""
        index = (serial - 1) % len(self.blocks)
        if serial < 1 or int(self.blocks[index]["serial"]) != serial:
            raise KeyError(f"block number {serial} is not in {self._path}")
        samples: NDArray[np.void] = self.blocks[index]["samples"]
        return samples

    def draw(self, count: int, chances: np.random.Generator) -> NDArray[np.int64]:
        """int64[count]: slots of samples, all equally likely. Raises ReplayError while there is none."""
        if not len(self.sound):
            raise ReplayError(f"{self._path} holds no samples yet")
        which = self.sound[chances.integers(0, len(self.sound), count)]
        return which * BLOCK_SAMPLES + chances.integers(0, BLOCK_SAMPLES, count)

    def gather(self, slots: NDArray[np.int64]) -> NDArray[np.void]:
        """SAMPLE[count]: copies of the samples in these slots."""
        samples: NDArray[np.void] = self.blocks["samples"][slots // BLOCK_SAMPLES, slots % BLOCK_SAMPLES]
        return samples

    def flush(self) -> None:
        """Have everything on disk, safe from a power cut, when this returns."""
        self.blocks.flush()

    def _write(self, serial: int, samples: NDArray[np.void]) -> None:
        index = (serial - 1) % len(self.blocks)
        block = self.blocks[index]
        block["serial"] = 0
        block["samples"] = samples
        block["checksum"] = _checksum(serial, samples)
        block["serial"] = serial
        if index not in self.sound:
            self.sound = np.append(self.sound, index)


def _checksum(serial: int, samples: NDArray[np.void]) -> int:
    return zlib.crc32(samples.tobytes(), zlib.crc32(serial.to_bytes(8, "little")))


def _size(count: int) -> int:
    return HEADER.itemsize + count * BLOCK.itemsize


def _header(count: int) -> NDArray[np.void]:
    header = np.zeros(1, dtype=HEADER)
    header["magic"], header["row_version"] = MAGIC, observation.VERSION
    header["sample_bytes"], header["block_samples"] = SAMPLE.itemsize, BLOCK_SAMPLES
    header["blocks"] = count
    return header


def _lay_out(path: Path, count: int) -> None:
    """Make the file under another name first: by its right name it is whole from the start."""
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            os.posix_fallocate(file.fileno(), 0, _size(count))
            file.write(_header(count).tobytes())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _check_header(path: Path, count: int) -> None:
    with path.open("rb") as file:
        found = file.read(HEADER.itemsize)
    if len(found) < HEADER.itemsize or found[: len(MAGIC)] != MAGIC:
        raise ReplayError(f"{path} is no replay file; move it away to start an empty one")
    header, wanted = np.frombuffer(found, dtype=HEADER)[0], _header(count)[0]
    for field in ("row_version", "sample_bytes", "block_samples", "blocks"):
        if header[field] != wanted[field]:
            raise ReplayError(
                f"{path}: {field} is {header[field]}, this run wants {wanted[field]}; "
                "go back to the old setting, or move the file away to start an empty one"
            )


def _regrow(path: Path, count: int) -> bool:
    """Bring a file that was cut short back to its size; returns whether it was."""
    if path.stat().st_size >= _size(count):
        return False
    with path.open("r+b") as file:
        os.posix_fallocate(file.fileno(), 0, _size(count))
    return True
