"""What the service does for one peer: reads its calls, and lets one run at a time have the learner.

The first `hello` of a connection takes hold of the learner; that connection is the bulk one, and all that
touches the learner goes through it. Ping and status are answered to any connection, at once. The hold ends
with the connection. Another client's hello is refused meanwhile, and so is another run's; the same run's of
the same client (it lost its link, and this side has not noticed yet) takes the hold over, and the old
connection is closed. Two servers may have one name, and then their runs do not.

All calls that touch the learner run on one thread, in the order in which they came, and are read ahead of
it (`remote.replies`). Whether their connection has the hold is asked when they are read and, for it may have
been lost meanwhile, again on that thread, when their turn has come.
"""

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import Protocol

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.contracts.learner import Greeting, Judged, LearnerError, Snapshot, Step, Trained, Weights, Welcome
from engine.contracts.vitals import Status
from engine.store.sample import SAMPLE
from remote import messages, wire
from remote.errors import HeldError, VersionError, WireError
from remote.packing import unpack, unpack_rows
from remote.replies import BYTES, Owed, Replies, encoded

log = logging.getLogger(__name__)

_WIDTH: int = SAMPLE["row"].shape[0]
_MOST_HALF = 65504.0  # the largest float16
_NOTHING = np.empty(0, np.uint8)


class ServedLearner(Protocol):
    """engine.contracts.learner.Learner, but for answers that come at once.

    All methods are called by one thread, but `status` by any, also while another method runs: it must not
    wait. Arrays given are read-only; they may be kept. What is returned must not change: it is sent while the
    next method runs. An EngineError says that nothing was changed, but by steps of `train` before the refused
    one; any other exception ends the run's trust in where the learner stands.
    """

    def hello(self, greeting: Greeting) -> Welcome:
        """Meet a run."""

    def load(self, snapshot: bytes) -> Welcome:
        """Stand where a snapshot stands."""

    def extend(self, first: int, samples: NDArray[np.void]) -> None:
        """Keep samples, numbered from `first` on."""

    def train(self, steps: Sequence[Step]) -> tuple[Trained, ...]:
        """Make steps."""

    def weights(self, newer_than: int, *, average: bool = False) -> Weights | None:
        """The short average of weights, or the long one, if newer."""

    def act(self, rows: NDArray[np.uint8]) -> Judged:
        """The best moves in rows, uint8[N, 169]."""

    def snapshot(self) -> Snapshot:
        """Everything a generation needs."""

    def status(self) -> Status:
        """The device, and how it fares."""


HANGS = 600.0
"""Seconds after which a call in progress is taken to hang, in a driver, say; compiling takes minutes."""


