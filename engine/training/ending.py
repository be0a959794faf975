"""How far a run is on its way to its end, and what would end it. Reading this loads no kernels."""

import math

from engine.settings.config import Config
from engine.store.manifest import Counters


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

    Who sets another end, `num_iterations` or `minutes`, which is past, has the run end.

    Args:
      before: its settings.
      after: those that it shall have.
      counters: how far it is.
    """
    iterations, each = after.iteration.num_iterations, after.iteration.train_steps_per_iteration
    counted_out = 0 < iterations * each <= counters.step
    recounted = each != before.iteration.train_steps_per_iteration
    if not (recounted and counted_out) or share_done(before, counters) >= 1:
        return ""
    return (
        f"train_steps_per_iteration = {each}: by that all {iterations:,} iterations are done at step "
        f"{counters.step:,}, and the run would end; at least {counters.step // iterations + 1:,}, or raise "
        "num_iterations first"
    )
