"""What the banner says: how a start fares, and that the run is over, or out of reach."""

import time

from engine.contracts.states import OVER, State
from hanabi_tui.console.live.bridge import UNANSWERED
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter
from hanabi_tui.console.wording import state_of
from hanabi_tui.quantities import clock

WELCOME, LONG_WELCOME = 20.0, 90.0
"""Seconds that the lines of a start are shown: at least, and while nothing is trained yet."""


def announcement(model: Model, starter: Starter | None, key: str, *, follows: bool) -> str:
    """What there is to say of a run now; empty: nothing.

    Args:
      model: what is known of the run.
      starter: what starts it; None: nothing can.
      key: that starts it, as people know it; empty: there is none.
      follows: whether anybody tries to reach it.
    """
    starting = starter is not None and starter.alive()
    if starter is not None and starter.ended_early(model):
        return f"The run ended at once. Its last words, of {starter.log}:\n{starter.output()}"
    if starter is not None and starting and starter.welcome:
        begins = not model.connected or model.state in (State.STARTING, State.COLLECTING)
        if starter.age() < (LONG_WELCOME if begins else WELCOME):
            return starter.welcome
    if not follows or model.connected or starting:
        return ""
    again = f" {key} starts it." if key and starter is not None and model.why != UNANSWERED else ""
    since = f", since {clock(model.since, time.time())}" if model.since else ""
    if model.state in OVER:
        return f"The run is over: {state_of(model)}{since}.{again}"
    if not model.why:  # nobody has looked yet
        return ""
    left = since and not model.heard  # then its process said so on disk, and nothing after it
    last = f" It ended without a word; the last that is known of it is {model.state}{since}." if left else ""
    return f"{model.why[:1].upper()}{model.why[1:]}.{last}{again}"
