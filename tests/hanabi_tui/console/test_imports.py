"""The console is light: it loads neither torch nor numba nor numpy nor the remote."""

import subprocess
import sys
from pathlib import Path

import engine

SCRIPT = """
import asyncio, os, sys
from pathlib import Path
from hanabi_tui import cli
from hanabi_tui.console import opening, plain, screen
from hanabi_tui.console.app import Console
from hanabi_tui.console.live.model import Model
from hanabi_tui.settings import Given, load

settings = load(Given(), {})
setup = screen.set_up("", opening.welcome(settings, Path("nowhere")))

async def look():
    async with Console(Model(Path("nowhere")), setup, follow=True).run_test() as pilot:
        await pilot.press("9", "question_mark", "escape")

asyncio.run(look())
heavy = {"torch", "numba", "numpy", "remote", "rpyc", "asyncssh"} & sys.modules.keys()
assert not heavy, heavy
"""


def test_a_console_at_its_start_has_loaded_nothing_heavy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(Path(engine.__file__).parents[1])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
