"""Files that are whole whatever happens, even a power cut: written aside, brought to the disk, renamed."""

import errno
import os
from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says where there is no room."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file as a whole. Raises OSError; then the old one is still there."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        write(fresh, content)
        fresh.replace(path)
        sync(path.parent)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; it is on the disk when this returns. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = str(path)  # a full disk does not say what it had no room for
        raise


def sync(folder: Path) -> None:
    """Bring to the disk what was made, renamed and removed in a folder. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def damaged(path: Path) -> Path:
    """The name that a file found damaged is moved to, `run.db.damaged-1` and on."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside


def unused(path: Path) -> Path:
    """A path like this one that nothing has yet; this one, if it can be."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
