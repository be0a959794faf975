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

LONGEST = 2**24
"""Bytes of a line; a longer one is an error. A matrix of 5 players is one of some 100,000."""


async def run(
    words: Sequence[str],
    hear: Callable[[str], None],
    complain: Callable[[str], None] | None = None,
    *,
    nice: int = 0,
) -> int:
    """Run a command to its end; its exit code.

    Args:
      words: the command and its arguments.
      hear: called with each line it says.
      complain: called with each line of its errors; None: as `hear`.
      nice: how much it yields the processor to others; then it computes in one thread, too.

    Raises OSError where it cannot be started, ValueError for a line that is too long.
    """
    apart = complain is not None
    # torch would else take every core that the run plays on
    threads = {"OMP_NUM_THREADS": "1"} if nice else {}
    child = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE if apart else asyncio.subprocess.STDOUT,
        limit=LONGEST,
        env={**threads, **os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        start_new_session=True,  # a Ctrl-C is the console's; what it starts itself ends with it
    )
    with contextlib.suppress(OSError):  # it ended already, or the system does not let us
        mine = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, child.pid, max(mine, nice))
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
