"""The client: the learner contract (engine.contracts.learner) for a learner in another process, here or away.

Two connections go to the same address. The bulk one carries all that touches the learner, in order, several
calls at a time; the control one carries status and the heartbeat, which so never wait behind a gigabyte. When
one is lost, both are.

Answers are held against what was asked: a learner that lies or errs, by steps that nobody asked for, say,
loses the link, and harms nothing.

A lost client stays lost. Whoever wants to go on makes a new one, of the same name, and asks `hello` where
the learner stands.
"""

import secrets
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.contracts.learner import Greeting, Judged, Learner, Snapshot, Step, Trained, Weights, Welcome
from engine.contracts.vitals import Status
from remote import messages, wire
from remote.errors import LinkError, VersionError, WireError
from remote.heartbeat import Heartbeat
from remote.link import Link
from remote.messages import TEXT_CAP
from remote.packing import pack, pack_rows

CLOSING = 2.0  # s that a thread has to end; it takes milliseconds
STATUS_CAP = 1 << 16  # bytes of an answer on the control connection: a status, a refusal


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When a client does what, in seconds."""

    beat: float = 1.0  # between two heartbeats
    silence: float = 4.5  # since the last answer to one, until the link is given up
    keep_alive: float = 10.0  # without a call, until a sign of life goes out; less than a service's idle
    patience: float = 120.0  # for the other side to take anything of a call


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What went over both connections."""

    sent: int  # bytes
    received: int  # bytes
    round_trip: float | None  # s, smoothed; None before the first answer


class Client(Learner):
    """A learner at the other end of `dial`.

    `dial` gives a new connected socket at each call, or raises OSError; it is called twice, or once where
    `control` dials for signs of life. `name` says who asks: a new client takes the learner over from an old
    one of the same name and the same run, from others it does not. `packed`: samples are made small first,
    which costs a core 0.6 µs for each, and saves 7 bytes of 8. Raises LinkError if the service cannot be
    reached, TokenError if it has another `token`.

    Answers are set by a thread of the client: a callback of a future must not wait for another future.
    """

    def __init__(
        self,
        dial: Callable[[], socket.socket],
        *,
        control: Callable[[], socket.socket] | None = None,
        name: str = "",
        token: str = "",
        packed: bool = False,
        timing: Timing | None = None,
    ) -> None:
        timing = timing or Timing()
        self._packed = packed
        self.name = name or f"{socket.gethostname()} {secrets.token_hex(4)}"
        link = partial(Link, token=token, patience=timing.patience, keep_alive=timing.keep_alive)
        self._bulk = link(_reach(dial), "bulk", limit=wire.MESSAGE_CAP + (1 << 10))
        try:  # the second dial may take half a minute; the first link gives signs of life meanwhile
            self._control = link(_reach(control or dial), "control", limit=STATUS_CAP)
        except BaseException as error:
            self._bulk.lose(LinkError(str(error)))
            self._bulk.join(CLOSING)
            raise
        self._bulk.when_lost(self._lose)
        self._control.when_lost(self._lose)
        self._heartbeat = Heartbeat(self._control, beat=timing.beat, silence=timing.silence)

    @property
    def lost(self) -> LinkError | VersionError | None:
        """Why the link is lost, if it is."""
        return self._bulk.lost or self._control.lost

    @property
    def traffic(self) -> Traffic:
        """What went over the wire so far, and how long there and back takes."""
        return Traffic(
            sent=self._bulk.sent + self._control.sent,
            received=self._bulk.received + self._control.received,
            round_trip=self._heartbeat.round_trip,
        )

    def close(self) -> None:
        """End both connections; outstanding futures fail. Afterwards threads and descriptors are gone."""
        self._lose(EOFError("closed by this side"))
        self._heartbeat.stop(CLOSING)
        self._bulk.join(CLOSING)
        self._control.join(CLOSING)

    @property
    def far(self) -> bool:
        """See Learner: whether what goes there is made small."""
        return self._packed

    @property
    def round_trip(self) -> float | None:
        """See Learner."""
        return self._heartbeat.round_trip

    def hello(self, greeting: Greeting) -> Future[Welcome]:
        """See Learner; raises HeldError besides, while another client has the learner."""
        return self._bulk.ask(messages.Hello(self.name, greeting), _welcome)

    def load(self, snapshot: bytes) -> Future[Welcome]:
        """See Learner."""
        return self._bulk.ask(messages.Load(np.frombuffer(snapshot, np.uint8)), _welcome)

    def extend(self, first: int, samples: NDArray[np.void]) -> Future[None]:
        """See Learner; the samples may be changed as soon as this returns."""
        if self._packed:
            return self._bulk.ask(messages.ExtendPacked(first, len(samples), pack(samples)), _done)
        return self._bulk.ask(messages.Extend(first, samples), _done)

    def train(self, steps: Sequence[Step]) -> Future[tuple[Trained, ...]]:
        """See Learner."""
        return self._bulk.ask(
            messages.Train(tuple(steps)), partial(_results, [step.number for step in steps])
        )

    def weights(
        self, newer_than: int, *, average: bool = False, half: bool = False
    ) -> Future[Weights | None]:
        """See Learner; the weights are read-only."""
        return self._bulk.ask(messages.AskWeights(newer_than, average, half), partial(_weights, newer_than))

    def act(self, rows: NDArray[np.uint8]) -> Future[Judged]:
        """See Learner; any thread may ask. The rows must not change before the answer is there."""
        read = partial(_judged, rows)
        if self._packed:
            return self._bulk.ask(messages.ActPacked(len(rows), pack_rows(rows)), read)
        return self._bulk.ask(messages.Act(len(rows), rows.reshape(-1)), read)

    def snapshot(self) -> Future[Snapshot]:
        """See Learner."""
        return self._bulk.ask(messages.AskSnapshot(), _snapshot)

    def status(self) -> Future[Status]:
        """See Learner; answered at once, out of order, also while the learner trains."""
        return self._control.ask(messages.AskStatus(), _status)

    def echo(self, there: int, back: int) -> Future[None]:
        """Send so many bytes and get so many, to find out how fast the way is; BALLAST_CAP each at most."""
        ballast = np.frombuffer(secrets.token_bytes(there), np.uint8)
        return self._bulk.ask(messages.Ping(ballast, back), _pong)

    def _lose(self, why: Exception) -> None:
        """Lose both links. Called by the one that was lost, or by `close`."""
        self._bulk.lose(why)
        self._control.lose(why)


