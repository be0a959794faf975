"""How the engine's compiled kernels are made: one decorator.

numba caches compiled code per source *file*. A kernel that calls one from another file would then
survive a change of the other file, and run stale. So the cache folder carries a digest of every file
that holds a kernel, or a number that kernels use: any change there compiles anew, and an old folder is
never read again.
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import numba
from numba.core import event  # names what numba does while it does it

F = TypeVar("F", bound=Callable[..., Any])

Int: TypeAlias = Any
"""A whole number inside a kernel, of whichever width numba gives it."""

_config: Any = numba.config
_log = logging.getLogger(__name__)


def _cache_folder() -> Path:
    """The folder for this very source, below $NUMBA_CACHE_DIR or the user's cache folder."""
    sources = [path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py"))]
    compiled = [text for text in sources if b"@kernel" in text or b"# used by kernels" in text]
    digest = hashlib.sha256(b"".join(compiled)).hexdigest()[:16]
    base = _config.CACHE_DIR or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hanabi-tui" / f"kernels-{digest}"


def _forget_old_kernels(keep: Path, newest: int = 4) -> None:
    """Remove all but the newest few folders of earlier sources; trouble here harms nobody."""
    try:
        others = [path for path in keep.parent.glob("kernels-*") if path != keep]
        for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[newest:]:
            shutil.rmtree(path, ignore_errors=True)
    except OSError:
        pass


def _can_keep(folder: Path) -> bool:
    """Whether kernels can be kept there; elsewhere numba would keep them without the digest."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


CACHE_FOLDER = _cache_folder()
KEPT = _can_keep(CACHE_FOLDER)
"""Whether compiled kernels are kept for the next start."""


class _Word(event.Listener):
    """Says at the first kernel that is compiled, so that nobody takes the pause for a hang."""

    def __init__(self) -> None:
        self.said = False

    def on_start(self, event: Any) -> None:
        dispatcher = event.data.get("dispatcher")
        ours = dispatcher is not None and dispatcher.py_func.__module__.split(".")[0] == "engine"
        if ours and not self.said:
            self.said = True
            _forget_old_kernels(CACHE_FOLDER)
            _log.warning(
                "Compiling kernels: each once%s, a few seconds for the game, up to 30 for every bot.",
                "" if KEPT else f", but {CACHE_FOLDER} is not writable, so again at the next start",
            )

    def on_end(self, event: Any) -> None:
        pass


_listen: Callable[[str, event.Listener], None] = event.register
_listen("numba:compile", _Word())


def kernel(function: F) -> F:
    """Compile on first use, keep on disk, and release the GIL while running."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(CACHE_FOLDER)
    try:
        compiled = numba.njit(cache=KEPT, nogil=True, error_model="numpy")(function)
    finally:
        _config.CACHE_DIR = before
    return cast(F, compiled)
