"""What is told of a run about once a second."""

import math
import time
from collections.abc import Sequence

from engine.contracts.events import Progress
from engine.training.tally import Tally
from engine.training.training import Training


def progress_of(training: Training) -> Progress:
    """How far training is, and how fast it went since this was last asked; empties the tally."""
    tally, training.tally = training.tally, Tally()
    counters, steps = training.counters, tally.steps
    passed = max(time.monotonic() - tally.since, 1e-6)
    share = training.progress
    return Progress(
        time=time.time(),
        step=counters.step,
        seconds=counters.seconds,
        iteration=counters.step // training.config.iteration.train_steps_per_iteration,
        games=counters.games,
        samples=counters.samples,
        trained=counters.trained,
        games_per_second=tally.games / passed,
        samples_per_second=tally.samples / passed,
        trained_per_second=tally.trained / passed,
        loss=_mean([step.loss for step in steps]),
        belief_loss=_mean([step.belief_loss for step in steps]),
        gradient_norm=_mean([step.gradient_norm for step in steps]),
        learning_rate=training.learning_rate,
        training_score=tally.points / tally.games if tally.games else math.nan,
        replay_fill=len(training.replay) / training.replay.capacity,
        weights_age=training.weights_age,
        weights_lag=training.weights_lag,
        workers=training.crew.ready,
        share=share,
        remaining=counters.seconds * (1 - share) / share if share > 0 else math.nan,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
