"""Messages between a run and a learner, as bytes. This file knows no socket.

A call goes one way, its reply the other; each is one message:

    bytes          what
    0…3            b"HNBI"
    4…5            VERSION of this layout, little-endian like all numbers here
    6…7            PROTOCOL of the calls (engine.contracts.learner)
    8…15           length of the header
    16…            the header: msgpack, a Call or Reply of remote.messages, told apart by its tag
    then           a segment for each array in the header, in the order of appearance

An array stands in the header as [kind, count]: the kind names one of KINDS, the count its numbers (or
samples). The header and each segment are filled up with zeros to a multiple of 8 bytes, so a decoded array
is a view into the message, aligned and read-only; nothing is copied.

Whoever decodes trusts nothing. The versions are read before the header, the header may have HEADER_CAP
bytes and must fit its types, every kind must be in KINDS and be the kind that its field asks for, and
header and segments must fill the message to the last byte. Nothing larger than the header is allocated, and
nothing is unpickled.
"""

import struct
from typing import Any, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.contracts.learner import PROTOCOL
from engine.store.sample import SAMPLE
from remote.errors import TooLargeError, VersionError, WireError
from remote.messages import Call, Reply

VERSION = 4
"""Counted up whenever the layout above changes, or what a message holds, by name."""

MAGIC = b"HNBI"
PREFIX = struct.Struct("<4sHHQ")

HEADER_CAP = 1 << 20
MESSAGE_CAP = (1 << 30) + (1 << 21)  # a snapshot of 1 GiB, and what goes round it

KINDS: dict[str, np.dtype[Any]] = {
    "u1": np.dtype("<u1"),
    "u4": np.dtype("<u4"),
    "f2": np.dtype("<f2"),
    "f4": np.dtype("<f4"),
    f"sample{SAMPLE.itemsize}": SAMPLE,  # by its size: samples of another layout are refused, not misread
}


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
