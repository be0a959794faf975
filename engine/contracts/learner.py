"""The learner contract: what a run asks of whatever holds weights and optimizer, here or on another machine.

The run holds the truth; a learner is disposable. Steps are numbered from 1 and applied exactly once: the next
number is applied, one already applied is answered from memory, any other is refused.

    hello     who are you, where do you stand            → Welcome
    load      stand where this snapshot stands           → Welcome
    extend    new samples, by number; sent once          → nothing
    train     steps, each with the slots of its batch    → Trained for each
    weights   their short average, or the long, if newer → Weights or None
    act       rows to move in                            → Judged: the best moves, and their values
    snapshot  everything a generation needs              → Snapshot, cut between two steps
    status    the device, and how it fares               → Status

Hyperparameters travel with each step, so a change takes effect with a certain step, and a learner that was
away has nothing to catch up on.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.contracts.vitals import Status
from engine.errors import EngineError
from engine.game.row_version import ROW_VERSION
from engine.settings.config import Config, ModelSection

PROTOCOL = 7
"""Counted up whenever a call changes its meaning."""


class LearnerError(EngineError):
    """A learner refused a call; of `train` the steps before the one it could not make may be made."""


class MismatchError(LearnerError):
    """Run and learner do not fit: protocol, run or model differ. Trying again helps nobody."""


class GapError(LearnerError):
    """A step was asked for that is not the next one, nor remembered."""


class NotLoadedError(LearnerError):
    """The learner holds no weights yet, or not the samples it is to train on."""


class BusyError(LearnerError):
    """The learner works for another run; later it may be free."""


class BarredError(LearnerError):
    """The way to the learner is barred (key, token, host key) until a person opens it."""


class AwaitedError(ConnectionError):
    """The learner comes by itself, and has not come; to look again costs nothing."""


class UnsureError(ConnectionError):
    """The learner failed at a call in a way it did not foresee; nobody knows where it stands."""


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """Which run asks, and which network it trains."""

    protocol: int = PROTOCOL
    rows: int = ROW_VERSION  # how its samples are laid out
    run: str  # the run's id
    model: ModelSection
    capacity: int  # slots of the replay
    weight_average: float
    acting_average: float
    seed: int  # of the first weights

    @classmethod
    def of(cls, config: Config, run: str, capacity: int) -> "Greeting":
        """What a run of these settings says."""
        return cls(
            run=run,
            model=config.model,
            capacity=capacity,
            weight_average=config.training.weight_average,
            acting_average=config.training.acting_average,
            seed=config.general.seed,
        )


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """Where a learner stands."""

    protocol: int = PROTOCOL
    run: str  # the run it works for; empty: none yet
    device: str
    incarnation: str  # one life of a learner process
    step: int  # steps applied; −1: it holds no weights
    digest: str  # SHA-256 of the weights, empty without
    mirrored: tuple[int, int]  # the samples it holds: the number of the first, and of the one after the last


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One optimizer step to make."""

    number: int
    slots: NDArray[np.uint32]  # [B] slots of the batch
    learning_rate: float
    weight_decay: float
    gradient_clip: float
    belief_weight: float
    bend: float  # of the Huber loss, points


class Trained(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step."""

    number: int
    loss: float  # Huber loss of values against targets, points
    belief_loss: float  # cross-entropy of colour and of rank of own cards, nats a card
    gradient_norm: float  # before clipping


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The weights of a network."""

    step: int  # the newest that they are an average of
    flat: NDArray[np.float32]  # [N] all weights, in the order of the network's parameters


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What the short average of weights says of N rows: all of it that acting wants to know."""

    step: int  # of the weights
    moves: NDArray[np.uint8]  # [N] the best legal move, by shared number
    values: NDArray[np.float32]  # [N] its value


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that a learner knows, but for the samples."""

    step: int
    digest: str  # SHA-256 of the weights
    data: bytes  # safetensors


class Learner(Protocol):
    """What a run holds in hand: every call goes out at once, its answer comes later.

    Calls are carried out in the order they are made. A future raises LearnerError where the learner refused,
    ConnectionError where it cannot be reached; then nobody knows what it still did, and `hello` tells.
    """

    @property
    def far(self) -> bool:
        """Whether each byte to it counts."""
        return False

    @property
    def round_trip(self) -> float | None:
        """Seconds that the way there and back takes; None: not known."""
        return None

    @property
    def lost(self) -> Exception | None:
        """Why it cannot be reached any more, once that is known; None: nothing says so."""
        return None

    def hello(self, greeting: Greeting) -> Future[Welcome]:
        """Introduce the run. Raises MismatchError, naming both sides' values."""

    def load(self, snapshot: bytes) -> Future[Welcome]:
        """Stand where a snapshot stands; b"": at step 0, with first weights from the greeting's seed.

        It holds no samples then.
        """

    def extend(self, first: int, samples: NDArray[np.void]) -> Future[None]:
        """Keep samples (SAMPLE[N]), numbered from `first` on; each has slot number % capacity.

        Numbers follow each other; going back means that those from there on are void and come anew. After a
        gap the mirror starts anew.
        """

    def train(self, steps: Sequence[Step]) -> Future[tuple[Trained, ...]]:
        """Make steps.

        Raises GapError, NotLoadedError: none of them was made. LearnerError: there is no memory for one
        sample of a step; those before it were made.
        """

    def weights(
        self, newer_than: int, *, average: bool = False, half: bool = False
    ) -> Future[Weights | None]:
        """The short average of weights (`acting_average`), or the long one; None: no newer than that step.

        `half`: they may be rounded to float16 on the way, which is enough to play with.
        """

    def act(self, rows: NDArray[np.uint8]) -> Future[Judged]:
        """The best moves in rows, uint8[N, 169], for who has no time to find them out. Changes nothing."""

    def snapshot(self) -> Future[Snapshot]:
        """Everything a generation needs."""

    def status(self) -> Future[Status]:
        """The device, and how it fares."""
