"""A whole run in one process: the real run, its replay, generations and database; workers and learner compute
next to nothing, and die when they are told to.

Such a run takes a moment, and a serial one always comes to the same weights: so it can be harmed at any
moment, and its end compared with that of a run left in peace.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import numpy as np
from plain_learner import PlainLearner
from small_run import SERIAL, newest

from engine.contracts import events as e
from engine.contracts.learner import Learner, Step
from engine.contracts.orders import Evaluate, Evaluated, Played
from engine.contracts.states import State
from engine.run.run import Run
from engine.settings.config import Config
from engine.store.directory import Directory
from engine.store.sample import SAMPLE
from engine.workers.crew_news import Chunk, Lost
from hanabi_tui.settings import Given, load

PATIENCE = 60.0
"""Seconds within which a run ends, whatever is done to it."""


def config_of(directory: Path, *flags: str, serial: bool = True) -> Config:
    """A run of 180 steps, with a generation every 24 if it is serial, else every hundredth of a second.

    If the flags say nothing else.
    """
    words = [word for word in SERIAL if word != "--serial"]
    words += ["--num-iterations", "9", "--replay-ratio", "1", "--checkpoint-dir", str(directory), *flags]
    keys = [word.removeprefix("--").replace("-", "_") for word in words[::2]]
    given = {"serial": str(serial).lower(), **dict(zip(keys, words[1::2], strict=True))}
    config = load(Given(flags=given), {}).config
    if "--checkpoint-interval" in flags:
        return config
    interval = 1e6 if serial else 0.01
    general = msgspec.structs.replace(config.general, checkpoint_interval=interval)
    return msgspec.structs.replace(config, general=general)


class RingLearner(PlainLearner):
    """Keeps samples by number in a ring, as the real one does."""

    first = end = 0

    def load(self, snapshot: bytes):
        self.first = self.end = 0
        return super().load(snapshot)

    def extend(self, first: int, samples: np.ndarray) -> None:
        slots = np.arange(first, first + len(samples)) % len(self.samples)
        self.samples[slots] = samples
        self.filled |= set(slots.tolist())
        self.first = self.first if self.first <= first <= self.end else first
        self.end = first + len(samples)
        self.first = max(self.first, self.end - len(self.samples))

    def _welcome(self):
        return msgspec.structs.replace(super()._welcome(), mirrored=(self.first, self.end))


Attend = Callable[[str, Callable[[], Any]], Any]
"""Has a call carried out, given its name; or does harm instead."""


class Way(Learner):
    """The way to a learner: a thread carries out its calls in order, and none after one that failed."""

    def __init__(self, learner: RingLearner, attend: Attend) -> None:
        self._learner, self._attend, self._gone = learner, attend, False
        self._thread = ThreadPoolExecutor(1)

    def _call(self, name: str, *given: Any, **more: Any) -> Future[Any]:
        return self._thread.submit(self._do, name, partial(getattr(self._learner, name), *given, **more))

    def _do(self, name: str, call: Callable[[], Any]) -> Any:
        if self._gone:
            raise ConnectionError("the way is gone")
        try:
            return self._attend(name, call)
        except ConnectionError:
            self._gone = True
            raise

    def hello(self, greeting):
        return self._call("hello", greeting)

    def load(self, snapshot: bytes):
        return self._call("load", snapshot)

    def extend(self, first: int, samples: np.ndarray):
        return self._call("extend", first, samples.copy())

    def train(self, steps: Sequence[Step]):
        return self._call("train", steps)

    def weights(self, newer_than: int, *, average: bool = False, half: bool = False):
        return self._call("weights", newer_than, average=average)

    def snapshot(self):
        return self._call("snapshot")

    def status(self):
        return self._call("status")


class PlainCrew:
    """One worker, whose chunks are drawn by lot: from the weights, and from how many it played before."""

    dies: Callable[[int], bool] = staticmethod(lambda chunk: False)
    """Whether it dies instead of playing that chunk, counted over all its lives."""

    asks, lost, ready, evaluating = False, False, 1, False

    def __init__(
        self, config: Config, variants: object, weight_count: int, logs: Path, since: int = 0
    ) -> None:
        self._chunk_samples = config.simulation.chunk_samples
        self.weight_count, self._serial, self._since = weight_count, config.general.serial, since
        self._life = self._played = self._asked = 0
        self._free: list[int] = []
        self._others: list[Any] = []
        self._weights, self._step = np.zeros(weight_count, np.float32), -1

    def __len__(self) -> int:
        return 1

    def fit(self, kept: Sequence[bytes]) -> bool:
        return len(kept) == 1

    def begin(self, kept: Sequence[bytes] = ()) -> None:
        self._played = int.from_bytes(kept[0], "little") if kept else 0

    def await_ready(self) -> None:
        pass

    def play(self) -> None:
        self._free = [0] if self._serial else [0, 1, 2]

    def restart(self, kept: Sequence[bytes] = ()) -> None:
        self._life += 1
        self.begin(kept)
        self.play()

    def renew(self) -> None:
        self._life += 1
        self.play()

    def ask(self, learner: Learner) -> None:
        pass

    def resize(self, count: int) -> None:
        pass

    def publish(self, weights: np.ndarray, step: int) -> None:
        self._weights, self._step = weights.copy(), step

    def give_back(self, chunk: Chunk) -> None:
        if chunk.life == self._life:
            self._free.append(chunk.played.slot)

    def evaluate(self, order: Evaluate, weights: np.ndarray, step: int) -> None:
        count = order.games
        points, struck = np.full(count, 3, np.uint8).tobytes(), np.zeros(count, np.bool_).tobytes()
        self._others.append(Evaluated(number=order.number, step=step, points=(points,), struck_out=(struck,)))

    def keep(self) -> list[bytes]:
        return [self._played.to_bytes(8, "little")]

    def collect(self, timeout: float) -> list[Any]:
        news, self._others = self._others, []
        while self._free:
            slot = self._free.pop()
            self._asked += 1
            if self.dies(self._asked):
                self._life, self._played = self._life + 1, 0
                self.play()
                return [*news, Lost(0, "killed by signal 9")]
            news.append(self._chunk(slot))
        if not news:
            time.sleep(min(timeout, 0.001))
        return news

    def _chunk(self, slot: int) -> Chunk:
        past = (self._played,) if self._serial else (self._since, self._life, self._played)
        lots = np.random.default_rng([*past, *self._weights.view(np.uint32).tolist()])
        samples = np.zeros(self._chunk_samples, SAMPLE)
        samples["target"] = lots.normal(size=len(samples))
        self._played += 1
        return Chunk(0, self._life, samples, Played(slot=slot, step=self._step, games=20, points=60))

    def stop(self) -> None:
        pass


class PlainRun:
    """A run in a directory, told of by its events.

    Attributes:
      told: all events so far.
    """

    def __init__(self, directory: Path, *flags: str, serial: bool = True) -> None:
        self.learner = RingLearner()
        self.told: list[e.AnyEvent] = []
        self._config = config_of(directory, *flags, serial=serial)
        self.directory = Directory(directory)
        with plain():  # what it waits for at first is settled here
            self.run = Run(self._config, self.directory, lambda: Way(self.learner, self.attend))

    def attend(self, name: str, call: Callable[[], Any]) -> Any:
        """Carry out a call to the learner."""
        return call()

    def new_learner(self) -> None:
        """The learner is killed, and another one begins."""
        self.learner = RingLearner()

    def events(self) -> Iterator[e.AnyEvent]:
        """Go on; end in a final state."""
        end = time.monotonic() + PATIENCE
        with plain():
            for event in self.run.events():
                assert time.monotonic() < end, f"it never ends: {self.told[-5:]}"
                self.told.append(event)
                yield event
        self.directory.release()

    def finish(self) -> None:
        """Run to the end. Asserts that it is complete then."""
        for _ in self.events():
            pass
        assert self.run.state is State.COMPLETED, self.run.reason

    def of(self, kind: type) -> list[Any]:
        """What was told of one kind."""
        return [event for event in self.told if isinstance(event, kind)]


@contextmanager
def plain() -> Iterator[None]:
    """Plain crews, Progress after every turn, and nobody waits, nor for the disk: no power fails here."""
    with (
        mock.patch("engine.run.ground.Crew", PlainCrew),
        mock.patch("os.fsync", lambda descriptor: None),
        mock.patch("engine.run.trouble.FIRST", 0.0),
        mock.patch("engine.run.reporting.PROGRESS_EVERY", 0.0),
        mock.patch("engine.store.metrics.BATCH_SECONDS", 0.0),
    ):
        yield


def digest(directory: Path) -> str:
    """Of the newest generation's weights."""
    return newest(directory).manifest.digest
