"""File systems that write elsewhere what is written over (btrfs), and want room for it."""

import contextlib
import fcntl
import os
import sys
from pathlib import Path

_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602
"""FS_IOC_GETFLAGS, FS_IOC_SETFLAGS of <linux/fs.h>, where a long has 64 bits; what they carry is an int."""

_NO_COPY = 0x00800000
"""FS_NOCOW_FL."""


def write_in_place(folder: Path) -> None:
    """Have files that are made in a folder from now on be written over in place, where there is a choice.

    SQLite writes into a mapping of run.db-shm; where a disk is full and that wants new room, the process
    dies of it (SIGBUS). The file system's checksums go with that; what a run keeps has its own.
    Raises OSError where the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flags = bytearray(8)
        with contextlib.suppress(OSError):  # there is no choice here
            fcntl.ioctl(descriptor, _GET_FLAGS, flags)
            held = int.from_bytes(flags[:4], sys.byteorder)
            fcntl.ioctl(descriptor, _SET_FLAGS, (held | _NO_COPY).to_bytes(4, sys.byteorder))
    finally:
        os.close(descriptor)
