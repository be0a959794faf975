"""Runs that a run can be compared with: those beside it, and any other that a path leads to."""

import os
from collections.abc import Sequence
from pathlib import Path

from engine.machine.home import at_home
from engine.store.directory import DATABASE

MOST = 100
"""Neighbours that are offered."""


def neighbours(directory: Path) -> list[Path]:
    """Directories beside this one that hold a run.db, the last one written first."""
    try:
        found = [path for path in directory.resolve().parent.glob(f"*/{DATABASE}") if path.is_file()]
        written = sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:  # removed meanwhile, or not ours to look into
        return []
    return [path.parent for path in written if path.parent != directory.resolve()][:MOST]


def run_in(text: str) -> Path:
    """The run's directory that a text names: itself, or its run.db. Raises ValueError for any other."""
    path = Path(at_home(os.path.expandvars(text))).absolute()
    if path.name == DATABASE:
        path = path.parent
    try:
        if not path.is_dir():
            raise ValueError(f"{path} is no directory; give the directory of a run")
        if not (path / DATABASE).is_file():
            raise ValueError(f"{path} holds no {DATABASE}, so no run has begun there")
    except OSError as error:
        raise ValueError(f"{path} cannot be looked into: {error.strerror or error}") from None
    return path


def short_names(directories: Sequence[Path]) -> list[str]:
    """For each directory as few of its last parts as tell it from the others."""
    parts = [path.absolute().parts for path in directories]
    names = []
    for mine in parts:
        count = 1
        while count < len(mine) and sum(theirs[-count:] == mine[-count:] for theirs in parts) > 1:
            count += 1
        names.append("/".join(mine[-count:]))
    return names
