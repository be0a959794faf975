"""One worker as its crew sees it: its process, the line to it, its memory, and the signs of life it gives."""

import contextlib
import logging
import socket
import subprocess
import sys
import time
from pathlib import Path

from engine.contracts.orders import Broke, Order, Report, Setup
from engine.machine.memory import keeping_memory
from engine.workers.channel import Channel
from engine.workers.shared import SampleSlots

SILENCE = 10.0
"""Seconds without a sign of life after which a worker that has work is given up."""

FIRST_SIGN = 180.0
"""Seconds a new worker may take until it is ready; the first one on a machine compiles the kernels."""

STEADY = 60.0
"""Seconds of work after which a death is no longer put down to the start."""

WAIT = 2.0
"""Seconds before a worker that died twice in a row is started again; doubled with each further death."""

_log = logging.getLogger(__name__)


class Member:
    """A worker, life after life.

    Attributes:
      number: of the worker.
      slots: what it plays into; all its lives have the same.
      life: how often it was started before.
      ready: whether it takes orders.
      lent: slots that hold a chunk nobody has given back, and the life that played it.
      played: whether it has played anything in this life.
      afar: whether the learner finds out its moves, as far as is known.
      channel: the line to its process; None between two lives.
      restart_at: when its next life may begin.
    """

    def __init__(self, number: int, slots: SampleSlots) -> None:
        self.number, self.slots = number, slots
        self.life, self.ready, self.played = 0, False, False
        self.lent: dict[int, int] = {}
        self.afar = False
        self.channel: Channel[Report] | None = None
        self.restart_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._outstanding = 0  # orders not answered yet
        self._beat = 0  # the heart when last looked at
        self._heard = self._looked = 0.0  # when it last gave a sign of life, and when one was last looked for
        self._ready_at = 0.0
        self._deaths = 0  # in a row

    def start(self, setup: Setup) -> Channel[Report]:
        """Start its process; returns the line to it. Raises OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "engine.workers.worker", str(theirs.fileno())]
            descriptors = [theirs.fileno(), setup.newest, setup.average, setup.samples]
            descriptors += [setup.judge] if setup.judge >= 0 else []
            try:
                # a group of its own: Ctrl-C is for the run, which ends its workers itself
                self._process = subprocess.Popen(
                    command,
                    pass_fds=descriptors,
                    stdin=subprocess.DEVNULL,
                    process_group=0,
                    env=keeping_memory(),
                )
            except OSError:
                ours.close()
                raise
        self.channel = Channel(ours, Report)
        self.ready, self.afar, self._outstanding = False, False, 0
        self.send(setup)
        return self.channel

    def send(self, order: Order) -> None:
        """Give an order. One that died, or is between two lives, does not hear it."""
        if self.channel is None:
            return
        if not self._outstanding:
            self._heard = time.monotonic()
        self._outstanding += 1
        with contextlib.suppress(ConnectionError):  # it is dead; whoever receives finds out
            self.channel.send(order, FIRST_SIGN)

    def receive(self) -> Report:
        """The next report, waiting as long as it may be silent. Raises ConnectionError: see `cause`."""
        assert self.channel is not None
        report = self.channel.receive(self._allowed)
        self._outstanding -= 1
        self._heard = time.monotonic()
        return report

    def set_ready(self) -> None:
        """From now on it takes orders."""
        self.ready, self.played, self._ready_at = True, False, time.monotonic()

    def is_silent(self) -> bool:
        """Whether it has work and gives no sign of life."""
        if self.channel is None:
            return False
        now, beat = time.monotonic(), int(self.slots.heart[0])
        # who looks after a long pause was away itself, and cannot know
        if beat != self._beat or not self._outstanding or now - self._looked > self._allowed:
            self._beat, self._heard = beat, now
        self._looked = now
        return now - self._heard > self._allowed

    def cause(self) -> str:
        """Why it is given up: how its process ended, or that it did not."""
        assert self._process is not None
        if time.monotonic() - self._heard > self._allowed and self._process.poll() is None:
            return f"no sign of life for {self._allowed:g} s"
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "it hung up"
        return f"killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    def end(self) -> None:
        """End its process, if there is one; it has nothing to save."""
        if self.channel is not None:
            self.channel.close()
            self.channel = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.ready = False

    def count_death(self, *, innocent: bool) -> int:
        """Begin another life after a death; returns how many came in a row, none after a steady life.

        It is `innocent` of a death on an errand.
        """
        now = time.monotonic()
        steady = self.ready and now - self._ready_at >= STEADY
        self._deaths = (0 if steady else self._deaths) + (not innocent)
        # at once the first time, then ever later
        self.restart_at = now + (0.0 if self._deaths <= 1 else WAIT * 2.0 ** (self._deaths - 2))
        self.life += 1
        return self._deaths

    def note_games(self, broke: Broke, logs: Path) -> None:
        """Keep what broke it, so that it can be looked into; the games are not played again."""
        # by the clock: lives are counted anew with each start of the run
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-worker-{self.number}"
        _log.error("worker %d met an error; its games are in %s:\n%s", self.number, logs, broke.why)
        try:
            logs.mkdir(parents=True, exist_ok=True, mode=0o700)
            (logs / f"{name}.txt").write_text(broke.why, encoding="utf-8")
            (logs / f"{name}.games").write_bytes(broke.games)
        except OSError as error:
            _log.error("they could not be kept: %s", error)

    @property
    def _allowed(self) -> float:
        return SILENCE if self.ready else FIRST_SIGN
