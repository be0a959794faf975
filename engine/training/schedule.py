"""What steps are like where a run is: their batches, learning rate, and bend of the loss."""

import math

import numpy as np

from engine.contracts.learner import Step
from engine.settings.config import Config
from engine.store.replay import Replay

_DRAWS = 2  # the purpose, in a seed's path, of drawing batches


def learning_rate(config: Config, share: float) -> float:
    """As set until `decay_start` of the run is done, then in a line to 0 at its end."""
    start = config.training.decay_start
    if math.isnan(share) or share < start:
        return config.training.learning_rate
    return config.training.learning_rate * max(0.0, (1 - share) / max(1 - start, 1e-9))


def bend(config: Config, share: float, trained: int) -> float:
    """As set until `bend_change` million samples are trained or the learning rate falls, then `late_bend`.

    Not a share of the run: how long bold play is of use hangs on what was learned, not on what is to come.
    """
    training = config.training
    late = trained >= training.bend_change * 1e6 or share >= training.decay_start
    return training.late_bend if late else training.bend


def step(config: Config, replay: Replay, number: int, share: float, trained: int) -> Step:
    """The step of a number.

    Args:
      config: of the run.
      replay: what its batch is drawn from.
      number: the first step's is 1.
      share: of the run that is done; see `engine.training.ending`.
      trained: samples trained before.
    """
    training = config.training
    # each step draws from chance of its own, so that nothing need be kept to go on
    path = np.random.SeedSequence(config.general.seed, spawn_key=(_DRAWS, number))
    chances = np.random.Generator(np.random.PCG64(path))
    return Step(
        number=number,
        slots=replay.draw(training.batch_size, chances).astype(np.uint32),
        learning_rate=learning_rate(config, share),
        weight_decay=training.weight_decay,
        gradient_clip=training.gradient_clip,
        belief_weight=training.belief_weight,
        bend=bend(config, share, trained),
    )
