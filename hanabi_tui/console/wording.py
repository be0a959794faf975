"""How the run stands, in words and shapes: what the header, the plain console and alerts say alike."""

import math
import time
from collections.abc import Mapping

from engine.contracts.events import Evaluated
from engine.contracts.states import OVER, State
from engine.machine.printable import shown
from hanabi_tui.console.live.model import Model
from hanabi_tui.quantities import roughly, span

SHAPES: Mapping[State, str] = {
    State.STARTING: "…",
    State.COLLECTING: "●",
    State.TRAINING: "►",
    State.PAUSED: "‖",
    State.STOPPING: "▼",
    State.STOPPED: "■",
    State.COMPLETED: "√",
    State.FAILED: "×",
}
"""A shape for each state, so that colour is never the only signal."""

QUIET = 30.0
"""Seconds without a word after which a live run may hang: it says how it is every two."""

LOST = "○"
"""The shape of a run that is not connected."""


def shape_of(model: Model) -> str:
    """The shape of how the run stands."""
    return SHAPES[model.state] if model.connected or model.state in OVER else LOST


def state_of(model: Model) -> str:
    """How the run stands: "training", "paused: the learner is gone", "not connected: …"."""
    if not model.connected and model.state not in OVER:
        return f"not connected: {model.why}" if model.why else "connecting"
    if model.state is State.STARTING and model.overview is None:
        return "connecting"
    said = f"{model.state}: {model.reason}" if model.reason else str(model.state)
    return f"silent for {span(silence(model))}, was {said}" if silence(model) else said


def silence(model: Model) -> float:
    """For how long nothing was heard of a run that is live (s); 0: as long as is usual."""
    if not model.connected or not model.heard or model.state in OVER:
        return 0.0
    quiet = time.monotonic() - model.heard
    return quiet if quiet > QUIET else 0.0


def score_of(evaluated: Evaluated | None) -> str:
    """The newest score: "17.31 ± 0.08"; of several variants the mean; empty if there is none."""
    if evaluated is None or not evaluated.scores:
        return ""
    return f"{evaluated.mean:.2f} ± {evaluated.error:.2f}"


def link_of(model: Model) -> str:
    """How the way to the learner is: "link 12 ms", "link down"; empty if nothing is known."""
    if not model.connected or model.vitals is None or model.vitals.link is None:
        return ""
    trip = model.vitals.link.round_trip
    return "link down" if trip is None else f"link {1000 * trip:.1f} ms"


def left_of(model: Model) -> str:
    """How long the run still takes: "1 h 20 min left", "no end"; empty if nobody knows yet."""
    progress = model.progress
    if progress is None or model.state in OVER:
        return ""
    if math.isnan(progress.share):
        return "no end set"
    return "" if math.isnan(progress.remaining) else f"{roughly(progress.remaining)} left"


def since(model: Model) -> str:
    """For how long the run has been in its state; empty if that is not known."""
    return span(time.time() - model.since) if model.since else ""


def failure(error: OSError) -> str:
    """What a disk or a connection refused, and where."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def printable(text: str) -> str:
    """A text without signs that would steer a terminal."""
    return shown(" ".join(text.split()))