def _reach(dial: Callable[[], socket.socket]) -> socket.socket:
    try:
        return dial()
    except LinkError:
        raise
    except OSError as error:
        raise LinkError(f"the learner cannot be reached: {error}") from error


def _welcome(reply: messages.Reply) -> Welcome:
    return messages.expect(messages.Stands, reply).welcome


def _pong(reply: messages.Reply) -> None:
    messages.expect(messages.Pong, reply)


def _done(reply: messages.Reply) -> None:
    messages.expect(messages.Done, reply)


def _results(asked: Sequence[int], reply: messages.Reply) -> tuple[Trained, ...]:
    results = messages.expect(messages.Made, reply).results
    told = [each.number for each in results]
    if told != asked:
        raise WireError(f"outcomes of steps {told} came where those of {asked} were expected"[:TEXT_CAP])
    return results


def _weights(newer_than: int, reply: messages.Reply) -> Weights | None:
    if isinstance(reply, messages.HalfWeightsSent):
        weights: Weights | None = Weights(step=reply.step, flat=reply.flat.astype(np.float32))
    else:
        weights = messages.expect(messages.WeightsSent, reply).weights
    if weights is not None and weights.step <= newer_than:
        raise WireError(
            f"weights of step {weights.step} came where newer ones than {newer_than} were expected"
        )
    return weights


def _judged(rows: NDArray[np.uint8], reply: messages.Reply) -> Judged:
    from engine.game.observation import legal_mask  # loads kernels, for which no other call shall wait

    judged = messages.expect(messages.JudgedSent, reply).judged
    moves, values, count = judged.moves, judged.values, len(rows)
    if not len(moves) == len(values) == count:
        raise WireError(f"{len(moves)} moves and {len(values)} values came where {count} were expected")
    legal = legal_mask(rows)
    if not (moves < legal.shape[1]).all() or not legal[np.arange(count), moves].all():
        raise WireError("moves came of which some are not legal")
    return judged


def _snapshot(reply: messages.Reply) -> Snapshot:
    sent = messages.expect(messages.SnapshotSent, reply)
    return Snapshot(step=sent.step, digest=sent.digest, data=sent.data.tobytes())


def _status(reply: messages.Reply) -> Status:
    return messages.expect(messages.StatusSent, reply).status
