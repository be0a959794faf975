"""Taking the vitals of a run: its learner's device, the way there, and this machine."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from engine.contracts.learner import Learner
from engine.contracts.vitals import Link, Status, Vitals
from engine.errors import EngineError

EVERY = 2.0
"""Seconds between two Vitals."""

_PAGE = os.sysconf("SC_PAGE_SIZE")


class VitalSigns:
    """Asks, and waits for nobody.

    Args:
      directory: of the run, whose disk is looked at.
      link: tells of the way to the learner.
    """

    def __init__(self, directory: Path, link: Callable[[], Link | None]) -> None:
        self._directory, self._link = directory, link
        self._taken = 0.0
        self._asked: Future[Status] | None = None
        self._device: Status | None = None
        self._answered: float | None = None
        self._ticks = _ticks()
        self._at_once: int | None = None  # as last told

    def due(self) -> bool:
        """Whether it is time again."""
        return time.monotonic() - self._taken >= EVERY

    def take(self, learner: Learner | None) -> Vitals:
        """What is known now; the learner, None where there is none, is asked for the next time."""
        self._taken = time.monotonic()
        self._hear()
        if learner is not None and self._asked is None:
            with contextlib.suppress(EngineError, OSError):
                self._asked = learner.status()
        return Vitals(
            time=time.time(),
            link=self._link(),
            device=self._device,
            answered=self._answered,
            cpu=self._busy(),
            memory=_memory(os.getpid()),
            free=_free(self._directory),
        )

    def remark(self) -> str:
        """What somebody should hear once of what was found out; empty: nothing."""
        at_once, before = self._device.at_once if self._device else None, self._at_once
        if at_once is None or at_once == before:
            return ""
        self._at_once = at_once
        return (
            f"the learner's device has no room for a whole batch: steps are made of {at_once:,} samples at a "
            "time, with the same result, more slowly"
        )

    def _hear(self) -> None:
        if self._asked is None or not self._asked.done():
            return
        asked, self._asked = self._asked, None
        try:
            self._device, self._answered = asked.result(), time.time()
        except (EngineError, OSError):
            self._device = None

    def _busy(self) -> float | None:
        before, self._ticks = self._ticks, _ticks()
        if before is None or self._ticks is None or self._ticks[1] <= before[1]:
            return None
        return (self._ticks[0] - before[0]) / (self._ticks[1] - before[1])


def _ticks() -> tuple[int, int] | None:
    """Ticks that this machine's cores were busy, and all ticks (Linux's /proc/stat)."""
    try:
        with Path("/proc/stat").open(encoding="ascii") as file:
            user, nice, system, idle, waiting, *others = (int(word) for word in file.readline().split()[1:])
    except (OSError, ValueError):
        return None
    busy = user + nice + system + sum(others[:3])
    return busy, busy + idle + waiting


def _memory(process: int) -> int | None:
    """Bytes that a process and its children have for themselves, without files that they share."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
        own = (int(resident) - int(shared)) * _PAGE
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return own + sum(_memory(int(child)) or 0 for child in children)


def _free(directory: Path) -> int | None:
    try:
        return shutil.disk_usage(directory).free
    except OSError:
        return None
