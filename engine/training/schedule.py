"""How far a run is, and what its steps are like there: their batches, learning rate, and bend of the loss."""

import math

import numpy as np

from engine.contracts.learner import Step
from engine.settings.config import Config
from engine.store.manifest import Counters
from engine.store.replay import Replay

_DRAWS = 2  # the purpose, in a seed's path, of drawing batches


def share_done(config: Config, counters: Counters) -> float:
    """Share of the whole run that is done, 0..1; NaN where it has no end."""
    iteration, shares = config.iteration, []
    if iteration.num_iterations:
        shares.append(counters.step / (iteration.num_iterations * iteration.train_steps_per_iteration))
    if iteration.minutes:
        shares.append(counters.seconds / (60 * iteration.minutes))
    return min(1.0, max(shares)) if shares else math.nan


def ends_by(before: Config, after: Config, counters: Counters) -> str:
    """Why a run would end by counting its iterations otherwise, without having gone on; empty: it would not.

    Args:
      before: its settings.
      after: the same, but for `train_steps_per_iteration`, or `num_iterations` too.
      counters: how far it is.
    """
    iterations, each = after.iteration.num_iterations, after.iteration.train_steps_per_iteration
    if not share_done(after, counters) >= 1 > share_done(before, counters):
        return ""
    return (
        f"train_steps_per_iteration = {each}: by that all {iterations:,} iterations are done at step "
        f"{counters.step:,}, and the run would end; at least {counters.step // iterations + 1:,}, or raise "
        "num_iterations first"
    )


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
      share: of the run that is done; see `share_done`.
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
