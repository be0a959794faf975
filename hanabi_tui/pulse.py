"""A line on standard error that shows that games are going on; only where it is a terminal."""

import os
import sys
import time

FIRST, EVERY = 1.0, 0.2
"""Seconds of silence until the line appears; then between two pictures of it."""


class Pulse:
    """Shows how far a number of games is; leave it by `with`, and the line is gone.

    Args:
      total: games to be played.
      what: is going on, in words.
    """

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total, what
        self._shows = sys.stderr is not None and sys.stderr.isatty()
        self._due = time.monotonic() + FIRST
        self._width = 0

    def __enter__(self) -> "Pulse":
        return self

    def __exit__(self, *_: object) -> None:
        if self._width:
            self._draw("")

    def tell(self, over: int) -> None:
        """How many games are over."""
        if self._shows and time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY
            self._draw(f"{self._what}: {over:,} of {self._total:,} games")

    def _draw(self, line: str) -> None:
        # blanks instead of a code that erases: any terminal understands them
        room = os.get_terminal_size(sys.stderr.fileno()).columns - 1
        line = line[: max(room, 0)]
        blanks = " " * min(max(self._width - len(line), 0), max(room - len(line), 0))
        print(f"\r{line}{blanks}\r" if not line else f"\r{line}{blanks}", end="", file=sys.stderr, flush=True)
        self._width = len(line)
