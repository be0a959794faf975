"""Processes that this one started, and what they hold, as Linux tells."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def children(named: str = "") -> list[int]:
    """Living children of this process with a word in their command line, the oldest first."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    found = {int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()}
    return sorted(child for child in found if is_alive(child) and named in command_of(child))


def command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def is_alive(process: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def descriptors() -> dict[int, str]:
    """What this process holds open, and where each leads."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found[int(entry.name)] = str(entry.readlink())
        except OSError:
            continue  # the one that lists them
    return found


def eventually(check: Callable[[], object], seconds: float = 60.0) -> bool:
    """Whether something comes true before long."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
