"""Learning that makes no sense any more."""

import math

from engine.contracts.learner import Trained
from engine.contracts.reasons import LOSS

ABSURD = 1000.0
"""A loss above this is of values that have run away: games are worth 0 to 25."""


def sickness(outcome: Trained) -> str:
    """What is wrong with learning after a step, and what to do; empty: nothing."""
    if not math.isfinite(outcome.gradient_norm + outcome.loss):
        return (
            f"{LOSS} {outcome.loss} at step {outcome.number}: that step moved no weights; restore a "
            "generation, or lower the learning rate"
        )
    if outcome.loss > ABSURD:
        return (
            f"{LOSS} {outcome.loss:.3g} at step {outcome.number}, where no game is worth more than 25: "
            "restore a generation, or lower the learning rate"
        )
    return ""
