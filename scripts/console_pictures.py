"""The console's pictures in docs/pictures/: `python scripts/console_pictures.py`, about two minutes.

Each is the real console on a real run: a short one of its own, or that of a directory given.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hanabi_tui.console.app import Console
from hanabi_tui.console.live.model import Model

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = (120, 36)
VIEWS = {"1": "dashboard", "2": "charts", "3": "games", "6": "conventions"}
SETTLING = 8.0
"""Seconds that a view has to read files and ask other processes."""

SIGNS = {"conventions": "discard&#160;1"}
"""What a view shows when it is done, where that takes long: beside a run a thousand games do."""

PATIENCE = 120.0
"""Seconds within which it does."""

RUN = [sys.executable, "-m", "hanabi_tui", "--no-ui", "--minutes", "5", "--log-interval", "5"]
TRAINED = 75.0
"""Seconds after which the pictures are taken."""


async def picture(console: Console, sign: str) -> str:
    """What is on the screen as soon as it shows a sign of being whole. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while sign not in (seen := console.export_screenshot(title="hanabi-tui")):
            await asyncio.sleep(1)
    return seen


async def take(directory: Path) -> None:
    """Take all pictures of a live run."""
    console = Console(Model(directory), follow=True)
    async with console.run_test(size=SIZE) as pilot:
        await asyncio.sleep(2)
        for key, name in VIEWS.items():
            await pilot.press(key)
            await asyncio.sleep(SETTLING)
            if name == "games":
                await pilot.press("enter")
                await asyncio.sleep(SETTLING)
                await pilot.press("m")
            await asyncio.sleep(2)
            await pilot.pause()
            (PICTURES / f"{name}.svg").write_text(await picture(console, SIGNS.get(name, "")), "utf-8")
    await asyncio.sleep(1)  # what it asked other processes has an end of its own


def main() -> None:
    """Take them of the run of a directory, or of a new one."""
    PICTURES.mkdir(exist_ok=True)
    if sys.argv[1:]:
        asyncio.run(take(Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        flags = ["--evaluation-interval", "15", "--checkpoint-interval", "30"]
        run = subprocess.Popen([*RUN, *flags], stdout=subprocess.DEVNULL, cwd=folder)
        try:
            time.sleep(TRAINED)
            asyncio.run(take(Path(folder) / "checkpoints"))
        finally:
            run.terminate()
            run.wait()


if __name__ == "__main__":
    main()
