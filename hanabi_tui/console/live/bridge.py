"""From control.sock into the model: the only part of the console that knows a socket.

The bridge lives in the application's loop. It follows a run, takes in what that says, and counts `changes`;
the application looks at the count a few times a second and has shown what is new, however much came. A run
that ends, or has not begun, is looked for again and again.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from engine.contracts.commands import Command, Refused, Reply
from engine.control.client import LATER, PATIENCE, WHY_SILENT
from engine.control.messages import (
    SOCKET,
    Answer,
    Ask,
    ControlError,
    Follow,
    Look,
    Message,
    Missed,
    encode,
    message_of,
)
from engine.machine.socket_path import within_reach
from hanabi_tui.console.live.intake import lose, take_in
from hanabi_tui.console.live.model import Model

AGAIN = 0.5
"""Seconds between two looks for a run."""

CHUNK = 65_536
"""Bytes that are taken in before the screen has its turn."""

NOT_CONNECTED = "the console is not connected to a run"
READ_ONLY = "this console only looks on (--read-only)"
SILENT = f"the run has not answered for {PATIENCE:g} s; {WHY_SILENT}: {LATER}"
UNANSWERED = f"a run is live here, and has not answered for {PATIENCE:g} s; {WHY_SILENT}"
ALREADY = "the run was told so before, and has not answered yet"


class Bridge:
    """A console's connection to the run of a directory, for as long as `run` runs.

    Attributes:
      changes: counts what was taken into the model.
    """

    def __init__(
        self,
        model: Model,
        hear: Callable[[Message], None] = lambda message: None,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        """`hear` is called with all that a run says, after the model took it in; `lost` when it is gone."""
        self.changes = 0
        self._model, self._hear, self._lost = model, hear, lost
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Reply]] = {}
        self._unanswered: dict[int, Command] = {}  # also those that nobody waits for any more
        self._number = 0

    async def run(self) -> None:
        """Follow the run, again and again, until cancelled."""
        while True:
            why = await self._follow()
            was_there = self._model.connected
            if was_there or self._model.why != why:
                lose(self._model, why)
                self.changes += 1
            if was_there:
                self._lost()
            await asyncio.sleep(AGAIN)

    async def ask(self, command: Command) -> Reply:
        """Have the run carry out a command; what became of it.

        It is refused where there is no run, where the run does not answer for PATIENCE, and while the same
        command waits for its answer: a run that hangs would else do it as often as it was told.
        """
        if self._writer is None:
            return Refused(why=NOT_CONNECTED)
        if command in self._unanswered.values():
            return Refused(why=ALREADY)
        self._number += 1
        number = self._number
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._asked[number], self._unanswered[number] = reply, command
        try:
            self._writer.write(encode(Ask(number=number, command=command)))
            return await asyncio.wait_for(reply, PATIENCE)
        except TimeoutError:
            return Refused(why=SILENT)
        finally:
            self._asked.pop(number, None)

    async def _follow(self) -> str:
        """Follow the run until it is heard no more; why."""
        try:
            with within_reach(self._model.directory / SOCKET) as path:
                reader, writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            return _explained(error, self._model.directory)
        try:
            self._writer = writer
            writer.write(encode(Follow(number=0)))
            silence = asyncio.get_running_loop().call_later(PATIENCE, self._note_silence)
            try:
                await self._listen(reader)
            finally:
                silence.cancel()
            return "it has ended, or closed the connection"
        except ControlError as error:
            return str(error)
        except OSError as error:
            return f"the connection broke: {error.strerror or error}"
        finally:
            self._writer = None
            self._unanswered.clear()
            for reply in self._asked.values():
                if not reply.done():
                    reply.set_result(Refused(why="the connection ended before the run answered"))
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _note_silence(self) -> None:
        """The run took the connection, but said nothing yet."""
        if not self._model.connected:
            self._model.why = UNANSWERED
            self.changes += 1

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        rest = bytearray()
        while chunk := await reader.read(CHUNK):
            *lines, last = chunk.split(b"\n")
            for line in lines:
                self._take(message_of(bytes(rest + line)))
                rest.clear()
            rest += last
            await asyncio.sleep(0)  # a reader with more at hand does not give way by itself

    def _take(self, message: Message) -> None:
        self._model.heard = time.monotonic()
        if isinstance(message, Answer):
            self._unanswered.pop(message.number, None)
            reply = self._asked.get(message.number)
            if reply is not None and not reply.done():
                reply.set_result(message.reply)
            return
        take_in(message, self._model)
        self.changes += 1
        self._hear(message)
        if isinstance(message, Missed) and self._writer is not None:
            # what was missed may have been a change of state, of a setting, a score: an Overview has them all
            self._writer.write(encode(Look(number=0)))


def _explained(error: OSError, directory: Path) -> str:
    match error:
        case FileNotFoundError() | ConnectionRefusedError():
            return f"no run is live in {directory}"
        case PermissionError():
            return f"the run in {directory} is another user's; only that user may open its control.sock"
    return f"control.sock in {directory}: {error.strerror or error}"