class Hold:
    """Who has the learner: one connection, or none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: Session | None = None
        self._began: float | None = None  # when the call in progress did, by the monotonic clock

    def take(self, session: "Session", client: str, run: str) -> bool:
        """Give the learner to a connection; whether it did not have it before. Raises HeldError."""
        with self._lock:
            old = self._holder
            if old is not None and old is not session and (old.client, old.run) != (client, run):
                raise HeldError(
                    f"the learner works for run {old.run!r} of {old.client!r}, for {old.held():.0f} s by "
                    "now; it works for one run at a time"
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

    @contextlib.contextmanager
    def calling(self) -> Iterator[None]:
        """While a call touches the learner; on its thread."""
        self._began = time.monotonic()
        try:
            yield
        finally:
            self._began = None

    @property
    def busy(self) -> float | None:
        """For how long the call in progress has been going on, s; None: there is none."""
        began = self._began  # another thread may end it meanwhile
        return None if began is None else time.monotonic() - began

    def release(self, session: "Session") -> None:
        """Take the learner back, if that connection has it."""
        with self._lock:
            if self._holder is session:
                self._holder = None


class Session:
    """One peer's calls; what `remote.connection` reaches from outside is `call` alone.

    `hang_up` closes the peer's connection, `trust` tells that it may send large messages from now on,
    `broken` that the learner failed in a way that nobody foresaw.
    """

    def __init__(
        self,
        learner: ServedLearner,
        thread: Executor,
        hold: Hold,
        hang_up: Callable[[], None],
        trust: Callable[[], None],
        broken: Callable[[], None],
    ) -> None:
        self._learner, self._thread, self._hold = learner, thread, hold
        self.hang_up, self._trust, self._broken = hang_up, trust, broken
        self._replies = Replies(hang_up)
        self.client = self.run = ""  # who it is, once it said hello
        self.since = 0.0
        self.heard = False  # whether a sound message has come

    def held(self) -> float:
        """For how long it has the learner, s."""
        return time.monotonic() - self.since

    def call(self, message: bytes, answer: Callable[[bytes], None]) -> None:
        """Take in one message; returns when the next may be read.

        Raises WireError for bytes that are none, EOFError when nothing is answered any more.
        """
        try:
            call = wire.decode_call(message)
        except VersionError as error:  # the one thing a peer can be told before it is understood
            log.warning("a peer of another version is refused: %s", error)
            answer(encoded(messages.refusal(error)))
            return
        self.heard = True
        if isinstance(call, messages.Ping | messages.AskStatus):
            answer(encoded(self._at_once(call)))
            return
        large = isinstance(call, messages.AskWeights | messages.AskSnapshot)
        widths = {messages.ExtendPacked: SAMPLE.itemsize, messages.ActPacked: _WIDTH}
        size = getattr(call, "count", 0) * widths.get(type(call), 0)
        self._replies.put(Owed(max(len(message), size), self._queued(call), large, answer))
        # only who was met may send more than a little, so nothing is read until hello is answered
        self._replies.wait(for_all=isinstance(call, messages.Hello))

    def end(self) -> None:
        """The peer is gone: what it asked is dropped, but for the call in progress; waits for that."""
        if self._hold.has(self):
            log.info("run %s (%s) is gone", self.run, self.client)
        self._hold.release(self)
        self._replies.end()

    def _at_once(self, call: messages.Ping | messages.AskStatus) -> messages.Reply:
        if isinstance(call, messages.Ping):
            # drawn, so that no way there makes it smaller
            return messages.Pong(
                np.frombuffer(secrets.token_bytes(call.back), np.uint8) if call.back else _NOTHING
            )
        try:
            return messages.StatusSent(replace(self._learner.status(), busy=self._hold.busy))
        except Exception as error:
            return self._refusal(call, error)

    def _queued(self, call: messages.Call) -> Future[messages.Reply]:
        """The reply to come; a call that is refused already does not wait for the learner."""
        new = False
        try:
            if isinstance(call, messages.Hello):
                new = self._hold.take(self, call.client, call.greeting.run)
            self._must_hold(call)
            call = _unpacked(call)
        except LearnerError as error:
            refused: Future[messages.Reply] = Future()
            refused.set_result(self._refusal(call, error))
            return refused
        try:
            return self._thread.submit(self._in_turn, call, new)
        except RuntimeError as error:  # shut down
            raise EOFError("the service ends") from error

    def _in_turn(self, call: messages.Call, new: bool) -> messages.Reply:
        """Carry out a call, on the learner's thread; `new`: the hold is given back if that fails."""
        try:
            self._must_hold(call)  # it may have been lost since the call was read
            with self._hold.calling():
                return self._carry_out(call)
        except Exception as error:
            if new:
                self._hold.release(self)
            return self._refusal(call, error)

    def _refusal(self, call: messages.Call, error: Exception) -> messages.Reply:
        reply = messages.refusal(error)
        if reply.error == "broken":
            log.error("the learner failed at %s", type(call).__name__, exc_info=error)
            self._broken()
        elif isinstance(call, messages.Hello):  # whoever sits here is to see it as well
            log.warning("run %s (%s) is refused: %s", call.greeting.run, call.client, error)
        return reply

    def _must_hold(self, call: messages.Call) -> None:
        if not self._hold.has(self):
            raise LearnerError(
                f"{type(call).__name__} on a connection that does not hold the learner: hello first"
            )

    def _carry_out(self, call: messages.Call) -> messages.Reply:
        learner = self._learner
        match call:
            case messages.Hello(client, greeting):
                welcome = learner.hello(greeting)
                self._trust()
                stands = f"stands at step {welcome.step}" if welcome.step >= 0 else "is empty"
                log.info("run %s (%s) is here; the learner %s", greeting.run, client, stands)
                return messages.Stands(welcome)
            case messages.Load(data):
                return messages.Stands(learner.load(data.tobytes()))
            case messages.Extend(first, samples):
                learner.extend(first, samples)
                return messages.Done()
            case messages.Train(steps):
                return messages.Made(learner.train(steps))
            case messages.AskWeights(newer_than, average, half):
                weights = learner.weights(newer_than, average=average)
                return _halved(weights) if half else messages.WeightsSent(weights)
            case messages.Act(count, rows):
                return messages.JudgedSent(learner.act(rows.reshape(count, _WIDTH)))
            case messages.AskSnapshot():
                snapshot = learner.snapshot()
                return messages.SnapshotSent(
                    snapshot.step, snapshot.digest, np.frombuffer(snapshot.data, np.uint8)
                )
        raise LearnerError(f"{type(call).__name__} is nothing a learner does")


def _halved(weights: Weights | None) -> messages.Reply:
    """Weights as float16, unless one of them is too large for that."""
    if weights is None or not np.abs(weights.flat).max(initial=0.0) < _MOST_HALF:
        return messages.WeightsSent(weights)
    return messages.HalfWeightsSent(weights.step, weights.flat.astype(np.float16))


def _unpacked(call: messages.Call) -> messages.Call:
    """Unpacked while the learner works on something else. Raises WireError."""
    match call:
        case messages.ExtendPacked(first, count, packed):
            return messages.Extend(first, unpack(packed, count, BYTES))
        case messages.ActPacked(count, packed) if count > 0:
            return messages.Act(count, unpack_rows(packed, count, _WIDTH, BYTES).reshape(-1))
        case messages.Act(count, rows) if count > 0 and len(rows) == count * _WIDTH:
            return call
        case messages.Act(count) | messages.ActPacked(count):
            raise WireError(f"{count} rows to act on; at least one is wanted, each of {_WIDTH} bytes")
    return call
