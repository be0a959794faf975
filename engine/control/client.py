"""Speaking to a run over its `control.sock`, for command-line verbs; a console has a loop of its own."""

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.contracts import commands as c
from engine.control.messages import (
    SOCKET,
    Answer,
    Ask,
    ControlError,
    Follow,
    Look,
    Message,
    Missed,
    News,
    Overview,
    Request,
    encode,
    message_of,
)
from engine.machine.socket_path import within_reach

PATIENCE = 10.0
"""Seconds that a run has to answer; a turn of its loop takes a fraction of one."""

WHY_SILENT = "it may be stopped (kill -CONT wakes it), compile, as at a first start, or wait for its disk"
"""What keeps a run from answering."""

LATER = "once it goes on, it does what it was told"
"""What becomes of a command that had no answer."""


class Control:
    """A connection to a run. Use it in a `with` block.

    Args:
      directory: the run's.
      patience: seconds that the run has to answer.

    Raises ControlError where no run is live there, or it does not answer; so do all calls.
    """

    def __init__(self, directory: Path, patience: float = PATIENCE) -> None:
        self._directory, self._numbers, self._patience = directory, itertools.count(1), patience
        self._socket = connect(directory)
        self._socket.settimeout(patience)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, command: c.Command) -> c.Reply:
        """Have a command carried out; what the run replies."""
        number = next(self._numbers)
        self._send(Ask(number=number, command=command))
        while True:
            message = self._receive(f": {LATER}")
            if isinstance(message, Answer) and message.number in (number, -1):
                return message.reply

    def look(self) -> Overview:
        """How the run stands."""
        self._send(Look(number=next(self._numbers)))
        while not isinstance(message := self._receive(), Overview):
            pass
        return message

    def follow(self) -> Iterator[Overview | News | Missed]:
        """How the run stands, and all that happens from there on, until it ends."""
        self._send(Follow(number=next(self._numbers)))
        while True:
            try:
                message = self._receive()
            except ControlGoneError:
                return
            self._socket.settimeout(None)  # who has answered once may have no news for long
            if not isinstance(message, Answer):
                yield message

    def _send(self, request: Request) -> None:
        try:
            line = encode(request)
        except UnicodeEncodeError as error:  # bytes of a command line that are no text in UTF-8
            raise ControlError(f"{error.object!a} cannot be sent: it is not UTF-8 text") from None
        try:
            self._socket.sendall(line)
        except OSError as error:
            raise self._gone(error) from None

    def _receive(self, then: str = "") -> Message:
        try:
            line = self._file.readline()
        except TimeoutError:
            raise ControlError(
                f"the run in {self._directory} has not answered for {self._patience:g} s; {WHY_SILENT}{then}"
            ) from None
        except OSError as error:
            raise self._gone(error) from None
        if not line.endswith(b"\n"):
            raise self._gone("it closed the connection")
        return message_of(line)

    def _gone(self, why: object) -> "ControlGoneError":
        return ControlGoneError(f"the run in {self._directory} went away: {why}")


class ControlGoneError(ControlError):
    """The run ended, or let go of the connection."""


def connect(directory: Path) -> socket.socket:
    """A connected socket. Raises ControlError."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        with within_reach(directory / SOCKET) as path:
            connection.connect(path)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        connection.close()
        raise ControlError(
            f"no run is live in {directory}; to start one: hanabi-tui --checkpoint-dir {directory}"
        ) from None
    except OSError as error:
        connection.close()
        raise ControlError(f"{directory / SOCKET} cannot be reached: {error.strerror or error}") from None
    return connection
