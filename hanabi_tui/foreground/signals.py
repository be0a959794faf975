"""What signals mean to a run in the foreground.

SIGINT, SIGTERM   stop with a checkpoint; once more: at once
SIGUSR1           save a checkpoint now
SIGHUP            read the settings again; from a terminal that is closed: stop with a checkpoint
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from engine.contracts import commands as c
from engine.run.run import Run
from hanabi_tui.foreground.voice import Voice

TWICE = 1.0
"""Seconds within which a second stop is the same one: `timeout`, or make, tells the run and its group."""


class Signals:
    """Obeys signals from now on.

    A handler may interrupt anything, a line half written too. So it tells the run, and leaves the rest.

    Args:
      run: is told.
      voice: tells people.

    Attributes:
      reread: whether SIGHUP asked to read the settings again; whoever does so sets it back.
      news: what is to be said; whoever says it empties it.
    """

    def __init__(self, run: Run, voice: Voice) -> None:
        self._run, self._voice = run, voice
        self._asked = 0.0
        self.reread = False
        self.news = ""
        handlers: dict[int, Callable[[int, FrameType | None], None]] = {
            signal.SIGINT: self._stop,
            signal.SIGTERM: self._stop,
            signal.SIGHUP: self._stop if _has_terminal() else self._reread,
            signal.SIGUSR1: self._checkpoint,
        }
        for number, handler in handlers.items():
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                signal.signal(number, handler)

    def _stop(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked and now - self._asked < TWICE:
            return
        if self._asked:
            self._voice.cry("Stopped at once; the next start goes on from the newest generation.")
            os._exit(128 + number)  # the children see their parent gone
        self._asked = now
        self._run.command(c.Stop())
        self.news = "Stopping with a checkpoint; once more stops at once."

    def _checkpoint(self, number: int, _: FrameType | None) -> None:
        self._run.command(c.Checkpoint())

    def _reread(self, number: int, _: FrameType | None) -> None:
        self.reread = True


def _has_terminal() -> bool:
    """Whether a terminal may be closed on this process."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
