"""A line on standard error that shows that games are going on: where it is a terminal, or where asked for."""

import os
import sys
import time
from contextlib import redirect_stdout

FIRST, EVERY = 1.0, 0.2
"""Seconds of silence until the line appears; then between two pictures of it."""

EVERY_LINE = 0.5
"""Seconds between two lines, where lines are asked for."""


class Pulse:
    """Shows how far a number of games is; leave it by `with`, and the line is gone.

    What players print meanwhile goes to stderr too, not among results.

    Args:
      total: games to be played.
      what: is going on, in words.
      lines: say it in lines, terminal or not, for a program to read.
    """

    def __init__(self, total: int, what: str, *, lines: bool = False) -> None:
        self._total, self._what, self._lines = total, what, lines
        self._shows = sys.stderr is not None and (lines or sys.stderr.isatty())
        self._due = time.monotonic() + (0 if lines else FIRST)
        self._width = 0
        self._aside = redirect_stdout(sys.stderr)

    def __enter__(self) -> "Pulse":
        self._aside.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.__exit__(None, None, None)
        if self._width:
            self._say("")

    def tell(self, over: int) -> None:
        """How many games are over."""
        if self._shows and time.monotonic() >= self._due:
            self._due = time.monotonic() + (EVERY_LINE if self._lines else EVERY)
            self._say(f"{self._what}: {over:,} of {self._total:,} games")

    def _say(self, line: str) -> None:
        try:
            if self._lines:
                print(line, file=sys.stderr, flush=True)
            else:
                self._draw(line)
        except OSError:  # nobody looks any more; the games go on
            self._shows, self._width = False, 0

    def _draw(self, line: str) -> None:
        # blanks instead of a code that erases: any terminal understands them
        room = os.get_terminal_size(sys.stderr.fileno()).columns - 1
        line = line[: max(room, 0)]
        blanks = " " * min(max(self._width - len(line), 0), max(room - len(line), 0))
        print(f"\r{line}{blanks}\r" if not line else f"\r{line}{blanks}", end="", file=sys.stderr, flush=True)
        self._width = len(line)
