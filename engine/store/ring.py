"""The file of the replay: blocks of samples on disk, mapped into memory to read.

A block is written in three steps: its serial number is struck out, its samples are written, then its
checksum and its new serial. So a run that is killed at any instruction leaves at most one block unfinished,
and one that loses power leaves blocks whose checksum fails. Serial numbers count blocks from 1.

The file is laid out whole when it is made, so that a full disk is met then, and not in the middle of the run.
Where a file system wants room for what is written over as well (btrfs), it is met later: so blocks are
written by calls, which can be refused, and not through the mapping, where the process would die of it
(SIGBUS).

    bytes 0–63     HEADER: what the file holds
    from there     BLOCK[blocks]: serial, checksum, 1024 samples
"""

import contextlib
import os
import weakref
import zlib
from collections.abc import Iterator
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


class Ring:
    """A file of blocks, open to be read and written.

    Attributes:
      path: of the file.
      blocks: BLOCK[N], the file, to read.
      regrown: whether it had been cut short, and was brought back to its size.
    """

    def __init__(self, path: Path, count: int) -> None:
        """Open a file of `count` blocks, or make one.

        Raises:
          ReplayError: a file of another layout or size, naming both.
          OSError: the disk is full, or the file cannot be used.
        """
        self.path = path
        if not path.exists() or path.stat().st_size == 0:
            _lay_out(path, count)
        _check_header(path, count)
        self.regrown = _regrow(path, count)
        self.blocks: Any = np.memmap(path, dtype=BLOCK, mode="r", offset=HEADER.itemsize, shape=(count,))
        self._file = os.open(path, os.O_RDWR)
        weakref.finalize(self, os.close, self._file)

    def __len__(self) -> int:
        return len(self.blocks)

    def fault(self, index: int) -> str:
        """What is wrong with a block; empty: nothing, or it is empty."""
        block = self.blocks[index]
        serial = int(block["serial"])
        if serial == 0:
            return ""
        if int(block["checksum"]) != _checksum(serial, block["samples"]):
            return f"the checksum of block number {serial} fails"
        if (serial - 1) % len(self) != index:
            return f"block number {serial} stands in the wrong place"
        return ""

    def write(self, index: int, serial: int, samples: NDArray[np.void]) -> None:
        """Write a block, SAMPLE[1024]. Raises OSError; then it is empty, or as it was."""
        self.strike_out(index)
        self._put(index, "samples", samples)
        self._put(index, "serial", np.array([serial, _checksum(serial, samples)], np.uint64))

    def strike_out(self, index: int) -> None:
        """Have a block be empty. Raises OSError."""
        self._put(index, "serial", np.zeros(1, np.uint64))

    def flush(self) -> None:
        """Have everything on disk, safe from a power cut, when this returns. Raises OSError."""
        with self._named():
            os.fsync(self._file)

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
            error.filename = str(self.path)
            raise


def blocks_for(capacity: int, slack: int) -> int:
    """How many blocks it takes to draw from so many samples, and keep so many besides."""
    return -(-capacity // BLOCK_SAMPLES) + -(-slack // BLOCK_SAMPLES)


def is_ruin(path: Path, count: int) -> bool:
    """Whether a ring that is there has lost its head: cut off, overwritten, or against the file's size."""
    if not path.exists() or not path.stat().st_size:
        return False
    header = _head(path)
    return header is None or (header["blocks"] != count and path.stat().st_size == _size(count))


def check_layout(path: Path, count: int) -> None:
    """Raise ReplayError where a ring that is there has not so many blocks of this layout; writes nothing."""
    if path.exists() and path.stat().st_size:
        _check_header(path, count)


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
