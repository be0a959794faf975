"""Samples made small for a slow way: column after column, compressed by Zstandard.

A column of many samples (one byte of each) is far more even than a sample: 23 bytes are left of 179, half of
what the rows give as they stand.
"""

import numpy as np
import zstandard
from numpy.typing import NDArray

from engine.store.sample import SAMPLE
from remote.errors import TooLargeError, WireError

LEVEL = 1
"""Higher levels save a tenth of the bytes, and cost several times as much."""


def pack(samples: NDArray[np.void]) -> NDArray[np.uint8]:
    """SAMPLE[N] as fewer bytes."""
    return pack_rows(np.ascontiguousarray(samples).view(np.uint8).reshape(-1, SAMPLE.itemsize))


def pack_rows(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8[N, W] as fewer bytes."""
    columns = np.ascontiguousarray(rows.T)
    return np.frombuffer(zstandard.ZstdCompressor(level=LEVEL).compress(columns.data), np.uint8)


def unpack(packed: NDArray[np.uint8], count: int, cap: int) -> NDArray[np.void]:
    """The SAMPLE[count] that were packed.

    Raises TooLargeError for more than `cap` bytes, WireError for what is no pack of so many; both before
    anything of that size is allocated.
    """
    return unpack_rows(packed, count, SAMPLE.itemsize, cap).view(SAMPLE).reshape(-1)


def unpack_rows(packed: NDArray[np.uint8], count: int, width: int, cap: int) -> NDArray[np.uint8]:
    """The uint8[count, width] that were packed; raises as `unpack`."""
    size = count * width
    if not 0 <= size <= cap:
        raise TooLargeError(f"{count} samples at once; at most {cap // width} are allowed")
    try:
        # asked first: a frame that announces its size is otherwise given that much
        announced = zstandard.frame_content_size(packed.data)
        if announced != size:
            raise WireError(f"packed samples of {announced} bytes, where {size} are announced")
        columns = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompress(packed.data)
    except zstandard.ZstdError as error:
        raise WireError(f"packed samples that cannot be read: {error}") from error
    return np.ascontiguousarray(np.frombuffer(columns, np.uint8).reshape(width, count).T)
