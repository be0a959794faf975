"""Where the commands are, for the scripts beside this file."""

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
        print(f"{program} is not installed: scripts/setup_server.sh, or setup_laptop.sh", file=sys.stderr)
        sys.exit(2)
    os.execv(found, [str(found), *arguments])
