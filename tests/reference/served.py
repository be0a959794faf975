"""A service in this process, clients of it, and what they say to each other in tests."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from plain_learner import PlainLearner

from engine.contracts.learner import Greeting, Step
from engine.settings.config import ModelSection
from engine.store.sample import SAMPLE
from remote import unix
from remote.client import Client, Timing
from remote.service import Limits, Service

GREETING = Greeting(
    run="run-1", model=ModelSection(), capacity=1000, weight_average=0.9, acting_average=0.5, seed=7
)
QUICK = Timing(beat=0.1, silence=0.8, keep_alive=0.3, patience=10.0)
SOON = 10.0  # s; longer than anything here takes


def step(number: int, slots: int = 4, seconds: float = 0.0, clip: float = 1.0) -> Step:
    return Step(
        number=number,
        slots=np.arange(slots, dtype=np.uint32),
        learning_rate=0.5,
        weight_decay=seconds,
        gradient_clip=clip,
        belief_weight=0.25,
        bend=1.0,
    )


def samples(count: int, seed: int = 0) -> np.ndarray:
    made = np.zeros(count, SAMPLE)
    rng = np.random.default_rng(seed)
    made["row"] = rng.integers(0, 256, made["row"].shape)
    made["target"] = rng.random(count)
    return made


def eventually(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + SOON
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def ours() -> list[str]:
    """The threads of this process that belong to services and clients, but for learners' own."""
    names = {"service", "peer", "replier", "heartbeat"}
    names |= {f"{link} {thread}" for link in ("bulk", "control") for thread in ("reader", "writer")}
    return [thread.name for thread in threading.enumerate() if thread.name in names]


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class Served:
    """A service in this process, and clients of it."""

    def __init__(self, folder: Path, limits: Limits, size: int) -> None:
        self.path = folder / "socket"
        self.learner = PlainLearner(size)
        self.service = Service(self.learner, unix.listen(self.path), limits)
        self.clients: list[Client] = []

    def client(self, name: str = "", timing: Timing = QUICK) -> Client:
        self.clients.append(Client(partial(unix.dial, self.path), name=name, timing=timing))
        return self.clients[-1]

    def met(self, name: str = "") -> Client:
        """A client whose run has said hello, loaded first weights, and filled 100 slots."""
        client = self.client(name)
        client.hello(GREETING).result(SOON)
        client.load(b"").result(SOON)
        client.extend(0, samples(100)).result(SOON)
        return client

    def close(self) -> None:
        for client in self.clients:
            client.close()
        assert self.service.close()
