"""The device: samples trained by a served learner beside a bare loop on data that lies on the device already.

It takes the best device at hand, as a learner does, so a machine with a GPU gives its figures by the same
command. The service is a process of its own behind a Unix socket, asked as a run asks: steps in calls, some
under way at once, and new samples with each. Both take turns.
"""

import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.in_process import a_chunk, steps
from benchmarks.measure import Measure
from benchmarks.remote import patiently
from engine.contracts.learner import Greeting
from engine.learning.learning import Learning
from engine.learning.mirror import Mirror
from engine.learning.pupil import Pupil
from engine.settings.config import Config
from engine.training.pace import STEPS_PER_CALL
from hanabi_tui.settings import Given, load
from remote import unix
from remote.client import Client

SECONDS, TURNS = 8.0, 3
IN_FLIGHT = 2
"""Calls without an answer, beside the one that is sent."""

CAPACITY = 8 * 8192
PRESETS = {"mlp": "cpu", "transformer": "gpu"}


def measures() -> Iterator[Measure]:
    """Both networks, each by the preset that has it."""
    device = Learning("auto").device
    chunk = a_chunk(load(Given(flags={"preset": "cpu"}), {}).config)
    for network, preset in PRESETS.items():
        config = load(Given(flags={"preset": preset}), {}).config
        bare, served = [], []
        with a_service(config, str(device), chunk) as client:
            loop, calls = Bare(config, device, chunk), Calls(config, client, chunk)
            for _ in range(TURNS):
                bare.append(loop.rate())
                served.append(calls.rate())
        yield Measure(
            f"device: samples trained by the service, {network} on {device}",
            max(served),
            "samples/s",
            "higher",
            0,
            "bare loop on resident data",
            max(bare),
            0.8,
        )


class Bare:
    """The same optimizer steps on batches whose slots are known to the device, and nothing else."""

    def __init__(self, config: Config, device: torch.device, chunk: Any) -> None:
        self._config = config
        self._pupil = Pupil(greeting(config), device)
        self._mirror = Mirror(CAPACITY, device)
        fill(self._mirror.extend, chunk)

    def rate(self) -> float:
        """Samples a second of one turn."""
        batches = steps(self._config, self._pupil.step, CAPACITY)
        began, made = time.monotonic(), 0
        while time.monotonic() - began < SECONDS:
            for step in batches:
                self._pupil.learn(step, self._mirror.gather(step.slots))
            made += len(batches)
        return made * self._config.training.batch_size / (time.monotonic() - began)


class Calls:
    """What a run asks of a learner that is served."""

    def __init__(self, config: Config, client: Client, chunk: Any) -> None:
        self._config, self._client, self._chunk = config, client, chunk
        self._made, self._first = 0, CAPACITY

    def rate(self) -> float:
        """Samples a second of one turn."""
        under_way: deque[Future[Any]] = deque()
        began, before = time.monotonic(), self._made
        while time.monotonic() - began < SECONDS:
            self._client.extend(self._first, self._chunk)
            self._first += len(self._chunk)
            under_way.append(self._client.train(steps(self._config, self._made, CAPACITY)))
            self._made += STEPS_PER_CALL
            while len(under_way) > IN_FLIGHT:
                under_way.popleft().result(600)
        for each in under_way:
            each.result(600)
        return (self._made - before) * self._config.training.batch_size / (time.monotonic() - began)


@contextmanager
def a_service(config: Config, device: str, chunk: Any) -> Iterator[Client]:
    """A learner in a process of its own, met, and with samples to learn from."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s" / "socket"
        command = [sys.executable, "-m", "remote.serving", "--socket", str(path), "--device", device]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            client = patiently(lambda: Client(partial(unix.dial, path), packed=True, name="benchmark"))
            client.hello(greeting(config)).result(600)
            client.load(b"").result(600)
            fill(lambda first, samples: client.extend(first, samples).result(600), chunk)
            yield client
            client.close()
        finally:
            process.terminate()
            process.wait()


def greeting(config: Config) -> Greeting:
    """A run that nobody keeps."""
    return Greeting.of(config, "benchmark", CAPACITY)


def fill(extend: Any, chunk: np.ndarray) -> None:
    """Have a mirror hold something in every slot."""
    for first in range(0, CAPACITY, len(chunk)):
        extend(first, chunk)
