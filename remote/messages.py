"""What a run and a learner say: a call one way, its reply the other; `remote.wire` makes bytes of them.

A learner's refusal is a reply too, `Refused`: the name of one of ERRORS and the message; `error_of` makes
the same exception of it that the learner raised.
"""

from typing import Annotated, TypeVar

import numpy as np
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from engine.contracts.learner import (
    GapError,
    Greeting,
    Judged,
    LearnerError,
    MismatchError,
    NotLoadedError,
    Step,
    Trained,
    Weights,
    Welcome,
)
from engine.contracts.vitals import Status
from engine.errors import EngineError
from remote.errors import BrokenError, HeldError, VersionError, WireError

R = TypeVar("R")

TEXT_CAP = 2000  # characters of a refusal
BALLAST_CAP = 1 << 15  # bytes that a ping may bring, and ask for

ERRORS: dict[str, type[Exception]] = {
    "version": VersionError,  # before what it is besides
    "mismatch": MismatchError,
    "gap": GapError,
    "not loaded": NotLoadedError,
    "held": HeldError,
    "refused": LearnerError,
    "broken": BrokenError,
}


class Ping(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Are you there? Answered at once, whatever the learner does.

    With ballast, to find out how fast the way is: some goes there, and as many bytes as `back` come back.
    """

    ballast: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    back: Annotated[int, Meta(ge=0, le=BALLAST_CAP)] = 0


class Hello(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.hello, and who asks: one life of one client, so that it is known again after a lost link."""

    client: str
    greeting: Greeting


class Load(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.load."""

    snapshot: NDArray[np.uint8]


class Extend(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.extend."""

    first: int  # the number of the first sample
    samples: NDArray[np.void]  # SAMPLE[N]


class ExtendPacked(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.extend, for a slow way; see remote.packing."""

    first: int
    count: int
    packed: NDArray[np.uint8]


class Train(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.train."""

    steps: tuple[Step, ...]


class AskWeights(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.weights."""

    newer_than: int
    average: bool
    half: bool = False


class Act(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.act."""

    count: int
    rows: NDArray[np.uint8]  # [count · 169]


class ActPacked(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.act, for a slow way; see remote.packing."""

    count: int
    packed: NDArray[np.uint8]


class AskSnapshot(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.snapshot."""


class AskStatus(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.status; answered at once."""


class Pong(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Here."""

    ballast: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))


class Stands(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Where the learner stands, after hello or load."""

    welcome: Welcome


class Done(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The samples are kept."""


class Made(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The steps are made."""

    results: tuple[Trained, ...]


class WeightsSent(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The weights, or None: no newer ones."""

    weights: Weights | None


class HalfWeightsSent(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Weights as float16."""

    step: int
    flat: NDArray[np.float16]


class JudgedSent(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """What the rows are worth."""

    judged: Judged


class SnapshotSent(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A Snapshot."""

    step: int
    digest: str
    data: NDArray[np.uint8]


class StatusSent(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """How the learner fares."""

    status: Status


class Refused(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The call failed: which of ERRORS, and why."""

    error: str
    text: str


Call = (
    Ping
    | Hello
    | Load
    | Extend
    | ExtendPacked
    | Train
    | AskWeights
    | Act
    | ActPacked
    | AskSnapshot
    | AskStatus
)
Reply = (
    Pong
    | Stands
    | Done
    | Made
    | WeightsSent
    | HalfWeightsSent
    | JudgedSent
    | SnapshotSent
    | StatusSent
    | Refused
)


def refusal(error: Exception) -> Refused:
    """What is told of an error; anything that nobody foresaw is "broken"."""
    for name, kind in ERRORS.items():
        if isinstance(error, kind) and kind is not LearnerError:
            return Refused(name, str(error)[:TEXT_CAP])
    if isinstance(error, LearnerError):
        return Refused("refused", str(error)[:TEXT_CAP])
    if isinstance(error, EngineError | WireError):  # both leave no doubt where the learner stands
        return Refused("refused", f"{type(error).__name__}: {error}"[:TEXT_CAP])
    return Refused("broken", f"{type(error).__name__}: {error}"[:TEXT_CAP])


def error_of(refused: Refused) -> Exception:
    """The exception a refusal stands for."""
    return ERRORS.get(refused.error, BrokenError)(refused.text[:TEXT_CAP])


def expect(kind: type[R], reply: Reply) -> R:
    """The reply, which must be of that kind. Raises WireError."""
    if not isinstance(reply, kind):
        raise WireError(f"a {type(reply).__name__} came where a {kind.__name__} was expected")
    return reply
