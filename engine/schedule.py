"""How far a run is, and what changes on the way: its learning rate, and the bend of its loss."""

import math

from engine.config import Config
from engine.generations import Counters


def share_done(config: Config, counters: Counters) -> float:
    """Share of the whole run that is done, 0..1; NaN where it has no end."""
    iteration, shares = config.iteration, []
    if iteration.num_iterations:
        shares.append(counters.step / (iteration.num_iterations * iteration.train_steps_per_iteration))
    if iteration.minutes:
        shares.append(counters.seconds / (60 * iteration.minutes))
    return min(1.0, max(shares)) if shares else math.nan


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
