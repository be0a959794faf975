"""The console beside a run that trains flat out: how soon it paints and answers, and what it costs.

    python -m benchmarks console

The real program in a real pseudo-terminal of 160 × 50, attached to a real run of the `cpu` preset.
"""

import contextlib
import fcntl
import os
import pty
import select
import shutil
import sqlite3
import statistics
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Measure
from benchmarks.runs import COMMAND, a_run, clean_environment
from engine.control.client import Control
from engine.errors import EngineError
from engine.store.directory import DATABASE

ROWS, COLUMNS = 50, 160
STARTS = 7
PRESSES = 100
"""Of each of two keys."""

REST = 20.0
"""Seconds that rest is measured for, and a turn of training."""

ROUNDS = 3
FROZEN = 10.0
POINTS = 1_000_000
_TICK = os.sysconf("SC_CLK_TCK")
_VIEWS = {b"9": b"learning_rate", b"1": b"games"}
"""Two views by their keys, and what each shows that the other does not."""

_ROWS = {b"\x1b[B": b"Step length", b"\x1b[A": b"Samples in one step"}
"""Down and up in the settings, and what is told of the one under the cursor."""

_ZOOM = {b"+": b"following the newest", b"0": b"the whole run"}
"""Nearer and all of it in the charts, and what is told of the part that is seen."""

_KEYS = {
    "a key in the settings": (b"9", _ROWS),
    "a key in the charts": (b"2", _ZOOM),
    "another view opened": (b"1", _VIEWS),
}
"""Keys that are timed, behind the one that opens their view."""


