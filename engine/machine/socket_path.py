"""Paths of Unix sockets, which the system wants short."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

LONGEST = 103
"""Bytes of the longest path that `bind` and `connect` take everywhere; Linux takes four more."""


@contextlib.contextmanager
def within_reach(path: Path) -> Iterator[str]:
    """A name of a socket that is short enough, as long as the `with` block lasts.

    A directory too deep is opened, and reached through the descriptor (Linux). Raises OSError.
    """
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
