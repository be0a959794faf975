"""Where the commands are, for the scripts beside this file."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

VENV = Path(__file__).resolve().parent.parent / ".venv" / "bin"


def become(program: str, arguments: Sequence[str]) -> NoReturn:
    """Go on as a command of this project; exit with 2 where it is not installed."""
    found = VENV / program if (VENV / program).exists() else shutil.which(program)
    if not found:
        _refuse(program)
    os.execv(found, [str(found), *arguments])


def go_inside() -> None:
    """Go on in .venv where this Python cannot import the project; exit with 2 where it is not installed."""
    if importlib.util.find_spec("engine"):
        return
    inside = VENV / "python"
    if not inside.exists() or Path(sys.prefix).resolve() == VENV.parent.resolve():
        _refuse("hanabi-tui")
    os.execv(inside, [str(inside), *sys.argv])


def _refuse(program: str) -> NoReturn:
    print(f"{program} is not installed: scripts/setup_server.sh, or setup_laptop.sh", file=sys.stderr)
    sys.exit(2)
