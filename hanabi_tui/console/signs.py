"""The states of a run as signs beside their words: neither colour nor sign says anything alone."""

from engine.states import State
from hanabi_tui.console.pieces import Part

SIGNS = {
    State.STARTING: "…",
    State.COLLECTING: "●",
    State.TRAINING: "►",
    State.PAUSED: "‖",
    State.STOPPING: "▼",
    State.STOPPED: "■",
    State.COMPLETED: "√",
    State.FAILED: "×",
}

PARTS = {
    State.STARTING: Part.WARNING,
    State.COLLECTING: Part.GOOD,
    State.TRAINING: Part.GOOD,
    State.PAUSED: Part.WARNING,
    State.STOPPING: Part.WARNING,
    State.STOPPED: Part.STRONG,
    State.COMPLETED: Part.GOOD,
    State.FAILED: Part.BAD,
}
"""How each looks."""
