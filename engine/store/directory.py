"""The directory of a run, and the lock that keeps a second run out of it.

training_state.json  where the run is, for people and monitors; what it goes on from are its generations
config.toml          what it was started with
run.db               metrics
generations/  replay/  games/  logs/  control.sock  run.lock
"""

import fcntl
import os
import shutil
import time
from pathlib import Path

import msgspec

from engine.contracts.vitals import Link
from engine.errors import ConfigError, EngineError
from engine.machine.durable import FULL, unused, write_atomically
from engine.machine.in_place import write_in_place
from engine.settings.config import Config
from engine.settings.config_file import from_toml
from engine.store.manifest import Counters

STATE = "training_state.json"
SETTINGS = "config.toml"
DATABASE = "run.db"
GENERATIONS = "generations"
REPLAY = "replay"
RING = f"{REPLAY}/ring"
GAMES = "games"
LOGS = "logs"
LOCK = "run.lock"

_FOUND = "lost+found"
"""What a file system of its own may have at its root, for root alone."""

_ASIDE = "aside-"
"""What begins the names of folders in a directory that hold what was moved aside there."""

GLANCE = 0.3
"""Seconds within which who only looked at a lock has let it go."""

TRACES = (STATE, GENERATIONS, REPLAY, DATABASE)
"""What a run goes on from or adds to: where any of these is, there was one."""


class LockedError(EngineError):
    """Another run holds this directory."""


class DirectoryError(EngineError):
    """A directory that cannot be used for a run."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """`training_state.json`."""

    run: str  # the run's id
    state: str
    reason: str = ""
    pid: int
    updated: float  # s since the epoch
    generation: int  # the step of the newest; −1: none yet
    counters: Counters
    tainted: bool = False  # samples since that generation tell of values that had run away
    link: Link | None = None


class Directory:
    """A run's directory, made where it is missing, held by this process until `release`.

    Raises LockedError, naming the process that holds it; DirectoryError where it cannot be made or written;
    OSError where the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_in_place(path)
            self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            if error.errno in FULL:
                raise
            raise DirectoryError(f"{path} cannot be used for a run: {error.strerror}") from None
        try:
            _lock(self._lock)
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)
        except BlockingIOError:
            holder = os.pread(self._lock, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._lock)
            raise LockedError(
                f"{path} is held by another run (process {holder}); stop that one first, or use another "
                "--checkpoint-dir"
            ) from None
        except OSError as error:
            os.close(self._lock)
            if error.errno in FULL:
                raise OSError(error.errno, error.strerror, str(path / LOCK)) from None
            raise DirectoryError(f"{path} cannot be locked for a run: {error.strerror}") from None

    @property
    def generations(self) -> Path:
        """Checkpoints."""
        return self.path / GENERATIONS

    @property
    def replay(self) -> Path:
        """The ring of samples; its folder is made."""
        ring = self.path / RING
        ring.parent.mkdir(exist_ok=True, mode=0o700)
        return ring

    @property
    def logs(self) -> Path:
        """Logs, and what broke workers."""
        return self.path / LOGS

    @property
    def games(self) -> Path:
        """Games of evaluations (engine.store.album)."""
        return self.path / GAMES

    @property
    def database(self) -> Path:
        """Metrics."""
        return self.path / DATABASE

    def saved(self) -> Saved | None:
        """What `save` last kept; None if there is nothing, or nothing readable."""
        return read_state(self.path)

    def save(self, saved: Saved) -> None:
        """Replace `training_state.json`. Raises OSError; the old one is still there then."""
        write_atomically(self.path / STATE, msgspec.json.format(msgspec.json.encode(saved), indent=1))

    def release(self) -> None:
        """Let another run in."""
        os.close(self._lock)


def read_state(path: Path) -> Saved | None:
    """`training_state.json` of a directory, live or not; None if there is nothing readable."""
    try:
        return msgspec.json.decode((path / STATE).read_bytes(), type=Saved)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def read_settings(path: Path) -> Config:
    """`config.toml` of a directory: what its run was last started with.

    Raises ConfigError where it cannot be read, or holds what this version does not allow.
    """
    file = path / SETTINGS
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{file} cannot be read: {error}"]) from None
    return from_toml(text, str(file))


def _lock(file: int) -> None:
    """Lock it for ourselves. Raises BlockingIOError; who only looks has it for a moment (`is_held`)."""
    until = time.monotonic() + GLANCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(GLANCE / 10)


def is_held(path: Path) -> bool:
    """Whether a process holds a directory. Its lock tells; a process id may be another's by now."""
    try:
        lock = os.open(path / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(lock)


def has_traces(path: Path) -> bool:
    """Whether a run has left anything in a directory that the next one would go on from, or be stopped by."""
    return any((path / name).exists() for name in TRACES)


def clear(path: Path) -> Path | None:
    """Start anew: move what a run left in a directory aside; returns where to, None if there was nothing.

    Aside is beside it; in it, where it is a file system of its own, which the others may have no room for.

    Raises LockedError while a run holds it, DirectoryError, OSError.
    """
    if not path.is_dir():
        return None
    held = Directory(path)
    try:
        _remove_sockets(path)
        names = (entry.name for entry in path.iterdir())
        left = [path / name for name in names if name not in (LOCK, _FOUND) and not name.startswith(_ASIDE)]
        if not left:
            return None
        whole, now = path.resolve(), time.strftime("%Y%m%d-%H%M%S")  # "." has no name
        aside = unused(
            whole / f"{_ASIDE}{now}" if whole.is_mount() else whole.with_name(f"{whole.name}-{now}")
        )
        aside.mkdir(mode=0o700)
        for entry in left:
            shutil.move(entry, aside / entry.name)
        return aside
    finally:
        held.release()


def _remove_sockets(path: Path) -> None:
    """Nobody listens on them any more, and they cannot be moved to another file system."""
    for entry in [*path.iterdir(), *path.glob("*/*")]:
        if entry.is_socket():
            entry.unlink()
