"""Starting a run in the background, as a process of its own that outlives the console."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engine.control.messages import SOCKET
from engine.machine.socket_path import within_reach
from engine.store.directory import LOGS, SETTINGS, LockedError, is_held
from hanabi_tui.console.live.model import Model
from hanabi_tui.exit_codes import ExitCode

OUTPUT = "output.log"
"""In the run's logs/: what its process prints, tracebacks too; run.log next to it has its lines for good."""

LAST = 5
"""Lines of a run's output that are shown if it did not begin, as far as there is room."""


def is_live(directory: Path) -> bool:
    """Whether a run is live in a directory, or just starting."""
    return _listens(directory) or is_held(directory)


def _listens(directory: Path) -> bool:
    """Whether anybody takes connections there, even if nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX) as probe, within_reach(directory / SOCKET) as path:
            probe.settimeout(1)
            probe.connect(path)
        return True
    except OSError:
        return False


class Starter:
    """Starts the run of a directory.

    Attributes:
      wanted: whether it shall be started at once.
      welcome: what the last start does, in a few lines; empty: it was none.
      log: what it prints.
    """

    def __init__(
        self,
        directory: Path,
        *,
        file: Path | None = None,
        settings: Mapping[str, str] | None = None,
        own: bool = False,
        wanted: bool = False,
        welcome: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """`file` and `settings` (names in the environment, with their values) are those of the run.

        With `own`, the file is the one that the run's directory has at each start, if it has any then.
        """
        self.wanted, self.welcome, self._tell = wanted, "", welcome
        self._directory, self._file, self._own, self._settings = directory, file, own, dict(settings or {})
        self.log = directory / LOGS / OUTPUT
        self._process: subprocess.Popen[bytes] | None = None
        self._heard, self._output = False, ""
        self._since = 0.0

    def start(self) -> None:
        """Start it. Raises OSError, LockedError."""
        if _listens(self._directory):  # who only holds the lock still may be about to end
            raise LockedError(f"a run is live in {self._directory}; hanabi-tui status says how it stands")
        self._heard, self._output = False, ""
        self.welcome = "\n".join(self._tell())  # a first start begins a run, the next one goes on with it
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log.parent.mkdir(exist_ok=True, mode=0o700)
        file = self._settings_file()
        named = ["--config", str(file)] if file is not None else []
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "hanabi_tui", "--no-ui", *named],
                env={**os.environ, **self._settings, "HANABI_CHECKPOINT_DIR": str(self._directory)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a terminal that goes away takes only its own session with it
            )
        self._since = time.monotonic()

    def _settings_file(self) -> Path | None:
        """What to start it with now: the run's own comes when it begins, and `hanabi-tui fresh` moves it."""
        if not self._own:
            return self._file
        file = self._directory / SETTINGS
        return file if file.exists() else None

    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._since

    def alive(self) -> bool:
        """Whether the process that was started lives."""
        return self._process is not None and self._process.poll() is None

    def ended_early(self, model: Model) -> bool:
        """Whether the run that was started ended before the console ever heard of it."""
        process = self._process
        if process is None:
            return False
        # one heard later is another's, and says that what kept this one from beginning is mended
        self._heard |= model.connected or (model.overview is not None and model.overview.pid == process.pid)
        return not self._heard and process.poll() not in (None, ExitCode.LOCKED)

    def output(self) -> str:
        """The last lines that a run printed that ended early."""
        self._output = self._output or self._last_words()
        return self._output

    def _last_words(self) -> str:
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        lines = [line for line in text.splitlines() if line.strip()]
        return "\n".join(lines[-LAST:]) or "it said nothing"
