"""What a run in the foreground says: on standard output, and in logs/run.log."""

import contextlib
import os
import select
import sys

from engine.contracts import events as e
from engine.contracts.log_lines import line
from hanabi_tui.foreground.log_format import Format, Level
from hanabi_tui.foreground.run_log import keep


class Voice:
    """Says lines in a format; logs/run.log has them plain.

    A reader who left (head), a full disk, or a terminal that is gone ends nothing.
    """

    def __init__(self, form: Format) -> None:
        self._form = form

    def say(self, text: str, level: Level = Level.info) -> None:
        """Say a text."""
        keep(text)
        self._print(self._form.said(text, level))

    def tell(self, event: e.AnyEvent) -> None:
        """Say an event."""
        keep(line(event))
        self._print(self._form.told(event))

    def cry(self, text: str) -> None:
        """Say a text from within a signal handler, past any line half written; not where that takes time."""
        with contextlib.suppress(OSError, ValueError):
            out = sys.stdout.fileno()
            if select.select([], [out], [], 0)[1]:
                os.write(out, f"{self._form.said(text)}\n".encode())

    def _print(self, said: str) -> None:
        try:
            print(said, flush=True)
        except BrokenPipeError:
            # training goes on without anybody who reads
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError:
            pass
