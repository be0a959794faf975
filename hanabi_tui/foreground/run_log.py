"""`logs/run.log`: the lines a run says, kept for consoles and `hanabi-tui logs`, whoever read them first."""

import logging
import logging.handlers
import os
from pathlib import Path

from engine.store.directory import LOGS

NAME = "run.log"
LARGEST = 20_000_000
"""Bytes after which a new file begins; the one before is kept as run.log.1. A day makes about 2 MB."""

_lines = logging.getLogger("hanabi.run")


class _Quiet(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 the library calls it so
        """A full disk shows, and is told, where it counts."""


def log_of(directory: Path) -> Path:
    """Where the lines of the run in a directory are."""
    return directory / LOGS / NAME


def keep_lines(folder: Path) -> None:
    """From now on, `keep` writes into a folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(folder / NAME, os.O_WRONLY | os.O_CREAT, 0o600))
    handler = _Quiet(folder / NAME, maxBytes=LARGEST, backupCount=1, encoding="utf-8", errors="replace")
    for old in list(_lines.handlers):
        _lines.removeHandler(old)
        old.close()
    _lines.addHandler(handler)
    _lines.setLevel(logging.INFO)
    _lines.propagate = False


def keep(line: str) -> None:
    """Keep a line; before `keep_lines`, forget it."""
    if _lines.handlers:
        _lines.info("%s", line)
