"""Weights & Biases: Progress and evaluations of a run, for people who watch their runs there.

wandb never holds up a run: it lives in a process of its own (`wandb_child.py`), fed by a thread of its own
from a queue that forgets its oldest events when it is full. A thread alone would not do: wandb waits for the
network when the interpreter ends, and nobody in the same process can stop it. If it fails, it is tried again
some times, ever more seldom; then the run goes on without.
"""

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from engine.contracts.events import AnyEvent, Evaluated, Progress, Score, metrics
from engine.machine.program import install_command
from engine.settings.config import Config
from engine.settings.keys import open_settings
from hanabi_tui.foreground import wandb_child

QUEUE_EVENTS = 1000
CLOSING_SECONDS = 5.0
RETRY_SECONDS = 30.0
"""Before the second try; then twice as long each time."""

TRIES = 5
SOUND_SECONDS = 600.0
"""Once it ran so long, earlier failures no longer count."""

SHARED = ("step", "seconds")
"""Keys without a group: every chart can have them as its axis."""


class WandbSink:
    """A run's way to Weights & Biases. What a person should know comes back from `send` and `close`."""

    def __init__(self, config: Config, run: str, directory: Path) -> None:
        """Begin; returns at once.

        Args:
          config: [logging] says where to; all of it but the secrets is shown there.
          run: the run's id; the same one goes on with the same run there.
          directory: the run's; what wandb keeps, it keeps in its folder `wandb`.
        """
        self._begin = beginning(config, run, directory)
        self._environment = {
            "WANDB_CACHE_DIR": str(directory / "wandb" / "cache"),
            "WANDB_DATA_DIR": str(directory / "wandb" / "data"),
            **os.environ,
        }
        self._changed = threading.Condition()  # guards what follows
        self._events: deque[Progress | Evaluated] = deque()
        self._warnings: list[str] = []
        self._closing = False
        self._given_up = False
        self._child: subprocess.Popen[bytes] | None = None
        self.dropped = 0
        """Events that were never sent."""
        self._thread = threading.Thread(target=self._work, name="wandb", daemon=True)
        self._thread.start()

    def send(self, event: AnyEvent) -> tuple[str, ...]:
        """Log an event, if it is one for there; never waits. Returns warnings since the last call."""
        with self._changed:
            if isinstance(event, Progress | Evaluated) and not self._given_up:
                if len(self._events) == QUEUE_EVENTS:
                    self._events.popleft()
                    if not self.dropped:
                        self._warnings.append("Weights & Biases is too slow; its oldest entries are dropped")
                    self.dropped += 1
                self._events.append(event)
                self._changed.notify()
            return self._said()

    def close(self, seconds: float = CLOSING_SECONDS) -> tuple[str, ...]:
        """Send what waits and end, in so many seconds at most. Returns the last warnings."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)
        unfinished = self._thread.is_alive()
        with self._changed:
            if unfinished:
                self._warnings.append(
                    f"Weights & Biases did not finish within {seconds:g} s and was ended; "
                    f"`wandb sync` sends what lies in {self._begin['dir']}/wandb"
                )
                self._kill()
            return self._said()

    def _said(self) -> tuple[str, ...]:
        said, self._warnings = tuple(self._warnings), []
        return said

    def _work(self) -> None:
        """The thread: one child after another, until one ends well or none is tried any more."""
        failures = 0
        while True:
            began = time.monotonic()
            why = self._serve()
            if why is None:
                return
            failures = 1 if time.monotonic() - began > SOUND_SECONDS else failures + 1
            with self._changed:
                if self._closing:
                    self._warnings.append(f"Weights & Biases: {why}; its last entries are missing")
                    return
                if failures >= TRIES or why.startswith(MISSING):
                    self._warnings.append(f"Weights & Biases: {why}; given up, the run goes on without it")
                    self._given_up = True
                    self._events.clear()
                    return
                if failures == 1:
                    self._warnings.append(f"Weights & Biases: {why}; tried again later, the run goes on")
                self._changed.wait_for(lambda: self._closing, RETRY_SECONDS * 2 ** (failures - 1))

    def _serve(self) -> str | None:
        """Feed one child until the end. Returns why it failed; None: it did not."""
        with tempfile.TemporaryFile() as said:
            try:
                child = self._start(said)
            except OSError as error:
                return f"its process cannot be started: {error.strerror}"
            assert child.stdin is not None
            with suppress(OSError):  # it has ended; its status says why
                _write(child.stdin, self._begin)
                while (event := self._next(child)) is not None:
                    _write(child.stdin, entry(event))
            with suppress(OSError):
                child.stdin.close()
            status = child.wait()
            if status == 0:
                return None
            said.seek(0)
            return _reason(status, said.read().decode(errors="replace"))

    def _start(self, said: IO[bytes]) -> "subprocess.Popen[bytes]":
        child = subprocess.Popen(
            [sys.executable, wandb_child.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=self._environment,
            start_new_session=True,  # Ctrl-C is the run's
        )
        with self._changed:
            self._child = child
        return child

    def _next(self, child: "subprocess.Popen[bytes]") -> Progress | Evaluated | None:
        """The next event to send; None when there is none to come, or nobody to send it to."""
        with self._changed:
            while not self._events:
                if self._closing or child.poll() is not None:
                    return None
                self._changed.wait(1.0)
            return self._events.popleft()

    def _kill(self) -> None:
        if self._child is not None and self._child.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)


MISSING = "it is not installed"


def _reason(status: int, said: str) -> str:
    if status == wandb_child.NOT_INSTALLED:
        return f"{MISSING} ({install_command('wandb')})"
    lines = said.split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return last[:500] or f"its process ended with status {status}"


def _write(pipe: IO[bytes], record: dict[str, Any]) -> None:
    pipe.write(json.dumps(record).encode() + b"\n")
    pipe.flush()


def beginning(config: Config, run: str, directory: Path) -> dict[str, Any]:
    """What `wandb.init` is given: the same for every start of a run, and without secrets."""
    logging = config.logging
    return {
        "project": logging.wandb_project,
        "name": logging.wandb_run_name or None,
        "tags": list(logging.wandb_tags),
        "mode": logging.wandb_mode,
        "id": re.sub(r"[^A-Za-z0-9_-]", "-", run),
        "dir": str(directory),
        "config": open_settings(config),
    }


def entry(event: Progress | Evaluated) -> dict[str, float]:
    """What is logged of an event; unknown numbers are left out."""
    found: dict[str, float] = {}
    for metric in metrics(type(event)):
        if metric.name != "scores":
            found[key_of(type(event), metric.name)] = getattr(event, metric.name)
    if isinstance(event, Evaluated):
        for score in event.scores:
            found |= {key_of(score, metric.name): getattr(score, metric.name) for metric in _NUMBERS}
        found["evaluation/mean"] = event.mean
    return {key: value for key, value in found.items() if math.isfinite(value)}


_NUMBERS = tuple(metric for metric in metrics(Score) if metric.type is not str)


def key_of(owner: type[Progress] | type[Evaluated] | Score, name: str) -> str:
    """The key of a metric there: `progress/loss`, `evaluation/full-2-players/mean`."""
    if name in SHARED and not isinstance(owner, Score):
        return name
    if isinstance(owner, Score):
        variant = re.sub(r"[^A-Za-z0-9]+", "-", owner.variant)
        players = f"{owner.players}-players"
        return f"evaluation/{variant if variant.endswith(players) else f'{variant}-{players}'}/{name}"
    return f"{'progress' if owner is Progress else 'evaluation'}/{name}"
