"""How a run says that it stands, for tests of consoles."""

from engine.contracts.states import State
from engine.control.messages import Overview


def overview(*lines: str, run: str = "abc", **more: object) -> Overview:
    """A run that trains, with these log lines; `more` replaces what is said besides."""
    known = {
        "number": 0,
        "program": "0.1",
        "run": run,
        "pid": 7,
        "directory": "/runs/a",
        "began": 1.0,
        "state": State.TRAINING,
        "reason": "",
        "since": 2.0,
        "settings": {"training": {"learning_rate": 0.01}},
    }
    return Overview(**{**known, **more}, lines=lines)
