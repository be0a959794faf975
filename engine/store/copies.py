"""Copies of snapshots that a learner keeps on its own machine; the run's generations are what counts."""

import contextlib
import re
from pathlib import Path

from engine.machine.durable import write_atomically

RUNS = 3
"""Runs whose copy is kept; the one not touched for longest goes first."""

SUFFIX = ".safetensors"

RUN = re.compile(r"[0-9a-f]{32}")
"""Ids of runs; others get no copy, for they are to become a file's name."""


def keep(folder: Path, run: str, snapshot: bytes) -> None:
    """Keep a run's newest snapshot. Raises nothing: a full disk here is no reason for training to stop."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(folder / f"{run}{SUFFIX}", snapshot)
        # by name: the folder may hold somebody's own files
        others = [path for path in folder.glob(f"*{SUFFIX}") if RUN.fullmatch(path.stem) and path.stem != run]
        kept = sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[RUNS - 1 :]:
            path.unlink()


def newest(folder: Path, run: str) -> bytes | None:
    """A run's newest snapshot, if there is one."""
    try:
        return (folder / f"{run}{SUFFIX}").read_bytes()
    except OSError:
        return None
