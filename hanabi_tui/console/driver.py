"""Textual's driver for terminals, made to outlive what a real one may send, and to notice when it is gone."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from hanabi_tui.console.app import Console

PATIENCE = 3.0
"""Seconds that a console has to end when told to; where the terminal takes nothing it ends the hard way."""


class Driver(LinuxDriver):
    """Keys that are no UTF-8 are skipped; a terminal that is gone ends the console."""

    def run_input_thread(self) -> None:
        """Read keys until the end."""
        while not self.exit_event.is_set():
            try:
                super().run_input_thread()
            except UnicodeDecodeError:
                continue  # a terminal with another set of letters
            except OSError:
                os.kill(os.getpid(), signal.SIGHUP)
                return


def obey_signals(console: "Console") -> None:
    """End the console, and only it, on SIGTERM and SIGHUP; the terminal is left as it was found."""
    found = _modes()

    def end(number: int, _: FrameType | None) -> None:
        watch = threading.Timer(PATIENCE, _end_hard, (number, found))
        watch.daemon = True
        watch.start()
        console.call_later(console.exit, None, 128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _modes() -> list[Any]:
    import termios

    try:
        return termios.tcgetattr(sys.__stdin__.fileno()) if sys.__stdin__ else []
    except (termios.error, OSError, ValueError):
        return []


def _end_hard(number: int, modes: list[Any]) -> None:
    import termios

    try:
        if modes and sys.__stdin__:
            termios.tcsetattr(sys.__stdin__.fileno(), termios.TCSANOW, modes)
    except (termios.error, OSError, ValueError):
        pass  # the terminal is gone
    os._exit(128 + number)
