"""What the service does for one peer: reads its calls, and lets one run at a time have the learner.

The first `hello` of a connection takes hold of the learner; that connection is the bulk one, and all that
touches the learner goes through it. Ping and status are answered to any connection, at once. The hold ends
with the connection. Another client's hello is refused meanwhile; the same client's (a life of a run that
lost its link, while this side has not noticed yet) takes the hold over, and the old connection is closed.

All calls that touch the learner run on one thread, in the order in which they came; whether their
connection still has the hold is asked there, when their turn has come.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.learner import Greeting, LearnerError, Snapshot, Status, Step, Trained, Weights, Welcome
from remote import wire
from remote.errors import HeldError, VersionError

A = TypeVar("A")
R = TypeVar("R")

log = logging.getLogger(__name__)


class ServedLearner(Protocol):
    """engine.learner.Learner, but for answers that come at once.

    All methods are called by one thread, but `status` by any, also while another method runs: it must not
    wait. Arrays given are read-only; they may be kept. An EngineError says that nothing was changed; any
    other exception ends the run's trust in where the learner stands.
    """

    def hello(self, greeting: Greeting) -> Welcome:
        """Meet a run."""

    def load(self, snapshot: bytes) -> Welcome:
        """Stand where a snapshot stands."""

    def extend(self, slot: int, samples: NDArray[np.void]) -> None:
        """Keep samples."""

    def train(self, steps: Sequence[Step]) -> tuple[Trained, ...]:
        """Make steps."""

    def weights(self, newer_than: int, *, average: bool = False) -> Weights | None:
        """The newest weights, if newer."""

    def snapshot(self) -> Snapshot:
        """Everything a generation needs."""

    def status(self) -> Status:
        """The device, and how it fares."""


class Hold:
    """Who has the learner: one connection, or none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: Session | None = None

    def take(self, session: "Session", client: str, run: str) -> bool:
        """Give the learner to a connection; whether it did not have it before. Raises HeldError."""
        with self._lock:
            old = self._holder
            if old is not None and old is not session and old.client != client:
                raise HeldError(
                    f"the learner works for run {old.run!r} ({old.client}), for {old.held():.0f} s by now; "
                    "it works for one run at a time"
                )
            session.client, session.run, session.since = client, run, time.monotonic()
            self._holder = session
        if old is not None and old is not session:
            log.info("%s is back; its old connection is closed", client)
            old.hang_up()
        return old is not session

    def has(self, session: "Session") -> bool:
        """Whether that connection has the learner."""
        return self._holder is session

    def release(self, session: "Session") -> None:
        """Take the learner back, if that connection has it."""
        with self._lock:
            if self._holder is session:
                self._holder = None


class _EndingError(EOFError):
    """The service ends; nothing is answered any more."""


class Session:
    """One peer's calls; what `remote.connection` reaches from outside is `call` alone.

    `hang_up` closes the peer's connection, `trust` tells that it may send large messages from now on.
    """

    def __init__(
        self,
        learner: ServedLearner,
        thread: Executor,
        hold: Hold,
        hang_up: Callable[[], None],
        trust: Callable[[], None],
    ) -> None:
        self._learner, self._thread, self._hold = learner, thread, hold
        self.hang_up, self._trust = hang_up, trust
        self.client = self.run = ""  # who it is, once it said hello
        self.since = 0.0
        self.heard = False  # whether a sound message has come

    def held(self) -> float:
        """For how long it has the learner, s."""
        return time.monotonic() - self.since

    def call(self, message: bytes) -> bytes:
        """The reply to one message. Raises WireError for bytes that are none."""
        try:
            reply = self._answer(wire.decode_call(message))
        except VersionError as error:  # the one thing a peer can be told before it is understood
            reply = wire.refusal(error)
        try:
            return wire.encode(reply)
        except Exception as error:  # too large, most likely
            return wire.encode(wire.refusal(error))

    def end(self) -> None:
        """The peer is gone."""
        self._hold.release(self)

    def _answer(self, call: wire.Call) -> wire.Reply:
        self.heard = True
        try:
            match call:
                case wire.Ping():
                    return wire.Pong()
                case wire.AskStatus():
                    return wire.StatusSent(self._learner.status())
                case wire.Hello(client, greeting):
                    return self._hello(client, greeting)
            return self._run(self._in_turn, call)
        except _EndingError:
            raise
        except Exception as error:
            reply = wire.refusal(error)
            if reply.error == "broken":
                log.exception("the learner failed at %s", type(call).__name__)
            return reply

    def _hello(self, client: str, greeting: Greeting) -> wire.Reply:
        new = self._hold.take(self, client, greeting.run)
        try:
            welcome = self._run(self._learner.hello, greeting)
        except BaseException:
            if new:
                self._hold.release(self)
            raise
        self._trust()
        return wire.Stands(welcome)

    def _run(self, work: Callable[[A], R], argument: A) -> R:
        """Do that on the learner's thread, when its turn has come."""
        try:
            future = self._thread.submit(work, argument)
        except RuntimeError as error:  # shut down
            raise _EndingError("the service ends") from error
        try:
            return future.result()
        except CancelledError as error:
            raise _EndingError("the service ends") from error

    def _in_turn(self, call: wire.Call) -> wire.Reply:
        """Carry out a call, on the learner's thread."""
        if not self._hold.has(self):
            raise LearnerError(
                f"{type(call).__name__} on a connection that does not hold the learner: hello first"
            )
        learner = self._learner
        match call:
            case wire.Load(data):
                return wire.Stands(learner.load(data.tobytes()))
            case wire.Extend(slot, samples):
                learner.extend(slot, samples)
                return wire.Done()
            case wire.Train(steps):
                return wire.Made(learner.train(steps))
            case wire.AskWeights(newer_than, average):
                return wire.WeightsSent(learner.weights(newer_than, average=average))
            case wire.AskSnapshot():
                snapshot = learner.snapshot()
                return wire.SnapshotSent(
                    snapshot.step, snapshot.digest, np.frombuffer(snapshot.data, np.uint8)
                )
        raise LearnerError(f"{type(call).__name__} is nothing a learner does")