class Terminal:
    """A console in a pseudo-terminal. Use it in a `with` block."""

    def __init__(self, directory: Path) -> None:
        self.began = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(ROWS)}
            os.execv(COMMAND[0], [*COMMAND, "attach", str(directory)])
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, 9)
        os.close(self._file)
        os.waitpid(self.pid, 0)

    def press(self, key: bytes) -> None:
        """Type something."""
        os.write(self._file, key)

    def until(self, words: bytes, patience: float = 30.0) -> float:
        """Read until something is on screen; when it was. Raises TimeoutError."""
        seen, deadline = b"", time.perf_counter() + patience
        while words not in seen:
            if not select.select([self._file], [], [], max(0.0, deadline - time.perf_counter()))[0]:
                raise TimeoutError(f"{words!r} never came on screen; the last there was {seen[-500:]!r}")
            seen = (seen + os.read(self._file, 65_536))[-200_000:]
        return time.perf_counter()

    def watch(self, seconds: float) -> None:
        """Read what comes for some seconds, as a terminal does."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._file], [], [], left)[0]:
                os.read(self._file, 65_536)

    @property
    def cpu(self) -> float:
        """Seconds of CPU used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    @property
    def memory(self) -> int:
        """Bytes in memory."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measures() -> Iterator[Measure]:
    """All of them, one after the other: some six minutes."""
    with tempfile.TemporaryDirectory() as folder, training(Path(folder) / "run") as directory:
        paints = []
        for _ in range(STARTS):
            with Terminal(directory) as terminal:
                paints.append(terminal.until(b"Dashboard") - terminal.began)
        yield Measure("first paint, median", statistics.median(paints), "s", "lower", 0.5)
        for name, (view, keys) in _KEYS.items():
            waits = sorted(_waits(directory, view, keys))
            late = waits[int(0.99 * len(waits))]
            yield Measure(f"{name} to repaint, median", 1000 * statistics.median(waits), "ms", "lower", 50)
            yield Measure(f"{name} to repaint, 99 % of {len(waits)}", 1000 * late, "ms", "lower", 50)
        with Terminal(directory) as terminal:
            terminal.watch(5)
            before = terminal.cpu
            terminal.watch(REST)
            share = (terminal.cpu - before) / REST
        yield Measure("CPU at rest, share of a core", 100 * share, "%", "lower", 3)
        yield _throughput(directory)
        yield _frozen(directory)
    yield from _memory()


@contextlib.contextmanager
def training(directory: Path) -> Iterator[Path]:
    """A run of the `cpu` preset that trains, as long as the `with` block lasts."""
    # a session of its own, as the console and systemd give it: the kernel shares cores among sessions first
    with a_run(directory, start_new_session=True):
        while _trained(directory) < 100_000:
            time.sleep(0.5)
        time.sleep(5)
        yield directory


def _trained(directory: Path) -> int:
    """Samples that the run has trained on."""
    try:
        with Control(directory) as control:
            progress = control.look().progress
    except EngineError:
        return 0
    return progress.trained if progress else 0


def _rate(directory: Path, rest: Callable[[], object]) -> float:
    """Samples trained per second during a rest; Progress comes every second, so its own times count."""
    with Control(directory) as control:
        first = control.look().progress
        rest()
        last = control.look().progress
    assert first is not None
    assert last is not None
    return (last.trained - first.trained) / (last.time - first.time)


def _waits(directory: Path, view: bytes, keys: dict[bytes, bytes]) -> Iterator[float]:
    with Terminal(directory) as terminal:
        terminal.until(b"Dashboard")
        for key in (*_VIEWS, view):  # views are made when first opened
            terminal.press(key)
            terminal.watch(1)
        for _ in range(PRESSES):
            for key, words in keys.items():
                pressed = time.perf_counter()
                terminal.press(key)
                yield terminal.until(words) - pressed
                terminal.watch(0.05)


def _throughput(directory: Path) -> Measure:
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone.append(_rate(directory, lambda: time.sleep(REST)))
        with Terminal(directory) as terminal:
            terminal.watch(3)
            beside.append(_rate(directory, lambda: terminal.watch(REST)))
    return Measure(
        "samples trained with the console open",
        statistics.mean(beside),
        "1/s",
        "higher",
        0,
        "without",
        statistics.mean(alone),
        0.98,
    )


def _frozen(directory: Path) -> Measure:
    before, frozen = [], []
    for _ in range(ROUNDS):
        before.append(_rate(directory, lambda: time.sleep(FROZEN)))
        with Terminal(directory) as terminal:
            terminal.until(b"Dashboard")
            frozen.append(_rate(directory, lambda: time.sleep(FROZEN)))  # nobody reads the terminal meanwhile
    return Measure(
        "samples trained while a terminal does not read",
        statistics.mean(frozen),
        "1/s",
        "higher",
        0,
        "before",
        statistics.mean(before),
        0.95,
    )


def _memory() -> Iterator[Measure]:
    """The console on a run that was: a million points, all charts open, twice over."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "run"
        flags = ["--variant", "very-small", "--hidden-size", "16", "--num-iterations", "40"]
        flags += ["--evaluation-interval", "0", "--final-games", "100", "--checkpoint-dir", str(directory)]
        subprocess.run(
            [*COMMAND, "--no-ui", *flags], check=True, stdout=subprocess.DEVNULL, env=clean_environment()
        )
        _lengthen(directory / DATABASE, POINTS)
        with Terminal(directory) as terminal:
            terminal.until(b"Dashboard")
            terminal.press(b"2")
            terminal.watch(30)
            first = terminal.memory
            for key in (b"1", b"2", b"1", b"2"):
                terminal.press(key)
                terminal.watch(5)
            last = terminal.memory
        shutil.rmtree(directory)
    yield Measure("memory with a million points", last / 1e6, "MB", "lower", 150)
    yield Measure("memory after looking on, over before", last / first, "", "lower", 1.1)


def _lengthen(path: Path, points: int) -> None:
    """Have a run.db tell of many more seconds than there were, each as the last one."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        names = [row[1] for row in database.execute("PRAGMA table_info(progress)") if row[1] != "id"]
        *_, last = database.execute(f"SELECT {', '.join(names)} FROM progress ORDER BY id")
        known = dict(zip(names, last, strict=True))
        places = ", ".join("?" * len(names))

        def row(number: int) -> list[object]:
            later = {"time": known["time"] + number, "seconds": known["seconds"] + number}
            wave = {"loss": 0.1 + 0.01 * (number % 97), "step": known["step"] + number}
            return [(known | later | wave)[name] for name in names]

        database.executemany(
            f"INSERT INTO progress ({', '.join(names)}) VALUES ({places})",
            (row(number) for number in range(1, points + 1)),
        )
