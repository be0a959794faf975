"""Work that is too heavy for the console: a `hanabi-tui` command in a process of its own.

It yields the processor to the run, says how far it is, and ends when whoever waits for it is cancelled.
"""

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

_COMMAND = (sys.executable, "-P", "-c", "from hanabi_tui.cli import main; main()")

NICE = 10
"""How much it yields: beside workers that take every core it gets about a tenth of one."""

_PATIENCE = 2.0
"""Seconds that it has to end by itself."""

_LONGEST = 2**24
"""Bytes of a line: a matrix of 5 players is one of some 100,000."""

_PROGRESS = re.compile(r"(.*): ([\d,]+) of ([\d,]+) games$")


class ChildError(Exception):
    """The command failed; says why, in words."""


@dataclass(frozen=True)
class Far:
    """How far a command is: `over` of `total` games of `what`."""

    what: str
    over: int
    total: int

    def __str__(self) -> str:
        return f"{self.what}: {self.over:,} of {self.total:,} games"


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and what it remarked besides."""

    text: str
    remarks: tuple[str, ...]


async def run(
    words: Sequence[str], told: Callable[[Far], None], line: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Run a `hanabi-tui` command that knows --json and --progress.

    Args:
      words: the command and its arguments, without these two.
      told: called now and then with how far it is.
      line: called with each line of its output, as it comes.

    Raises ChildError. Being cancelled ends the command first.
    """
    child = await asyncio.create_subprocess_exec(
        *_COMMAND,
        *words,
        "--json",
        "--progress",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LONGEST,
        # one thread: torch would else take every core that the run plays on
        env={"OMP_NUM_THREADS": "1"} | os.environ,
    )
    with contextlib.suppress(OSError):  # it ended already, or the system does not let us
        mine = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, child.pid, max(mine, NICE))
    try:
        text, remarks = await asyncio.gather(_output(child, line), _remarks(child, told))
        code = await child.wait()
    finally:
        await _end(child)
    if code:
        raise ChildError(_why(code, remarks))
    return Outcome(text, tuple(remarks))


async def _output(child: asyncio.subprocess.Process, line: Callable[[str], None]) -> str:
    lines = []
    async for said in _lines(child.stdout):
        lines.append(said)
        line(said)
    return "\n".join(lines)


async def _remarks(child: asyncio.subprocess.Process, told: Callable[[Far], None]) -> list[str]:
    """What it says besides its output, but for how far it is."""
    remarks = []
    async for said in _lines(child.stderr):
        if far := _PROGRESS.match(said):
            told(Far(far[1], *(int(number.replace(",", "")) for number in (far[2], far[3]))))
        elif said:
            remarks.append(said.removeprefix("hanabi-tui: "))
    return remarks


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[str]:
    assert stream is not None
    async for line in stream:
        yield line.decode(errors="replace").rstrip("\n")


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), _PATIENCE)
        except TimeoutError:
            child.kill()
            await child.wait()


def _why(code: int, remarks: Sequence[str]) -> str:
    if code < 0:
        killed = "it was killed; perhaps the machine ran out of memory" if code == -9 else "it was ended"
        return f"{killed} (signal {-code})"
    return remarks[-1] if remarks else f"it ended with code {code} and said nothing"
