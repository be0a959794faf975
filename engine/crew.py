"""The crew: starts workers, hands them weights and work, takes in what they play, replaces those that fall.

Training holds this in hand and knows nothing of processes: start, publish, collect, give back, stop. Workers
on other machines could stand behind the same few calls.
"""

import contextlib
import logging
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.channel import Channel
from engine.config import Config
from engine.errors import EngineError
from engine.orders import Broke, Evaluate, Evaluated, Keep, Kept, Order, Play, Played, Ready, Report, Setup
from engine.shared import SampleSlots, WeightsBoard
from engine.variants import Variant

SILENCE = 10.0
"""Seconds without a sign of life after which a worker that has work is given up."""

FIRST_SIGN = 180.0
"""Seconds a new worker may take until it is ready; the first one on a machine compiles the kernels."""

PATIENCE = 5
"""Deaths in a row, none of them a minute after the last, after which the crew gives up."""

_log = logging.getLogger(__name__)


class CrewError(EngineError):
    """A worker cannot be kept alive."""


@dataclass(frozen=True)
class Chunk:
    """What a worker played: SAMPLE[N], its own until it is given back."""

    worker: int
    life: int
    slot: int
    samples: NDArray[np.void]
    step: int
    games: int
    points: int


@dataclass(frozen=True)
class Lost:
    """A worker died or fell silent; a new one takes its place."""

    worker: int
    why: str


News = Chunk | Evaluated | Lost


@dataclass
class _Member:
    """A worker as the crew sees it."""

    number: int
    slots: SampleSlots
    life: int = 0
    process: subprocess.Popen[bytes] | None = None
    channel: Channel[Report] | None = None
    ready: bool = False
    outstanding: int = 0  # orders not answered yet
    beat: int = 0  # the heart when last looked at
    heard: float = 0.0  # when it last gave a sign of life
    deaths: list[float] = field(default_factory=list)
    restart_at: float = 0.0


