"""What a new environment is lent of this suite's: what would else want the internet, or minutes."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from numba.core.caching import _CacheLocator as Locator
from small_run import COMMAND, SERIAL

from engine.game.kernels import CACHE_FOLDER

ROOT = Path(__file__).parents[2]


def lend_libraries(site: Path) -> Path:
    """Other people's libraries, to an environment with these site-packages; the file that does it."""
    places = [place for place in sys.path if "site-packages" in place]
    try:
        importlib.metadata.distribution("nvidia-ml-py")
    except importlib.metadata.PackageNotFoundError:
        places.append(str(_pretend(site / "pretended", "nvidia-ml-py")))
    file = site / "lent.pth"
    file.write_text("\n".join(places) + "\n")
    return file


def _pretend(folder: Path, package: str) -> Path:
    """A library that only a machine with an NVIDIA card has a use for: as if it were there, but empty."""
    pinned = (ROOT / "constraints.txt").read_text()
    version = re.findall(rf"^{package}==(\S+)", pinned, re.MULTILINE)[0]
    told = folder / f"{package.replace('-', '_')}-{version}.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    return folder


def lend_kernels(copy: Path, cache: Path) -> None:
    """Kernels that were compiled of these sources, to a copy of them in another place.

    numba finds them by path and time of the source. What this suite has not compiled yet, it does now: once,
    and not again for each copy.

    Args:
      copy: the folder that holds the other `engine`.
      cache: the other cache folder.
    """
    _compile()
    for source in (ROOT / "engine").rglob("*.py"):
        there = copy / source.relative_to(ROOT)
        if there.exists():
            shutil.copystat(source, there)
            compiled = _compiled(source)
            kept = cache / "hanabi-tui" / CACHE_FOLDER.name / Locator.get_suitable_cache_subpath(there)
            if compiled.is_dir() and not kept.exists():
                shutil.copytree(compiled, kept)


def _compile() -> None:
    """Have the kernels compiled that a run, an evaluation and a table of conventions need."""
    done = _compiled(ROOT / "engine" / "game" / "rules.py") / "lent"
    if done.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        for words in (
            ["--no-ui", *SERIAL, "--num-iterations", "1"],
            ["evaluate", "checkpoints", "--agent", "cautious", "--games", "10"],
            ["conventions", "checkpoints", "--games", "10"],
        ):
            subprocess.run([*COMMAND, *words], cwd=folder, check=True, capture_output=True)
    done.parent.mkdir(parents=True, exist_ok=True)
    done.touch()


def _compiled(source: Path) -> Path:
    return CACHE_FOLDER / Locator.get_suitable_cache_subpath(source)
