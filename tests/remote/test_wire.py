"""Frames, without sockets."""

import struct
import tracemalloc

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import GREETING, samples, step

from engine.contracts.learner import (
    PROTOCOL,
    GapError,
    LearnerError,
    MismatchError,
    NotLoadedError,
    Status,
    Trained,
    Weights,
    Welcome,
)
from remote import messages, wire
from remote.errors import BrokenError, HeldError, RemoteError, TooLargeError, VersionError, WireError

WELCOME = Welcome(run="run-1", device="cpu", incarnation="a", step=5, digest="d", mirrored=(3, 9))
STATUS = Status(device="cpu", step=5, uptime=1.5, memory=10, temperature=70.5)

CALLS = [
    messages.Ping(),
    messages.Hello("me", GREETING),
    messages.Load(np.zeros(0, np.uint8)),
    messages.Load(np.arange(13, dtype=np.uint8)),
    messages.Extend(7, samples(3)),
    messages.Train((step(1, 3), step(2, 0), step(3, 5))),
    messages.Train(()),
    messages.AskWeights(-1, average=True),
    messages.AskSnapshot(),
    messages.AskStatus(),
]
REPLIES = [
    messages.Pong(),
    messages.Stands(WELCOME),
    messages.Done(),
    messages.Made((Trained(number=1, loss=0.5, belief_loss=float("inf"), gradient_norm=2.0),)),
    messages.WeightsSent(None),
    messages.WeightsSent(Weights(step=3, flat=np.linspace(0, 1, 7, dtype=np.float32))),
    messages.SnapshotSent(3, "digest", np.arange(9, dtype=np.uint8)),
    messages.StatusSent(STATUS),
    messages.Refused("gap", "step 3 asked for"),
]


def plain(value):
    """A message as what can be compared."""
    if isinstance(value, msgspec.Struct):
        return type(value).__name__, plain(msgspec.structs.asdict(value))
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return (value.dtype, value.tobytes()) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("call", CALLS, ids=lambda call: type(call).__name__)
def test_a_call_comes_out_as_it_went_in(call) -> None:
    assert plain(wire.decode_call(wire.encode(call))) == plain(call)


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_a_reply_comes_out_as_it_went_in(reply) -> None:
    assert plain(wire.decode_reply(wire.encode(reply))) == plain(reply)


def test_a_call_is_no_reply() -> None:
    with pytest.raises(WireError, match="no message"):
        wire.decode_reply(wire.encode(messages.Ping()))


def test_arrays_are_aligned_read_only_views_of_the_message() -> None:
    message = wire.encode(messages.Train((step(1, 3), step(2, 5))))
    for read in wire.decode_call(message).steps:
        assert not read.slots.flags.writeable
        assert read.slots.ctypes.data % 8 == 0
        assert np.shares_memory(read.slots, np.frombuffer(message, np.uint8))


def test_strided_arrays_are_sent_as_what_they_show() -> None:
    sent = wire.decode_call(wire.encode(messages.Extend(0, samples(10)[::3])))
    assert (sent.samples == samples(10)[::3]).all()


def test_numbers_of_numpy_are_sent_as_numbers() -> None:
    assert wire.decode_call(wire.encode(messages.AskWeights(np.int64(5), average=False))).newer_than == 5


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 2), np.uint8), np.array([object()])])
def test_other_arrays_are_not_sent(array) -> None:
    with pytest.raises(WireError, match="cannot be sent"):
        wire.encode(messages.Load(array))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MismatchError("x"), MismatchError),
        (GapError("x"), GapError),
        (NotLoadedError("x"), NotLoadedError),
        (LearnerError("x"), LearnerError),
        (HeldError("x"), HeldError),
        (VersionError("x"), VersionError),
    ],
)
def test_a_refusal_is_raised_again_as_what_it_was(error, kind) -> None:
    again = messages.error_of(wire.decode_reply(wire.encode(messages.refusal(error))))
    assert type(again) is kind
    assert str(again) == "x"


def test_an_error_nobody_foresaw_says_what_it_was_and_no_more() -> None:
    again = messages.error_of(messages.refusal(ZeroDivisionError("y" * 5000)))
    assert type(again) is BrokenError
    assert str(again).startswith("ZeroDivisionError: yyy")
    assert len(str(again)) == messages.TEXT_CAP


