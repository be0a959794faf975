"""The borrowed learner: what the way to it costs.

Where they differ only in the way (`benchmarks.ways`), two sides take turns in one run.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.in_process import a_chunk, a_learner, steps
from benchmarks.measure import Measure
from benchmarks.ways import RATE, ROUND_TRIP, a_learner_process, a_slow_link, an_sshd, sshd_at
from engine.contracts.learner import Greeting
from engine.machine.memory import keeping_memory
from engine.settings.config import Config
from engine.training.calls_ahead import CallsAhead
from engine.training.pace import STEPS_PER_CALL
from engine.training.publishing import Handed
from hanabi_tui.settings import Given, load
from remote.client import Client
from remote.errors import LinkError
from remote.machine import Machine
from remote.tunnel import Tunnel

SECONDS = 10.0
CAPACITY = 200 * 1024


def measures() -> Iterator[Measure]:
    """Every figure of the way."""
    config = load(Given(flags={"preset": "cpu"}), {}).config
    torch.set_num_threads(1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sshd = stack.enter_context(an_sshd(folder))
        slow = stack.enter_context(a_slow_link(sshd.port))
        learner = stack.enter_context(a_learner_process(folder))
        way = {
            "SSH on loopback": sshd,
            f"SSH, {ROUND_TRIP} ms and {RATE} Mbit/s": sshd_at(sshd, slow, folder),
        }
        for (name, machine), goal in zip(way.items(), (0.95, 0.9), strict=True):
            yield through(config, machine, learner, name, goal)
        yield weights_arrive(config, sshd_at(sshd, slow, folder), learner)


def through(config: Config, machine: Machine, learner: int, name: str, goal: float) -> Measure:
    """Steps per second through a tunnel beside the same loop on a learner in this process, in turns."""
    here, there = [], []
    for _ in range(3):
        here.append(in_process(config))
        there.append(by_tunnel(config, machine, learner))
    return Measure(
        f"remote: steps by {name}",
        float(np.median(there)),
        "steps/s",
        "higher",
        0,
        "the same loop in process",
        float(np.median(here)),
        goal,
    )


def in_process(config: Config) -> float:
    """Steps per second of the loop with a learner at hand, whose process has memory as a served one has."""
    command = [sys.executable, "-m", "benchmarks.remote"]
    return float(
        subprocess.run(command, env=keeping_memory(), stdout=subprocess.PIPE, check=True, text=True).stdout
    )


def at_hand(config: Config) -> float:
    """The same, in this process."""
    learner = a_learner(config, CAPACITY)
    chunk = a_chunk(config)
    handed, weights = Handed(), learner.weights(-1)
    assert weights is not None
    number, began = 0, 0.0
    for first in calls(len(chunk)):
        learner.extend(first, chunk)
        if first >= 4 * len(chunk):
            began = began or time.monotonic()
            learner.train(steps(config, number))
            if wanted(config, handed, number, len(weights.flat)):
                learner.weights(handed.step)
                handed.note(number)
            number += STEPS_PER_CALL
            if time.monotonic() - began > SECONDS:
                break
    return number / (time.monotonic() - began)


def by_tunnel(config: Config, machine: Machine, port: int) -> float:
    """Steps per second of the loop with a learner behind a tunnel."""
    with a_client(config, machine, port) as client:
        chunk = a_chunk(config)
        under_way: list[Future[Any]] = []
        handed, ahead = Handed(), CallsAhead()
        number, began, size = 0, 0.0, 0
        weights: Future[Any] | None = None
        for first in calls(len(chunk)):
            client.extend(first, chunk)
            if first >= 4 * len(chunk):
                if not began:
                    first_of_all = client.weights(-1).result(60)
                    assert first_of_all is not None
                    size = len(first_of_all.flat)
                    began = time.monotonic()
                under_way.append(client.train(steps(config, number)))
                free = weights is None or weights.done()  # as a run: one at a time
                if free and wanted(config, handed, number, size):
                    weights = client.weights(handed.step, half=True)
                    handed.note(number)
                number += STEPS_PER_CALL
                while len(under_way) > ahead.allowed(client.round_trip) - 1:
                    under_way.pop(0).result(60)
                    ahead.note()
                if time.monotonic() - began > SECONDS:
                    break
        for each in under_way:
            each.result(60)
        return number / (time.monotonic() - began)


def wanted(config: Config, handed: Handed, number: int, size: int) -> bool:
    """Whether a run would ask for newer weights now; both sides of a comparison ask as a far one does."""
    return handed.worth(size, (number - handed.step) * config.training.batch_size)


def calls(samples: int) -> Iterator[int]:
    """The number of the first sample of each call."""
    first = 0
    while True:
        yield first
        first += samples


def weights_arrive(config: Config, machine: Machine, port: int) -> Measure:
    """From the step that made weights until they are here, with nothing else under way."""
    with a_client(config, machine, port) as client:
        chunk = a_chunk(config)
        client.extend(0, chunk).result(60)
        took = []
        for number in range(0, 10 * STEPS_PER_CALL, STEPS_PER_CALL):
            trained = client.train(steps(config, number, len(chunk)))
            trained.result(60)
            began = time.monotonic()
            client.weights(-1).result(60)
            took.append(time.monotonic() - began)
    name = f"remote: weights from the learner, {ROUND_TRIP} ms and {RATE} Mbit/s"
    return Measure(name, float(np.median(took)), "s", "lower", 1.0)


@contextmanager
def a_client(config: Config, machine: Machine, port: int) -> Iterator[Client]:
    """A run's client, met and at step 0."""
    tunnel = Tunnel(machine, ("127.0.0.1", port))
    client = patiently(lambda: Client(tunnel.dial, packed=True, name="benchmark"))
    greeting = Greeting.of(config, "benchmark", CAPACITY)
    client.hello(greeting).result(60)
    client.load(b"").result(60)
    try:
        yield client
    finally:
        client.close()
        tunnel.close()


def patiently(connect: Callable[[], Client]) -> Client:
    """A client of a learner that is about to be there."""
    until = time.monotonic() + 60
    while True:
        try:
            return connect()
        except LinkError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(at_hand(load(Given(flags={"preset": "cpu"}), {}).config))
