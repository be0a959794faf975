"""Copies of snapshots that a learner keeps on its own machine; the run's generations are what counts."""

import contextlib
from pathlib import Path

from engine.generations import write_atomically

RUNS = 3
"""Runs whose copy is kept; the one not touched for longest goes first."""

SUFFIX = ".safetensors"


def keep(folder: Path, run: str, snapshot: bytes) -> None:
    """Keep a run's newest snapshot. Raises nothing: a full disk here is no reason for training to stop."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(folder / f"{run}{SUFFIX}", snapshot)
        kept = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-RUNS]:
            path.unlink()


def newest(folder: Path, run: str) -> bytes | None:
    """A run's newest snapshot, if there is one."""
    try:
        return (folder / f"{run}{SUFFIX}").read_bytes()
    except OSError:
        return None
