"""One method, bytes in and bytes out, whatever the other side sends."""

import pickle
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
import rpyc
from hypothesis import given
from hypothesis import strategies as st
from rpyc.core import brine, consts

from remote.connection import FRAME_CAP, MORE, REPLY, REQUEST, Channel, Connection, Stream
from remote.errors import TooLargeError, WireError


class Reverse:
    """Answers each message with its bytes in reverse, and keeps it."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    def call(self, message: bytes, answer: Callable[[bytes], None]) -> None:
        self.got.append(message)
        if message == b"fail":
            raise WireError("no")
        answer(message[::-1])


class Ends:
    """A connection that answers, served by a thread, and the socket that leads to it."""

    def __init__(self) -> None:
        self.outside, inside = socket.socketpair()
        self.outside.settimeout(10.0)
        self.root = Reverse()
        self.stream = Stream(inside, idle=5.0, piece=0.4)
        self.connection = Connection(Channel(self.stream, 5 << 20), self.root)
        self.end: BaseException | None = None
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        try:
            while True:
                self.connection.serve(None)
        except (EOFError, WireError, TypeError) as error:
            self.end = error
        finally:
            self.stream.release()

    def close(self) -> None:
        self.stream.close()
        self.thread.join(10.0)
        self.outside.close()

    def ended(self) -> BaseException | None:
        self.thread.join(10.0)
        assert not self.thread.is_alive()
        return self.end


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.close()


def frame(data: bytes, flag: int = 0) -> bytes:
    return struct.pack("!LB", len(data), flag) + data + b"\n"


def request(
    handler: int, args: object, label: int = consts.LABEL_VALUE, kind: int = consts.MSG_REQUEST
) -> bytes:
    return frame(bytes([kind]) + brine.dump((0, (handler, (label, args)))))


def asking(sock: socket.socket) -> Connection:
    return Connection(Channel(Stream(sock), 5 << 20))


@pytest.mark.parametrize("size", [0, 1, 5, 300, FRAME_CAP - 100, FRAME_CAP, FRAME_CAP + 1, 3 * FRAME_CAP + 7])
def test_a_call_of_any_size_is_answered(ends, size) -> None:
    message = bytes(i % 251 for i in range(257)) * (size // 257 + 1)
    answers: list[bytes] = []
    connection = asking(ends.outside)
    connection.ask(message[:size], answers.append)
    connection.serve(None)
    assert answers == [message[:size][::-1]]
    assert [type(got) for got in ends.root.got] == [bytes]


def test_a_thousand_calls_keep_their_numbers(ends) -> None:
    connection = asking(ends.outside)
    answers: list[bytes] = []
    for number in range(1000):
        connection.ask(b"%d" % number, answers.append)
        connection.serve(None)
    assert answers == [(b"%d" % number)[::-1] for number in range(1000)]


def test_a_plain_rpyc_peer_is_answered_so_this_is_still_rpyc(ends) -> None:
    stream = rpyc.core.stream.SocketStream(ends.outside)
    peer = rpyc.core.protocol.Connection(
        rpyc.VoidService(), rpyc.core.channel.Channel(stream, compress=False)
    )
    assert peer.sync_request(consts.HANDLE_CALL, b"ab" * 500) == b"ba" * 500
    with pytest.raises(EOFError):
        peer.root.call(b"x")
    assert isinstance(ends.ended(), WireError)


@pytest.mark.parametrize("handler", [h for h in range(1, 21) if h != consts.HANDLE_CALL])
def test_no_other_handler_can_be_reached(ends, handler) -> None:
    ends.outside.sendall(request(handler, (b"x" * 300,)))
    assert isinstance(ends.ended(), WireError)
    assert ends.outside.recv(100) == b""  # not a byte, let alone a traceback
    assert ends.root.got == []


REFERENCE = ("builtins.type", 1, 2)
MESSAGE = b"m" * 300


@pytest.mark.parametrize(
    "packet",
    [
        request(consts.HANDLE_CALL, REFERENCE, consts.LABEL_LOCAL_REF),
        request(consts.HANDLE_CALL, REFERENCE, consts.LABEL_REMOTE_REF),
        request(consts.HANDLE_CALL, ((consts.LABEL_REMOTE_REF, REFERENCE),), consts.LABEL_TUPLE),
        request(consts.HANDLE_CALL, (MESSAGE, MESSAGE)),
        request(consts.HANDLE_CALL, ()),
        request(consts.HANDLE_CALL, ("m" * 300,)),
        request(consts.HANDLE_CALL, MESSAGE),
        request(consts.HANDLE_CALL, ((MESSAGE,),)),
        request(consts.HANDLE_CALL, (MESSAGE,), kind=consts.MSG_REPLY),
        request(consts.HANDLE_CALL, (MESSAGE,), kind=consts.MSG_EXCEPTION),
        request(consts.HANDLE_CALL, (MESSAGE,), kind=0),
        request(consts.HANDLE_PICKLE, (MESSAGE, 4)),
        frame(bytes([consts.MSG_EXCEPTION]) + brine.dump((0, (("os", "system"), ("true",), (), "")))),
        frame(REQUEST.head(-5, 300) + MESSAGE),
        frame(REQUEST.head(0, 301) + MESSAGE),
        frame(REQUEST.head(0, 299) + MESSAGE),
        frame(REQUEST.head(0, 2**32 - 1) + MESSAGE),
        frame(REQUEST.head(0, 300)),
        frame(REQUEST.head(0, 300).replace(b"W", b"\x16\x01\x37") + MESSAGE),
        frame(pickle.dumps({"a": 1})),
        frame(brine.TAG_TUP1 * 100_000),
        frame(b"\x01" + brine.TAG_TUP_L4 + b"\xff\xff\xff\xff" + brine.TAG_EMPTY_TUPLE * 1000),
        frame(zlib.compress(bytes(10 << 20)), flag=1),
        frame(REQUEST.head(0, 300) + MESSAGE, flag=1),
        frame(REQUEST.head(0, 300) + MESSAGE, flag=255),
        frame(b""),
        frame(REQUEST.head(0, 300) + MESSAGE)[:-1] + b"x",
        struct.pack("!LB", FRAME_CAP + 1, 0),
        struct.pack("!LB", 2**32 - 1, 0),
        frame(bytes(FRAME_CAP), MORE) * 6,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
    ],
    ids=range(32),
)
def test_bytes_of_another_form_end_the_connection_and_nothing_else(ends, packet) -> None:
    try:
        ends.outside.sendall(packet)
        assert ends.outside.recv(100) == b""
    except ConnectionError:  # it hung up before it had read all
        pass
    assert isinstance(ends.ended(), WireError)
    assert ends.root.got == []


def test_an_error_of_the_method_ends_the_connection_and_tells_nothing(ends) -> None:
    connection = asking(ends.outside)
    connection.ask(b"fail", lambda answer: None)
    with pytest.raises(EOFError):
        connection.serve(None)
    assert str(ends.ended()) == "no"


def test_a_message_that_stops_halfway_is_given_up(ends) -> None:
    ends.outside.sendall(frame(REQUEST.head(0, 300) + MESSAGE)[:-20])
    began = time.monotonic()
    assert "not all of a message came within 0.4 s" in str(ends.ended())
    assert time.monotonic() - began < 2.0


def test_a_message_that_drips_is_given_up_too(ends) -> None:
    ends.outside.sendall(frame(REQUEST.head(0, 300) + MESSAGE)[:20])
    began = time.monotonic()
    with pytest.raises(OSError):  # a broken pipe or a reset, as the system likes
        while time.monotonic() - began < 10.0:
            ends.outside.sendall(b"m")
            time.sleep(0.02)
    assert time.monotonic() - began < 2.0


def test_nothing_is_allocated_for_a_length_that_is_only_claimed() -> None:
    outside, inside = socket.socketpair()
    channel = Channel(Stream(inside), 1 << 30)
    outside.sendall(struct.pack("!LB", 2**32 - 1, MORE))
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            channel.recv()
        assert tracemalloc.get_traced_memory()[1] < 1 << 16
    finally:
        tracemalloc.stop()
        outside.close()
        inside.close()


def test_a_write_that_nobody_takes_ends_when_the_stream_is_closed() -> None:
    outside, inside = socket.socketpair()
    stream = Stream(inside)
    threading.Timer(0.2, stream.close).start()
    began = time.monotonic()
    with pytest.raises(EOFError):
        stream.write(bytes(50 << 20))
    assert time.monotonic() - began < 2.0
    stream.release()
    outside.close()


def test_a_write_that_nobody_takes_ends_by_itself_too() -> None:
    outside, inside = socket.socketpair()
    stream = Stream(inside, stall=0.2)
    with pytest.raises(EOFError, match=r"took nothing for 0\.2 s"):
        stream.write(bytes(50 << 20))
    stream.release()
    outside.close()


def test_only_bytes_are_sent(ends) -> None:
    connection = asking(ends.outside)
    for thing in (bytearray(b"x"), memoryview(b"x"), "x", None):
        with pytest.raises(TypeError, match="only bytes"):
            connection.ask(thing, lambda answer: None)


def test_an_answer_to_nothing_is_refused(ends) -> None:
    inside, outside = socket.socketpair()
    connection = asking(inside)
    outside.sendall(frame(REPLY.head(3, 2) + b"ok"))
    with pytest.raises(WireError, match="request 3, which waits for none"):
        connection.serve(None)
    inside.close()
    outside.close()


def test_it_works_over_tcp_without_delay() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        outside = socket.create_connection(listener.getsockname())
        inside, _ = listener.accept()
        stream = Stream(inside)
        assert inside.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        threading.Thread(target=lambda: Connection(Channel(stream, 99), Reverse()).serve(None)).start()
        answers: list[bytes] = []
        connection = asking(outside)
        connection.ask(b"abc", answers.append)
        connection.serve(None)
        assert answers == [b"cba"]
        inside.close()
        outside.close()


@given(st.integers(0, 10**19 - 1), st.binary(max_size=300))
def test_what_a_form_makes_it_reads_and_so_does_rpyc(number, data) -> None:
    packet = REQUEST.head(number, len(data)) + data
    assert REQUEST.read(memoryview(packet)) == (number, data)
    assert brine.load(packet[1:]) == (number, (consts.HANDLE_CALL, (consts.LABEL_VALUE, (data,))))
    packet = REPLY.head(number, len(data)) + data
    assert REPLY.read(memoryview(packet)) == (number, data)
    assert brine.load(packet[1:]) == (number, (consts.LABEL_VALUE, data))


@given(st.binary(max_size=60))
def test_no_packet_does_anything_but_be_refused(data) -> None:
    for form in (REQUEST, REPLY):
        with pytest.raises(WireError):
            form.read(memoryview(data))


@given(st.binary(max_size=100))
def test_no_bytes_on_a_channel_do_anything_but_end_it(data) -> None:
    outside, inside = socket.socketpair()
    with outside, inside:
        outside.sendall(data)
        outside.shutdown(socket.SHUT_WR)
        channel = Channel(Stream(inside), 1 << 20)
        with pytest.raises((EOFError, WireError)):
            while True:
                channel.recv()
