"""Training: how near workers and learner come to what their network alone could do, and what a run costs.

Each ratio comes from one process or one minute, both sides in turns, so that noise meets both.
"""

import itertools
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.in_process import a_learner, a_worker, steps
from benchmarks.measure import Measure, rates
from benchmarks.runs import a_run
from engine.contracts.orders import Play
from engine.game import observation
from engine.game.colour_order import put_in_order
from engine.networks.architectures import build
from engine.networks.manner import Manner
from engine.networks.network import values_of
from engine.settings.config import Config
from engine.store.directory import DATABASE
from engine.store.history import read
from engine.store.replay import Replay
from engine.store.sample import SAMPLE
from engine.training.pace import STEPS_PER_CALL
from hanabi_tui.settings import Given, load

SYSTEM_SECONDS = 60.0


def measures() -> Iterator[Measure]:
    """Every figure of training."""
    config = load(Given(flags={"preset": "cpu"}), {}).config
    torch.set_num_threads(1)
    yield acting(config)
    yield from learning(config)
    yield from replay()


def acting(config: Config) -> Measure:
    """Decisions of a worker beside forward passes of its network, same batch, one thread."""
    worker = a_worker(config)
    positions = []  # from the middle of games: the first ones hold fewer marks, and would flatter forward
    for _ in range(16):
        worker.actor.chunk(worker.judge)
        rows = observation.observe(worker.actor.games).copy()
        put_in_order(rows)
        positions.append(rows)
    again = itertools.cycle(positions)
    network = build(config.model)
    sums = Manner().sums(torch.device("cpu"), config.model.architecture)  # as finely as the worker

    def forward() -> int:
        values_of(network, next(again), sums)
        return len(positions[0])

    def play() -> int:
        worker.obey(Play(slot=0))
        return config.simulation.chunk_samples

    found = rates({"worker": play, "forward": forward}, rounds=8, seconds=0.5)
    return Measure(
        "training: decisions of a worker",
        found["worker"],
        "moves/s",
        "higher",
        0,
        "forward only",
        found["forward"],
        0.8,
    )


def learning(config: Config) -> Iterator[Measure]:
    """Samples a run trains per second, beside a bare loop on data that lies ready; and its restart.

    The bare loop is timed before, between and after two spells of the run: means of both, for a machine's
    speed drifts by a tenth within minutes.
    """
    bare, ran, restart = [bare_loop(config)], [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        for end in (signal.SIGKILL, signal.SIGTERM):
            begun = time.time()
            with a_run(path, "--checkpoint-interval", "15", end=end):
                until_training(path, since=begun)
                restart = time.time() - begun  # the second one's counts
                time.sleep(SYSTEM_SECONDS)
                ran.append(system_rate(path))
            bare.append(bare_loop(config))
    yield Measure(
        "training: samples trained by a run",
        sum(ran) / len(ran),
        "samples/s",
        "higher",
        0,
        "bare loop on resident data",
        sum(bare) / len(bare),
        0.8,
    )
    yield Measure("training: kill -9, same command, until it trains again", restart, "s", "lower", 10)


def until_training(path: Path, since: float) -> None:
    """Wait until a run says that it has trained, later than a time (s since the epoch)."""
    while True:
        if (path / DATABASE).exists():
            with read(path / DATABASE) as history:
                newest = history.progress()[-1:]
            if newest and newest[0].time > since and newest[0].trained_per_second > 0:
                return
        time.sleep(0.1)


def system_rate(path: Path) -> float:
    """Samples trained per second by a run over its last 40 seconds."""
    with read(path / DATABASE) as history:
        progress = history.progress()
    last = progress[-1]
    first = next(each for each in progress if each.time > last.time - 40)
    return (last.trained - first.trained) / (last.time - first.time)


def bare_loop(config: Config, seconds: float = 8.0) -> float:
    """Samples trained per second by the same steps, on samples that lie ready, and nothing else to do."""
    capacity = 200 * 1024
    learner = a_learner(config, capacity)
    worker = a_worker(config)
    chunk = worker.actor.chunk(worker.judge)
    for first in range(0, capacity - 8192, 8192):
        if first % 32768 == 0:
            chunk = worker.actor.chunk(worker.judge)
        learner.extend(first, chunk)
    number = 0

    def train() -> int:
        nonlocal number
        learner.train(steps(config, number, capacity - 16384))
        number += STEPS_PER_CALL
        return STEPS_PER_CALL * config.training.batch_size

    return rates({"bare": train}, rounds=4, seconds=seconds / 4)["bare"]


def replay() -> Iterator[Measure]:
    """What a transition takes in memory and on disk, and a million of them."""
    with tempfile.TemporaryDirectory() as folder:
        ring = Replay(Path(folder) / "ring", 1_000_000)
        size = (Path(folder) / "ring").stat().st_size
        each = size / ring.slots
    yield Measure("training: a transition in memory", SAMPLE.itemsize, "bytes", "lower", 200)
    yield Measure("training: a transition on disk", each, "bytes", "lower", 200)
    yield Measure("training: a million transitions on disk", size / 1e6, "MB", "lower", 250)