class Crew:
    """N workers.

    Args:
      config: of the run.
      variants: what is played.
      weights: how many weights a network has.
      logs: folder where games that broke a worker are kept.
    """

    def __init__(self, config: Config, variants: tuple[Variant, ...], weights: int, logs: Path) -> None:
        self._config, self._variants, self._logs = config, variants, logs
        simulation = config.simulation
        self.chunk_samples = simulation.games_per_worker * simulation.moves_per_chunk
        # in serial mode a worker waits while the learner learns; otherwise it plays ahead
        self._slots = 1 if config.general.serial else 3
        self._count = weights
        self._newest, self._average = WeightsBoard(weights), WeightsBoard(weights)
        self._selector = selectors.DefaultSelector()
        self._members = [
            _Member(number, SampleSlots(self._slots, self.chunk_samples))
            for number in range(workers_of(config))
        ]
        self._evaluation: Evaluate | None = None
        self._evaluator: int | None = None

    def __len__(self) -> int:
        return len(self._members)

    @property
    def ready(self) -> int:
        """How many workers play."""
        return sum(member.ready for member in self._members)

    def start(self, kept: Sequence[bytes] = ()) -> None:
        """Start all workers; they play once weights are published.

        The first goes alone, for it may have to compile the kernels that the others then find.

        Args:
          kept: where workers go on (`keep`); none: from fresh decks.

        Raises CrewError.
        """
        for member in self._members:
            self._start(member, kept[member.number] if kept else b"")
            if member.number == 0:
                self._await_ready(member)
        for member in self._members[1:]:
            self._await_ready(member)

    def restart(self, kept: Sequence[bytes] = ()) -> None:
        """End all workers and start them anew, as `start` does; they play at once. Raises CrewError."""
        for member in self._members:
            self._end(member)
            member.life += 1
        self.start(kept)

    def publish(self, weights: NDArray[np.float32], step: int) -> None:
        """Hand weights (float32[N]) to all; they play with them from their next chunk on."""
        self._newest.hang(weights, step)

    def play(self) -> None:
        """Have every worker play into all its slots; once, after the first weights."""
        for member in self._members:
            self._begin(member)

    def give_back(self, chunk: Chunk) -> None:
        """Let a worker play into this chunk's slot again."""
        member = self._members[chunk.worker]
        if member.life == chunk.life:
            self._send(member, Play(slot=chunk.slot))

    def evaluate(self, order: Evaluate, weights: NDArray[np.float32], step: int) -> None:
        """Have a worker evaluate weights; `collect` brings the outcome. One at a time."""
        self._average.hang(weights, step)
        self._evaluation, self._evaluator = order, None
        self._send_evaluation()

    def keep(self) -> list[bytes]:
        """What it takes for each worker to go on; only while none of them plays."""
        kept = []
        for member in self._members:
            self._send(member, Keep())
            while True:
                report = self._receive(member)
                if isinstance(report, Kept):
                    kept.append(report.games)
                    break
                raise CrewError(f"worker {member.number} sent {type(report).__name__} instead of its games")
        return kept

    def collect(self, timeout: float) -> list[News]:
        """What has come in, waiting at most `timeout` seconds. Raises CrewError when a worker keeps dying."""
        news: list[News] = []
        for key, _ in self._selector.select(timeout):
            member: _Member = key.data
            try:
                report = self._receive(member)
            except ConnectionError:
                news.append(self._bury(member, self._cause(member)))
                continue
            item = self._take(member, report)
            if item is not None:
                news.append(item)
        news.extend(self._look_after())
        return news

    def stop(self) -> None:
        """End all workers."""
        for member in self._members:
            self._end(member)
            member.slots.close()
        self._selector.close()
        self._newest.close()
        self._average.close()

    # how a worker lives

    def _start(self, member: _Member, games: bytes = b"") -> None:
        ours, theirs = socket.socketpair()
        descriptors = (
            theirs.fileno(),
            self._newest.descriptor,
            self._average.descriptor,
            member.slots.descriptor,
        )
        command = [sys.executable, "-m", "engine.worker", str(theirs.fileno())]
        # a group of its own: Ctrl-C is for the run, which ends its workers itself
        member.process = subprocess.Popen(
            command, pass_fds=descriptors, stdin=subprocess.DEVNULL, process_group=0
        )
        theirs.close()
        member.channel = Channel(ours, Report)
        member.ready, member.outstanding, member.heard = False, 1, time.monotonic()
        self._selector.register(member.channel, selectors.EVENT_READ, member)
        self._send(member, self._setup(member, games), answered=False)

    def _setup(self, member: _Member, games: bytes) -> Setup:
        config = self._config
        return Setup(
            worker=member.number,
            life=member.life,
            seed=config.general.seed,
            model=config.model,
            simulation=config.simulation,
            discount=config.training.discount,
            trace=config.training.trace,
            variants=self._variants,
            slots=self._slots,
            weights=self._count,
            newest=self._newest.descriptor,
            average=self._average.descriptor,
            samples=member.slots.descriptor,
            games=games,
        )

    def _await_ready(self, member: _Member) -> None:
        try:
            report = self._receive(member)
        except ConnectionError:
            raise CrewError(f"worker {member.number} did not start: {self._cause(member)}") from None
        self._take(member, report)

    def _begin(self, member: _Member) -> None:
        for slot in range(self._slots):
            self._send(member, Play(slot=slot))

    def _take(self, member: _Member, report: Report) -> News | None:
        match report:
            case Ready():
                member.ready = True
                if self._newest.version:
                    self._begin(member)
                self._send_evaluation()
            case Played():
                samples = member.slots.chunks[report.slot]
                return Chunk(
                    member.number,
                    member.life,
                    report.slot,
                    samples,
                    report.step,
                    report.games,
                    report.points,
                )
            case Evaluated():
                self._evaluation = self._evaluator = None
                return report
            case Broke():
                self._note_games(member, report)
            case Kept():
                raise CrewError(f"worker {member.number} sent games that nobody asked for")
        return None

    def _look_after(self) -> list[News]:
        """Give up silent workers; start those that are due."""
        now, news = time.monotonic(), list[News]()
        for member in self._members:
            if member.channel is None:
                if now >= member.restart_at:
                    self._start(member)
                continue
            beat = int(member.slots.heart[0])
            if beat != member.beat or not member.outstanding:
                member.beat, member.heard = beat, now
            allowed = SILENCE if member.ready else FIRST_SIGN
            if now - member.heard > allowed:
                news.append(self._bury(member, f"no sign of life for {allowed:.0f} s"))
        return news

    def _bury(self, member: _Member, why: str) -> Lost:
        self._end(member)
        now = time.monotonic()
        member.deaths = [*(death for death in member.deaths if now - death < 60 * PATIENCE), now]
        recent = [
            later - earlier < 60 for earlier, later in zip(member.deaths, member.deaths[1:], strict=False)
        ]
        if len(recent) >= PATIENCE - 1 and all(recent[-(PATIENCE - 1) :]):
            raise CrewError(f"worker {member.number} died {PATIENCE} times in a row, last: {why}")
        member.life += 1
        # at once the first time, then ever later
        member.restart_at = now + (0.0 if len(recent) == 0 else 2.0 ** len(recent))
        if self._evaluator == member.number:
            self._evaluator = None
        return Lost(member.number, why)

    def _end(self, member: _Member) -> None:
        if member.channel is not None:
            self._selector.unregister(member.channel)
            member.channel.close()
            member.channel = None
        if member.process is not None:
            member.process.kill()  # it has nothing to save
            member.process.wait()
            member.process = None
        member.ready = False

    def _cause(self, member: _Member) -> str:
        assert member.process is not None
        try:
            code = member.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "it hung up"
        return f"killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    def _note_games(self, member: _Member, report: Broke) -> None:
        """Keep what broke a worker, so that it can be looked into; the games are not played again."""
        name = f"worker-{member.number}-life-{member.life}"
        _log.error("worker %d met an error; its games are in %s:\n%s", member.number, self._logs, report.why)
        try:
            self._logs.mkdir(parents=True, exist_ok=True)
            (self._logs / f"{name}.txt").write_text(report.why, encoding="utf-8")
            (self._logs / f"{name}.games").write_bytes(report.games)
        except OSError as error:
            _log.error("they could not be kept: %s", error)

    # talking

    def _send_evaluation(self) -> None:
        if self._evaluation is None or self._evaluator is not None:
            return
        for member in self._members:
            if member.ready:
                self._evaluator = member.number
                self._send(member, self._evaluation)
                return

    def _send(self, member: _Member, order: Order, *, answered: bool = True) -> None:
        if member.channel is None:
            return
        if answered:
            if not member.outstanding:
                member.heard = time.monotonic()
            member.outstanding += 1
        with contextlib.suppress(ConnectionError):  # it is dead; `collect` finds out
            member.channel.send(order)

    def _receive(self, member: _Member) -> Report:
        assert member.channel is not None
        report = member.channel.receive()
        member.outstanding -= 1
        member.heard = time.monotonic()
        return report


def workers_of(config: Config) -> int:
    """How many workers play: as many as set, or one less than there are cores."""
    if config.general.serial:
        return 1
    return config.simulation.num_workers or max(1, len(os.sched_getaffinity(0)) - 1)
