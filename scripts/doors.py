"""Where the commands are, for the scripts beside this file."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

VENV = Path(__file__).resolve().parent.parent / ".venv" / "bin"

INSIDE = "HANABI_DOOR"
"""In the environment of a script that went on with another Python: once is enough."""


def become(program: str, arguments: Sequence[str]) -> NoReturn:
    """Go on as a command of this project; exit with 2 where it is not installed."""
    found = _found(program)
    os.execv(found, [str(found), *arguments])


def go_inside(program: str) -> None:
    """Go on with the Python of a command where this one cannot import the project, or exit with 2."""
    tried = os.environ.pop(INSIDE, "")
    if importlib.util.find_spec("hanabi_tui"):
        return
    python = _found(program).resolve().with_name("python")
    if tried or not python.exists():
        _refuse(program)
    os.environ[INSIDE] = "1"
    os.execv(python, [str(python), *sys.argv])


def _found(program: str) -> Path:
    found = VENV / program if (VENV / program).exists() else shutil.which(program)
    return Path(found) if found else _refuse(program)


def _refuse(program: str) -> NoReturn:
    print(f"{program} is not installed: scripts/setup_server.sh, or setup_laptop.sh", file=sys.stderr)
    sys.exit(2)
