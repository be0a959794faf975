"""Replay: the last samples, in a ring of blocks on disk, mapped into memory to read.

A block is written in three steps: its serial number is struck out, its samples are written, then its
checksum and its new serial. So a run that is killed at any instruction leaves at most one block unfinished,
and one that loses power leaves blocks whose checksum fails. Both are noticed when the ring is opened: such a
block is empty from then on, everything else stays. Serial numbers count blocks from 1.

The file is laid out whole when it is made, so that a full disk is met then, and not in the middle of the run.
Where a file system wants room for what is written over as well (btrfs), it is met later: so blocks are
written by calls, which can be refused, and not through the mapping, where the process would die of it
(SIGBUS). What was refused waits in memory.

    bytes 0–63     HEADER: what the file holds
    from there     BLOCK[blocks]: serial, checksum, 1024 samples
"""

import contextlib
import os
import weakref
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.game import observation
from engine.store.sample import SAMPLE

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

    Samples are numbered from 0 as they come; number n stands in slot n % slots.

    Attributes:
      blocks: BLOCK[N], the file, to read.
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
        self._path = path
        self._window = -(-capacity // BLOCK_SAMPLES)
        count = _blocks(capacity, slack)
        if not path.exists() or path.stat().st_size == 0:
            _lay_out(path, count)
        _check_header(path, count)
        self._regrown = _regrow(path, count)
        self.blocks: Any = np.memmap(path, dtype=BLOCK, mode="r", offset=HEADER.itemsize, shape=(count,))
        self._file = os.open(path, os.O_RDWR)
        weakref.finalize(self, os.close, self._file)
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
        return len(self.blocks) * BLOCK_SAMPLES

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
                sound.append(serial)
                continue
            self._strike_out(index)
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
            self._strike_out(self._index(int(serial)))
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
        samples: NDArray[np.void] = self.blocks["samples"][self._index(serials)].reshape(-1)
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
            raise ReplayError(f"{self._path} holds no samples yet")
        which = self._index(drawable[chances.integers(0, len(drawable), count)])
        slots: NDArray[np.int64] = which * BLOCK_SAMPLES + chances.integers(0, BLOCK_SAMPLES, count)
        return slots

    def gather(self, slots: NDArray[np.int64]) -> NDArray[np.void]:
        """SAMPLE[count]: copies of the samples in these slots."""
        samples: NDArray[np.void] = self.blocks["samples"][slots // BLOCK_SAMPLES, slots % BLOCK_SAMPLES]
        return samples

    def flush(self) -> None:
        """Have everything on disk, safe from a power cut, when this returns."""
        with self._named():
            os.fsync(self._file)

    @property
    def _drawable(self) -> NDArray[np.int64]:
        """Serials of the sound blocks among the newest that fit the capacity, rising."""
        return self._sound[np.searchsorted(self._sound, self.serial - self._window, side="right") :]

    def _index(self, serial: Any) -> Any:
        return (serial - 1) % len(self.blocks)

    def _write(self, serial: int, samples: NDArray[np.void]) -> None:
        index, gone = self._index(serial), serial - len(self.blocks)
        self._sound = self._sound[self._sound > gone]
        self._strike_out(index)
        self._put(index, "samples", samples)
        self._put(index, "serial", np.array([serial, _checksum(serial, samples)], np.uint64))
        self._sound = np.append(self._sound, serial)

    def _strike_out(self, index: int) -> None:
        self._put(index, "serial", np.zeros(1, np.uint64))

    def _put(self, index: int, field: str, values: NDArray[Any]) -> None:
        """Write values from where a field of a block begins."""
        assert BLOCK.fields is not None
        place = HEADER.itemsize + index * BLOCK.itemsize + BLOCK.fields[field][1]
        rest = values.view(np.uint8)
        while len(rest):  # a disk that is just full takes a part
            with self._named():
                written = os.pwrite(self._file, rest.data, place)
            rest, place = rest[written:], place + written

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Have an error name the file, which a descriptor does not."""
        try:
            yield
        except OSError as error:
            error.filename = str(self._path)
            raise


def is_ruin(path: Path, capacity: int, slack: int) -> bool:
    """Whether a ring that is there has lost its head: cut off, overwritten, or against the file's size."""
    if not path.exists() or not path.stat().st_size:
        return False
    header, count = _head(path), _blocks(capacity, slack)
    return header is None or (header["blocks"] != count and path.stat().st_size == _size(count))


def check_layout(path: Path, capacity: int, slack: int) -> None:
    """Raise ReplayError where a ring that is there cannot be opened for so many samples; writes nothing."""
    if path.exists() and path.stat().st_size:
        _check_header(path, _blocks(capacity, slack))


def _blocks(capacity: int, slack: int) -> int:
    return -(-capacity // BLOCK_SAMPLES) + -(-slack // BLOCK_SAMPLES)


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
            _take_room(file.fileno(), count)
            file.write(_header(count).tobytes())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _head(path: Path) -> Any:
    """HEADER of a file, None for one that has none."""
    with path.open("rb") as file:
        found = file.read(HEADER.itemsize)
    whole = len(found) == HEADER.itemsize and found.startswith(MAGIC)
    return np.frombuffer(found, dtype=HEADER)[0] if whole else None


def _check_header(path: Path, count: int) -> None:
    header, wanted = _head(path), _header(count)[0]
    if header is None:
        raise ReplayError(f"{path} is no replay file; move it away to start an empty one")
    for field in ("row_version", "sample_bytes", "block_samples"):
        if header[field] != wanted[field]:
            raise ReplayError(
                f"{path}: {field} is {header[field]}, this version has {wanted[field]}; "
                "move the file away to start an empty one"
            )
    if header["blocks"] != wanted["blocks"]:
        room, needed = (int(each["blocks"]) * BLOCK_SAMPLES for each in (header, wanted))
        raise ReplayError(
            f"{path} has room for {room:,} samples, these settings want {needed:,}. buffer_size stays as it "
            "is for a run's whole life, and so does what a serial run adds to it (serial, games_per_worker, "
            "moves_per_chunk): set them back, or move the file away to collect anew"
        )


def _regrow(path: Path, count: int) -> bool:
    """Bring a file that was cut short back to its size; returns whether it was."""
    if path.stat().st_size >= _size(count):
        return False
    with path.open("r+b") as file:
        _take_room(file.fileno(), count)
    return True


def _take_room(descriptor: int, count: int) -> None:
    """Make a file as large as so many blocks want, and have the disk set room aside for all of it."""
    if hasattr(os, "posix_fallocate"):  # macOS has none
        os.posix_fallocate(descriptor, 0, _size(count))
    else:
        os.ftruncate(descriptor, _size(count))
