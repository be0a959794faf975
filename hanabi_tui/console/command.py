"""A `hanabi-tui` command in a process of its own, heard line by line: what needs torch or the network.

It never holds up the screen, ends when whoever waits for it is cancelled, and uses no terminal.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence

PROGRAM = (sys.executable, "-P", "-c", "from hanabi_tui.cli import main; main()")

PATIENCE = 2.0
"""Seconds that it has to end by itself when it is told to."""

LONGEST = 1 << 20
"""Bytes of a line; a longer one is an error."""


async def run(
    words: Sequence[str], hear: Callable[[str], None], complain: Callable[[str], None] | None = None
) -> int:
    """Run a command to its end; its exit code.

    Args:
      words: the command and its arguments.
      hear: called with each line it says.
      complain: called with each line of its errors; None: as `hear`.

    Raises OSError where it cannot be started, ValueError for a line that is too long.
    """
    apart = complain is not None
    child = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE if apart else asyncio.subprocess.STDOUT,
        limit=LONGEST,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        start_new_session=True,  # a Ctrl-C is the console's; what it starts itself ends with it
    )
    try:
        readers = [_listen(child.stdout, hear)]
        if complain is not None:
            readers.append(_listen(child.stderr, complain))
        await asyncio.gather(*readers)
        return await child.wait()
    finally:
        await _end(child)


async def _listen(stream: asyncio.StreamReader | None, hear: Callable[[str], None]) -> None:
    assert stream is not None
    async for line in stream:
        hear(line.decode(errors="replace").rstrip("\n"))


async def _end(child: asyncio.subprocess.Process) -> None:
    """See that it and all it started are gone."""
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(child.wait(), PATIENCE)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
