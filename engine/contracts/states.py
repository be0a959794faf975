"""The states of a run, and how one leads to another."""

from enum import StrEnum

from engine.errors import EngineError


class State(StrEnum):
    """Where a run is."""

    STARTING = "starting"
    COLLECTING = "collecting"  # the first samples, before anything is learned
    TRAINING = "training"
    PAUSED = "paused"  # with a reason
    STOPPING = "stopping"
    STOPPED = "stopped"  # the same command goes on
    COMPLETED = "completed"  # as long as was set
    FAILED = "failed"  # with a reason


S = State
TRANSITIONS: dict[State, frozenset[State]] = {
    S.STARTING: frozenset({S.COLLECTING, S.TRAINING, S.PAUSED, S.STOPPING, S.COMPLETED, S.FAILED}),
    S.COLLECTING: frozenset({S.TRAINING, S.PAUSED, S.STOPPING, S.COMPLETED, S.FAILED}),
    # a generation restored may be older than the first step
    S.TRAINING: frozenset({S.COLLECTING, S.PAUSED, S.STOPPING, S.COMPLETED, S.FAILED}),
    S.PAUSED: frozenset({S.COLLECTING, S.TRAINING, S.PAUSED, S.STOPPING, S.COMPLETED, S.FAILED}),
    S.STOPPING: frozenset({S.STOPPED, S.FAILED}),
    S.STOPPED: frozenset(),
    S.COMPLETED: frozenset(),
    S.FAILED: frozenset(),
}
"""From each state, where it may go."""

OVER = frozenset(state for state, after in TRANSITIONS.items() if not after)
"""States after which nothing comes: the run's process ends."""

WORKING = frozenset({S.COLLECTING, S.TRAINING})
"""States whose time counts: the run plays or learns."""


class StateError(EngineError):
    """A change of state that the table does not allow: a fault of this program."""


def check(before: State, after: State) -> None:
    """Raise StateError for a change that is not in the table."""
    if after not in TRANSITIONS[before]:
        allowed = ", ".join(TRANSITIONS[before]) or "none: it is over"
        raise StateError(f"a run cannot go from {before} to {after}; allowed are {allowed}")
