"""A terminal that one program has to itself for a while: single keys in, whole screens out.

Whatever ends the visit (the program's end, an error, Ctrl-C, Ctrl-Z, SIGTERM, SIGHUP), the terminal is left
as it was found.
"""

import os
import re
import select
import signal
import termios
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

REDRAW = "redraw"
"""In place of a key: the window has another size, or the program was in the background."""

UNKNOWN = "unknown"
"""In place of what was typed but is no key with a name here."""

ENTER = "\x1b[?1049h\x1b[?25l"  # the alternate screen, and no cursor
LEAVE = "\x1b[?25h\x1b[?1049l"
ESCAPE_WAIT = 0.05
"""Seconds that the rest of an escape sequence may come after its first byte."""

_NAMES = {
    "C": "right",
    "D": "left",
    "A": "up",
    "B": "down",
    "H": "home",
    "F": "end",
    "1~": "home",
    "7~": "home",
    "4~": "end",
    "8~": "end",
}
_SEQUENCE = re.compile(rb"\x1b[\[O][0-?]*[ -/]*([@-~])|\x1b.|.", re.DOTALL)
_CUT_OFF = re.compile(rb"\x1b([\[O][0-?]*[ -/]*)?\Z")
_SIGNALS = (signal.SIGWINCH, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)


class Terminal:
    """A terminal in character mode, on its alternate screen. Use in a `with` block, in the main thread."""

    def __init__(self, keys: int, screen: int) -> None:
        """`keys` and `screen` are the file descriptors that keys come from and pictures go to."""
        self._keys, self._screen = keys, screen
        self._pending: list[str] = []
        self._handlers: dict[int, Any] = {}
        self._wake, self._woken = -1, -1

    def __enter__(self) -> Self:
        self._wake, self._woken = os.pipe()
        os.set_blocking(self._woken, False)
        self._found = termios.tcgetattr(self._keys)
        handlers: Sequence[Callable[[int, FrameType | None], None]] = (
            self._resized,
            self._ended,
            self._ended,
            self._suspended,
        )
        for number, handler in zip(_SIGNALS, handlers, strict=True):
            self._handlers[number] = signal.signal(number, handler)
        self._take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._wake)
        os.close(self._woken)

    def pressed(self) -> Iterator[str]:
        """Each key pressed: a character, or a name such as `left`; REDRAW when the screen must be drawn anew.

        Ends when the terminal is gone.
        """
        while True:
            while self._pending:
                yield self._pending.pop(0)
            ready, _, _ = select.select([self._keys, self._wake], [], [])
            if self._wake in ready:
                os.read(self._wake, 4096)
                yield REDRAW
            if self._keys in ready:
                typed = self._read()
                if not typed:
                    return
                self._pending += names_of(typed)

    def draw(self, lines: Sequence[str]) -> None:
        """Show lines from the top; the rest of the screen is empty. One write, so nothing flickers."""
        picture = "\x1b[H" + "\r\n".join(f"{line}\x1b[K" for line in lines) + "\x1b[J"
        self._write(picture)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines; 80 × 24 where the terminal does not say."""
        columns, lines = os.get_terminal_size(self._screen)
        return columns or 80, lines or 24

    def _read(self) -> bytes:
        typed = self._read_now()
        while _CUT_OFF.search(typed) and select.select([self._keys], [], [], ESCAPE_WAIT)[0]:
            more = self._read_now()
            if not more:
                break
            typed += more
        return typed

    def _read_now(self) -> bytes:
        try:
            return os.read(self._keys, 1024)
        except OSError:  # the terminal was closed
            return b""

    def _write(self, text: str) -> None:
        data = text.encode(errors="replace")
        while data:
            data = data[os.write(self._screen, data) :]

    def _take(self) -> None:
        tty.setcbreak(self._keys, termios.TCSANOW)
        self._write(ENTER)

    def _give_back(self) -> None:
        with suppress(OSError, termios.error):  # nothing to give back to: the terminal is gone
            self._write(LEAVE)
            termios.tcsetattr(self._keys, termios.TCSANOW, self._found)

    def _resized(self, number: int, frame: FrameType | None) -> None:
        with suppress(BlockingIOError):  # many resizes wait already
            os.write(self._woken, b".")

    def _ended(self, number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    def _suspended(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-Z: hand the terminal to the shell, stop; when the shell continues us, take it again."""
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspended)
        self._take()
        self._resized(number, frame)


def names_of(typed: bytes) -> list[str]:
    """The keys in what a terminal sent. Others become UNKNOWN."""
    found = []
    for match in _SEQUENCE.finditer(typed):
        sequence = match[0]
        if len(sequence) == 1 and 32 <= sequence[0] < 127:
            found.append(sequence.decode())
        elif match[1] is not None:
            found.append(_NAMES.get(sequence[2:].decode("ascii"), UNKNOWN))
        else:
            found.append(UNKNOWN)
    return found