def message(
    header: bytes, rest: bytes = b"", *, magic=wire.MAGIC, version=wire.VERSION, length=None
) -> bytes:
    length = len(header) if length is None else length
    prefix = wire.PREFIX.pack(magic, version, PROTOCOL, length)
    return prefix + header + bytes(-len(header) % 8) + rest


def load(kind: object, count: object) -> bytes:
    return msgspec.msgpack.encode({"type": "Load", "snapshot": [kind, count]})


@pytest.mark.parametrize(
    ("data", "kind", "text"),
    [
        (b"", WireError, "the shortest"),
        (b"x" * 15, WireError, "the shortest"),
        (message(b"", magic=b"HTTP"), WireError, "not with b'HTTP'"),
        (message(b"", version=9), VersionError, f"protocol {PROTOCOL}, the other wire version 9"),
        (message(b"", length=wire.HEADER_CAP + 1), TooLargeError, "header of 1048577"),
        (message(b"", length=2**63), TooLargeError, "header of"),
        (message(b"", length=8), WireError, "a header of 8 bytes in"),
        (message(b""), WireError, "no message"),
        (message(b"\xc1" * 8), WireError, "no message"),
        (message(b"\x91" * 5000), WireError, "no message"),
        (message(msgspec.msgpack.encode({"type": "Pickle"})), WireError, "no message"),
        (message(msgspec.msgpack.encode({"type": "Ping", "more": 1})), WireError, "no message"),
        (message(load("O", 1), bytes(8)), WireError, "unknown kind 'O'"),
        (message(load("f8", 1), bytes(8)), WireError, "unknown kind 'f8'"),
        (message(load("f4", 2), bytes(8)), WireError, "f4 where uint8 is wanted"),
        (message(load("u1", 9), bytes(8)), WireError, "9 × 1 bytes"),
        (message(load("u1", 2**62), bytes(8)), WireError, "bytes from"),
        (message(load("u1", -8), bytes(8)), WireError, "bytes from"),
        (message(load("u1", None), bytes(8)), WireError, "is \\[kind, count\\]"),
        (message(load("u1", 8), bytes(16)), WireError, "announces"),
        (message(load("u1", 7), bytes(7)), WireError, "announces"),
        (message(msgspec.msgpack.encode({"type": "Load", "snapshot": "x"})), WireError, "is \\[kind, count"),
    ],
    ids=range(22),
)
def test_bytes_that_are_no_message_are_refused(data, kind, text) -> None:
    with pytest.raises(kind, match=text):
        wire.decode_call(data)


def test_nothing_is_allocated_for_what_is_only_announced() -> None:
    tracemalloc.start()
    try:
        for data in (message(load("u1", 2**40)), message(b"", length=2**40)):
            with pytest.raises(WireError):
                wire.decode_call(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_another_version_is_also_a_mismatch_so_that_nobody_tries_again() -> None:
    assert issubclass(VersionError, MismatchError)


def test_too_large_a_message_is_not_sent(monkeypatch) -> None:
    monkeypatch.setattr(wire, "MESSAGE_CAP", 1000)
    with pytest.raises(TooLargeError, match="at most 1000"):
        wire.encode(messages.Load(np.zeros(1000, np.uint8)))
    with pytest.raises(TooLargeError, match="at most 1000"):
        wire.decode_call(bytes(1001))


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_be_refused(data) -> None:
    for decode in (wire.decode_call, wire.decode_reply):
        with pytest.raises(RemoteError):
            decode(data)


@given(st.binary(max_size=200), st.binary(max_size=64))
def test_no_header_does_anything_but_be_refused(header, rest) -> None:
    with pytest.raises(WireError):
        wire.decode_call(message(header, rest))


@given(st.sampled_from(CALLS), st.data())
def test_a_damaged_message_is_refused_or_is_another_sound_one(call, data) -> None:
    damaged = bytearray(wire.encode(call))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([0, 0, 1, 8, len(damaged) // 2]))
    try:
        read = wire.decode_call(bytes(damaged[: len(damaged) - cut]))
    except WireError:
        return
    assert wire.decode_call(wire.encode(read))


def test_the_prefix_is_as_the_table_says() -> None:
    message = wire.encode(messages.AskSnapshot())
    assert struct.unpack_from("<4sHHQ", message) == (b"HNBI", wire.VERSION, PROTOCOL, 18)
    assert len(message) == 16 + 24  # the header, filled up to a multiple of 8
