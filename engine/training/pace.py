"""How much is learned from what was played is a matter of credit.

Each sample that comes in earns a part of a step (`replay_ratio`, or the guide's steps per iteration for games
per iteration), each step sent off spends one. When the credit is spent the learner waits, and when it stands
at a whole iteration the workers do: so the ratio is bounded on both sides, and both go on at once in between.
"""

import math

from engine.settings.config import Config
from engine.store.replay import Replay
from engine.store.ring import BLOCK_SAMPLES

STEPS_PER_CALL = 10
"""Optimizer steps of one call, at most."""


def earned(config: Config, samples: int, games: int) -> float:
    """Steps that samples, and games, allow."""
    if config.training.replay_ratio:
        return config.training.replay_ratio * samples / config.training.batch_size
    iteration = config.iteration
    return games * iteration.train_steps_per_iteration / iteration.games_per_iteration


def due(config: Config, credit: float, following: int) -> int:
    """Steps that credit allows from the step of the number `following` on, but none beyond the run's last."""
    iteration = config.iteration
    last = iteration.num_iterations * iteration.train_steps_per_iteration or math.inf
    return int(max(0, min(credit, last + 1 - following)))


def far_ahead(config: Config, credit: float, calls: int) -> bool:
    """Whether workers should wait for a learner that may have so many calls under way."""
    return credit >= max(config.iteration.train_steps_per_iteration, STEPS_PER_CALL * calls)


def is_warm(config: Config, replay: Replay) -> bool:
    """Whether enough was collected to begin to learn."""
    enough = min(config.iteration.warm_up, replay.capacity)
    # the second may be little after a start, whatever was collected before
    return min(replay.position, len(replay) + BLOCK_SAMPLES - 1) >= enough and len(replay) > 0
