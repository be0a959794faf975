"""The table's process, as the console sees it: started when it is first asked, one answer a request."""

import asyncio
import contextlib
import itertools
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from hanabi_tui.table import messages as m

LONGEST_REPLY = 16 * 2**20
"""Bytes of an answer: a long game of five with what is thought of each turn takes about 400 kB."""

_WORTH_TELLING = ("hanabi-tui: ", "Compiling")
"""How lines begin that are meant for people; libraries complain, too."""

_COMMAND = (sys.executable, "-m", "hanabi_tui.table")


class TableProcess:
    """Asks a process that holds a game; a process that died is started anew, without the game.

    Attributes:
      pid: of the process; 0: there is none.
    """

    def __init__(self, told: Callable[[str], None] = lambda words: None) -> None:
        """`told` hears what the process says besides its answers, such as that it compiles for a while."""
        self._told = told
        self._process: asyncio.subprocess.Process | None = None
        self._complaints: deque[str] = deque(maxlen=20)
        self._draining: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int:
        """See above."""
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    async def ask(self, kind: type[Any], **fields: Any) -> m.Reply:
        """Ask for something (a request of hanabi_tui.table.messages); whatever goes wrong is a Refused."""
        number = next(self._numbers)
        async with self._turn:
            try:
                return await self._ask(kind(number=number, **fields))
            except (OSError, m.TableError, ValueError) as error:
                await self._end()
                said = f" ({self._complaints[-1]})" if self._complaints else ""
                return m.Refused(number=number, why=f"the table's process ended: {error}{said}; ask again")

    async def _ask(self, request: m.Request) -> m.Reply:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(m.encode(request))
        await process.stdin.drain()
        while line := await process.stdout.readline():
            reply = m.reply_of(line)
            if reply.number == request.number:  # an earlier one belongs to somebody who did not wait for it
                return reply
        raise ConnectionResetError("without an answer")

    async def _running(self) -> asyncio.subprocess.Process:
        if not self.pid:
            self._complaints.clear()
            self._process = await asyncio.create_subprocess_exec(
                *_COMMAND,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=LONGEST_REPLY,
                start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
            )
            self._draining = asyncio.create_task(self._drain(self._process))
        assert self._process is not None
        return self._process

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        with contextlib.suppress(ValueError):
            while line := await process.stderr.readline():
                words = line.decode(errors="replace").strip()
                self._complaints.append(words)
                if words.startswith(_WORTH_TELLING):
                    self._told(words.removeprefix(_WORTH_TELLING[0]))

    async def close(self) -> None:
        """End the process, if there is one."""
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it holds nothing that must be kept
        await process.wait()
        if self._draining is not None:
            await self._draining
