"""Where a recorded game comes from: a file, standard input, or a link of hanab.live."""

import sys
from pathlib import Path
from typing import BinaryIO

from engine.records import hanablive, link, text
from engine.records.recording import Recording

_ALLOWED = "give a hanab.live JSON file, a link, or - for stdin"


def load(path_or_code: str) -> tuple[Recording, int]:
    """A game and the turn to start at, from a file, `-` for stdin, or a hanab.live link or its code.

    Raises RecordingError for what holds no game, OSError for a file that cannot be read.
    """
    if path_or_code == "-":
        return hanablive.load(_capped(sys.stdin.buffer), "stdin"), 0
    if not path_or_code.strip():
        raise FileNotFoundError(f"no name of a file given; {_ALLOWED}")
    path, name = Path(path_or_code), text.shown(path_or_code[:200])
    if not _exists(path):
        if link.looks_like_link(path_or_code):
            return link.decode(path_or_code), link.turn(path_or_code)
        raise FileNotFoundError(f"no such file: {name}; {_ALLOWED}")
    if path.is_dir():
        raise IsADirectoryError(f"{name} is a directory; give the file of one game")
    with path.open("rb") as file:
        return hanablive.load(_capped(file), name), 0


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a name
        return False


def _capped(file: BinaryIO) -> bytes:
    """No more of a file than tells that it is too large: it might have no end."""
    return file.read(hanablive.MAX_BYTES + 1)
