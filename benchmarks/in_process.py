"""Parts of a run in this process, set up as a run sets its own up: a worker, a learner, samples and steps."""

from typing import Any

import numpy as np

from engine.contracts.learner import Greeting, Step
from engine.contracts.orders import Setup
from engine.learning.learning import Learning
from engine.settings.config import Config
from engine.settings.games import variants_of
from engine.training.pace import STEPS_PER_CALL
from engine.workers.shared import SampleSlots, WeightsBoard
from engine.workers.worker import Worker


def a_worker(config: Config) -> Worker:
    """A worker in this process, set up as a run sets its own up."""
    learner = a_learner(config, 1024)
    newest = learner.weights(-1)
    assert newest is not None
    boards = [WeightsBoard(len(newest.flat)) for _ in range(2)]
    boards[0].hang(newest.flat, 0)
    simulation = config.simulation
    slots = SampleSlots(1, simulation.chunk_samples)
    return Worker(
        Setup(
            worker=0,
            life=0,
            since=0,
            seed=0,
            model=config.model,
            simulation=simulation,
            discount=config.training.discount,
            trace=config.training.trace,
            variants=variants_of(config.game_ranges),
            slots=1,
            weights=len(newest.flat),
            newest=boards[0].descriptor,
            average=boards[1].descriptor,
            samples=slots.descriptor,
            games=b"",
        )
    )


def a_learner(config: Config, capacity: int) -> Learning:
    """A learner in this process, at step 0."""
    learner = Learning("cpu")
    learner.hello(Greeting.of(config, "benchmark", capacity))
    learner.load(b"")
    return learner


def a_chunk(config: Config) -> Any:
    """Samples of real games: a twentieth of a second's, so that as many are sent as trained."""
    worker = a_worker(config)
    return worker.actor.chunk(worker.judge)


def steps(config: Config, after: int, mirrored: int = 4 * 8192) -> list[Step]:
    """The next steps after one."""
    draws = np.random.default_rng(after)
    return [
        Step(
            number=after + n,
            slots=draws.integers(0, mirrored, config.training.batch_size).astype(np.uint32),
            learning_rate=config.training.learning_rate,
            weight_decay=0.0,
            gradient_clip=config.training.gradient_clip,
            belief_weight=0.0,
            bend=1.0,
        )
        for n in range(1, STEPS_PER_CALL + 1)
    ]
