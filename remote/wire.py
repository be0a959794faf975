"""Messages between a run and a learner, as bytes. This file knows no socket.

A call goes one way, its reply the other; each is one message:

    bytes          what
    0…3            b"HNBI"
    4…5            VERSION of this layout, little-endian like all numbers here
    6…7            PROTOCOL of the calls (engine.learner)
    8…15           length of the header
    16…            the header: msgpack, one of CALLS or REPLIES, told apart by its tag
    then           a segment for each array in the header, in the order of appearance

An array stands in the header as [kind, count]: the kind names one of KINDS, the count its numbers (or
samples). The header and each segment are filled up with zeros to a multiple of 8 bytes, so a decoded array
is a view into the message, aligned and read-only; nothing is copied.

Whoever decodes trusts nothing. The versions are read before the header, the header may have HEADER_CAP
bytes and must fit its types, every kind must be in KINDS and be the kind that its field asks for, and
header and segments must fill the message to the last byte. Nothing larger than the header is allocated, and
nothing is unpickled.

A learner's refusal is a reply too, `Refused`: the name of one of ERRORS and the message; `error_of` makes
the same exception of it that the learner raised.
"""

import struct
from typing import Annotated, Any, TypeVar, get_args

import msgspec
import numpy as np
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.learner import (
    PROTOCOL,
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
from engine.sample import SAMPLE
from engine.vitals import Status
from remote.errors import BrokenError, HeldError, TooLargeError, VersionError, WireError

R = TypeVar("R")

VERSION = 3
"""Counted up whenever the layout above changes."""

MAGIC = b"HNBI"
PREFIX = struct.Struct("<4sHHQ")

HEADER_CAP = 1 << 20
MESSAGE_CAP = (1 << 30) + (1 << 21)  # a snapshot of 1 GiB, and what goes round it
TEXT_CAP = 2000  # characters of a refusal
BALLAST_CAP = 1 << 15  # bytes that a ping may bring, and ask for

KINDS: dict[str, np.dtype[Any]] = {
    "u1": np.dtype("<u1"),
    "u4": np.dtype("<u4"),
    "f2": np.dtype("<f2"),
    "f4": np.dtype("<f4"),
    f"sample{SAMPLE.itemsize}": SAMPLE,  # by its size: samples of another layout are refused, not misread
}

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

    slot: int
    samples: NDArray[np.void]  # SAMPLE[N]


class ExtendPacked(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Learner.extend, for a slow way; see remote.packing."""

    slot: int
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
    if isinstance(error, EngineError | WireError):  # both say that nothing was changed
        return Refused("refused", f"{type(error).__name__}: {error}"[:TEXT_CAP])
    return Refused("broken", f"{type(error).__name__}: {error}"[:TEXT_CAP])


def error_of(refused: Refused) -> Exception:
    """The exception a refusal stands for."""
    return ERRORS.get(refused.error, BrokenError)(refused.text)


def encode(message: Call | Reply) -> bytes:
    """A message as bytes.

    Raises WireError for an array that is not a vector of its field's kind, TooLargeError above the caps.
    """
    segments: list[NDArray[Any]] = []

    def put(value: Any) -> Any:
        if isinstance(value, np.generic):
            return value.item()
        if not isinstance(value, np.ndarray):
            raise WireError(f"{type(value).__name__} cannot be sent")
        kind = next((name for name, dtype in KINDS.items() if dtype == value.dtype), None)
        if kind is None or value.ndim != 1:
            raise WireError(
                f"an array of {value.dtype} with shape {value.shape} cannot be sent; "
                f"vectors of {[*KINDS]} can"
            )
        segments.append(np.ascontiguousarray(value).view(np.uint8))
        return kind, len(value)

    header = msgspec.msgpack.encode(message, enc_hook=put)
    if len(header) > HEADER_CAP:
        raise TooLargeError(f"a header of {len(header)} bytes; at most {HEADER_CAP} are allowed")
    parts: list[Any] = [PREFIX.pack(MAGIC, VERSION, PROTOCOL, len(header))]
    for part in (header, *(segment.data for segment in segments)):
        parts += part, bytes(-len(part) % 8)
    size = sum(map(len, parts))
    if size > MESSAGE_CAP:
        raise TooLargeError(f"a message of {size} bytes; at most {MESSAGE_CAP} are allowed")
    return b"".join(parts)


def decode_call(data: bytes) -> Call:
    """The call that bytes hold; its arrays are read-only views of them. Raises WireError, VersionError."""
    return _decode(data, Call)  # type: ignore[no-any-return]


def decode_reply(data: bytes) -> Reply:
    """The reply that bytes hold; its arrays are read-only views of them. Raises WireError, VersionError."""
    return _decode(data, Reply)  # type: ignore[no-any-return]


def expect(kind: type[R], reply: Reply) -> R:
    """The reply, which must be of that kind. Raises WireError."""
    if not isinstance(reply, kind):
        raise WireError(f"a {type(reply).__name__} came where a {kind.__name__} was expected")
    return reply


def _decode(data: bytes, union: Any) -> Any:
    header = _header(data)
    segments = _Segments(data, PREFIX.size + _padded(len(header)))
    try:
        message = msgspec.msgpack.decode(header, type=union, dec_hook=segments.take)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise WireError(f"a header that is no message: {error}") from error
    if segments.at != len(data):
        raise WireError(f"a message of {len(data)} bytes; its header announces {segments.at}")
    return message


def _header(data: bytes) -> memoryview:
    """The header's bytes; refuses all that can be refused without it."""
    if len(data) > MESSAGE_CAP:
        raise TooLargeError(f"a message of {len(data)} bytes; at most {MESSAGE_CAP} are allowed")
    if len(data) < PREFIX.size:
        raise WireError(f"a message of {len(data)} bytes; the shortest has {PREFIX.size}")
    magic, version, protocol, length = PREFIX.unpack_from(data)
    if magic != MAGIC:
        raise WireError(f"a message begins with {MAGIC!r}, not with {magic!r}")
    if (version, protocol) != (VERSION, PROTOCOL):
        raise VersionError(
            f"this side speaks wire version {VERSION} and protocol {PROTOCOL}, "
            f"the other wire version {version} and protocol {protocol}"
        )
    if length > HEADER_CAP:
        raise TooLargeError(f"a header of {length} bytes; at most {HEADER_CAP} are allowed")
    if PREFIX.size + length > len(data):
        raise WireError(f"a header of {length} bytes in a message of {len(data)}")
    return memoryview(data)[PREFIX.size : PREFIX.size + length]


class _Segments:
    """The arrays of one message, taken one after another."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self.at = at  # where the next segment begins

    def take(self, wanted: Any, given: Any) -> NDArray[Any]:
        """The next array, for a field of type `wanted`, which stands in the header as `given`."""
        if type(given) is not list or [type(part) for part in given] != [str, int]:
            raise WireError(f"an array is [kind, count], not {str(given)[:80]}")
        kind, count = given
        dtype = KINDS.get(kind)
        if dtype is None:
            raise WireError(f"an array of unknown kind {kind[:40]!r}; known are {[*KINDS]}")
        if dtype.type is not _number(wanted):
            raise WireError(f"an array of {kind} where {_number(wanted).__name__} is wanted")
        size = count * dtype.itemsize
        if count < 0 or self.at + size > len(self._data):
            raise WireError(f"{count} × {dtype.itemsize} bytes from {self.at} on in {len(self._data)}")
        array = np.frombuffer(self._data, dtype, count, self.at) if count else np.empty(0, dtype)
        self.at += _padded(size)
        return array


def _number(field: Any) -> Any:
    """The kind of number in NDArray[number]."""
    return get_args(get_args(field)[1])[0]


def _padded(size: int) -> int:
    return size + -size % 8
