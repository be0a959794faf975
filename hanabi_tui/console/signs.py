"""How the states of a run look, beside their shapes and words (`wording`): colour says nothing alone."""

from engine.contracts.states import State
from hanabi_tui.console.pieces import Part

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
