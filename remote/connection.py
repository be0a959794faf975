"""rpyc made strict: one method, `call(bytes) -> bytes`, and nothing else, over any connected socket.

rpyc carries numbered requests and replies; all that it can do besides (references, attributes, pickles,
tracebacks, compression) is what an attacker wants of it. Three classes replace three of rpyc's:

* Stream: reads and writes whole pieces with deadlines. rpyc's own slices what it writes into 64 kB and
  copies the rest each time, which is quadratic, and waits for ever.
* Channel: packets over frames. A frame is rpyc's: length and flag, then data, then a line feed. The flag is
  0 on a packet's last frame and MORE on the others, so frames stay below FRAME_CAP and a packet may be a
  gigabyte. Compressed frames (flag 1) are refused. No frame is read before its length was found allowable.
* Connection: one side asks, the other answers. A packet must have, byte for byte, the one form that a
  request (or a reply) may have: a number, HANDLE_CALL, one value of type bytes. rpyc's parser sees nothing
  but the number, its unboxing, handlers and exceptions nothing at all. So no reference, tuple, name or
  exception of the peer's ever becomes an object. What is sent is still rpyc's protocol: a plain rpyc peer
  that asks for HANDLE_CALL with bytes is answered.

What it relies on in rpyc 6.0 (read there, not documented): that Connection.serve calls Channel.poll,
Channel.recv and then Connection._dispatch, holding _recvlock, which _dispatch gives back; _get_seq_id,
_request_callbacks, _sendlock, _local_root; brine's tags, and the numbers in consts.

Threads: one may serve a connection, and one may ask; replies may come from any thread, and a lock keeps their
packets whole. `close` may be called by anyone; it only shuts the socket down, which wakes whoever reads or
writes; whoever owns the connection calls `release` after they ended.
"""

import re
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import rpyc
from rpyc.core import brine, consts

from remote.errors import TooLargeError, WireError

FRAME_CAP = 1 << 20
MORE = 2

_TICK = 1.0  # s; how often a waiting read or write looks at its deadline


class Stream(rpyc.core.stream.Stream):  # type: ignore[misc]  # rpyc ships no types
    """A connected socket, read and written in whole pieces.

    Every wait has an end, but where it is None. All numbers are seconds:
        idle    how long nothing at all may come
        piece   how long a piece that has begun may take to come
        stall   how long not a single byte may go out
    """

    MAX_IO_CHUNK = FRAME_CAP

    def __init__(
        self, sock: socket.socket, *, idle: float | None = None, piece: float = 60.0, stall: float = 120.0
    ) -> None:
        self._sock = sock
        self.idle, self.piece, self.stall = idle, piece, stall
        self.received = self.sent = 0  # bytes
        self._closed = False
        # one constant timeout for both directions: the socket has but one, and two threads use it
        sock.settimeout(min(_TICK, stall / 4, piece / 4, idle / 4 if idle else _TICK))
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def closed(self) -> bool:
        """Whether it was shut down from this side."""
        return self._closed

    def close(self) -> None:
        """Shut down: whoever reads or writes stops at once. The descriptor stays until `release`."""
        self._closed = True
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # it was never connected, or is no more
            return

    def release(self) -> None:
        """Give the descriptor back; nobody may be reading or writing any more."""
        self.close()
        self._sock.close()

    def fileno(self) -> int:
        """The descriptor; −1 after `release`."""
        return self._sock.fileno()

    def poll(self, timeout: object) -> bool:
        """Always true: reading waits by itself, by a clock that no change of the time of day moves."""
        return True

    def read_into(self, view: memoryview, patience: float | None) -> None:
        """Fill `view`. Raises EOFError at the end, or when that takes longer than `patience` seconds."""
        until = None if patience is None else time.monotonic() + patience
        while view:
            # also when something comes: a peer that drips must not hold the line for ever
            if until is not None and time.monotonic() >= until:
                raise EOFError(f"not all of a message came within {patience:g} s")
            try:
                count = self._sock.recv_into(view)
            except TimeoutError:
                continue
            except OSError as error:
                raise EOFError(str(error)) from error
            if not count:
                raise EOFError("closed by the other side" if not self._closed else "closed by this side")
            self.received += count
            view = view[count:]

    def write(self, *parts: bytes | memoryview) -> None:
        """Send all parts. Raises EOFError if the link ends, or takes nothing for `stall` seconds."""
        views = [memoryview(part) for part in parts]
        until = time.monotonic() + self.stall
        while views:
            try:
                count = self._sock.sendmsg(views)
            except TimeoutError:
                if time.monotonic() >= until:
                    raise EOFError(f"the other side took nothing for {self.stall:g} s") from None
                continue
            except OSError as error:
                raise EOFError(str(error)) from error
            self.sent += count
            until = time.monotonic() + self.stall
            while views and count >= len(views[0]):
                count -= len(views.pop(0))
            if views:
                views[0] = views[0][count:]


class Channel(rpyc.core.channel.Channel):  # type: ignore[misc]  # rpyc ships no types
    """Packets over a stream; `limit` is the largest that may come, and may be changed."""

    __slots__ = ("_frame", "limit")

    def __init__(self, stream: Stream, limit: int) -> None:
        super().__init__(stream, compress=False)
        self.limit = limit
        self._frame = bytearray(FRAME_CAP + 1)  # the one being read, and its line feed

    def send(self, data: bytes, head: bytes = b"") -> None:
        """Send head and data as one packet, in as many frames as it needs; the data are not copied."""
        rest = memoryview(data)
        while True:
            piece, rest = rest[: FRAME_CAP - len(head)], rest[FRAME_CAP - len(head) :]
            begin = self.FRAME_HEADER.pack(len(head) + len(piece), MORE if rest else 0) + head
            self.stream.write(begin, piece, self.FLUSHER)
            if not rest:
                return
            head = b""

    def recv(self) -> memoryview:
        """The next packet; it stands until the next call.

        Raises EOFError at the end, WireError for a frame of another form, TooLargeError before anything is
        allocated for a frame that is too large, or makes its packet so.
        """
        packet = bytearray()
        header = bytearray(self.FRAME_HEADER.size)
        patience = self.stream.idle
        while True:
            self.stream.read_into(memoryview(header), patience)
            patience = self.stream.piece
            length, flag = self.FRAME_HEADER.unpack(header)
            if flag not in (0, MORE):
                raise WireError(f"a frame with flag {flag}; compressed frames are refused")
            if not 0 < length <= FRAME_CAP or len(packet) + length > self.limit:
                raise TooLargeError(
                    f"a frame of {length} bytes after {len(packet)}; "
                    f"1 to {FRAME_CAP} are allowed, {self.limit} in all"
                )
            frame = memoryview(self._frame)[: length + 1]
            self.stream.read_into(frame, patience)
            if frame[length] != self.FLUSHER[0]:
                raise WireError("a frame that does not end in a line feed")
            if flag != MORE and not packet:
                return frame[:length]
            packet += frame[:length]
            if flag != MORE:
                return memoryview(packet)


class Form:
    """How a packet begins, to the byte: kind, number, what rpyc puts round the bytes, their length."""

    NUMBER = (
        rb"([\x50-\xef]|\x16(?:"  # 0…159 in one byte; else the count of digits, and the digits
        + b"|".join(re.escape(bytes([digits])) + rb"[0-9]{%d}" % digits for digits in range(3, 20))
        + rb"))"
    )

    def __init__(self, kind: int, *inner: bytes) -> None:
        self._outer, self._inner = brine.I1.pack(kind) + brine.TAG_TUP2, b"".join(inner) + brine.TAG_STR_L4
        parts = (re.escape(self._outer), self.NUMBER, re.escape(self._inner), rb"(.{4})")
        self._pattern = re.compile(b"".join(parts), re.DOTALL)

    def head(self, number: int, length: int) -> bytes:
        """What goes before bytes of that length."""
        return b"".join((self._outer, brine.dump(number), self._inner, brine.I4.pack(length)))

    def read(self, packet: memoryview) -> tuple[int, bytes]:
        """The number and the bytes of a packet. Raises WireError for one of any other form."""
        head = self._pattern.match(packet)
        if head is None:
            raise WireError(f"a packet of another form, beginning with {bytes(packet[:16]).hex()}")
        announced, there = brine.I4.unpack(head[2])[0], len(packet) - head.end()
        if announced != there:
            raise WireError(f"a packet with {there} bytes, where {announced} are announced")
        return brine.load(head[1]), bytes(packet[head.end() :])


_VALUE = brine.TAG_TUP2 + brine.IMM_INTS[consts.LABEL_VALUE]
REQUEST = Form(consts.MSG_REQUEST, brine.TAG_TUP2, brine.IMM_INTS[consts.HANDLE_CALL], _VALUE, brine.TAG_TUP1)
"""The only request there is: (number, (HANDLE_CALL, (LABEL_VALUE, (bytes,))))."""
REPLY = Form(consts.MSG_REPLY, _VALUE)
"""The only reply there is: (number, (LABEL_VALUE, bytes))."""


class Answers(Protocol):
    """What can be reached from the other side: this one method."""

    def call(self, message: bytes, answer: Callable[[bytes], None]) -> None:
        """Take in a message; `answer` sends the answer, now or later, from any thread. It raises EOFError.

        The next message is read when this returns. Whatever it raises ends the connection, and the other
        side is not told.
        """


class Connection(rpyc.core.protocol.Connection):  # type: ignore[misc]  # rpyc ships no types
    """One side of a link: it answers, with `answers`, or it asks, without. `serve` serves."""

    def __init__(self, channel: Channel, answers: Answers | None = None) -> None:
        # said although nothing looks at most of it any more: rpyc's defaults allow, and one of them (threads)
        # comes from the environment
        config = {
            "allow_safe_attrs": False,
            "allow_exposed_attrs": False,
            "allow_getattr": False,
            "safe_attrs": frozenset(),
            "include_local_traceback": False,
            "include_local_version": False,
            "bind_threads": False,
        }
        super().__init__(answers, channel, config)

    def ask(self, message: bytes, answered: Callable[[bytes], None]) -> None:
        """Send a message; the thread that serves calls `answered(answer)`. Raises EOFError."""
        number = self._get_seq_id()
        self._request_callbacks[number] = answered
        self._transmit(REQUEST, number, message)

    def close(self) -> None:
        """Shut the link down, without asking the other side as rpyc does: it may hang."""
        self._closed = True
        self._channel.close()

    def __del__(self) -> None:
        """Nothing: whoever made the connection releases its stream."""

    @classmethod
    def _request_handlers(cls) -> dict[int, Any]:
        return {}  # none of rpyc's; the one request is handled below

    def _dispatch(self, data: memoryview) -> None:
        """Take in one packet; called by `serve`, with a lock that is to be given back."""
        self._recvlock.release()
        if self._local_root is not None:
            number, message = REQUEST.read(data)
            self._local_root.call(message, partial(self._transmit, REPLY, number))
            return
        number, answer = REPLY.read(data)
        answered = self._request_callbacks.pop(number, None)
        if answered is None:
            raise WireError(f"an answer to request {number}, which waits for none")
        answered(answer)

    def _transmit(self, form: Form, number: int, message: bytes) -> None:
        if type(message) is not bytes:
            raise TypeError(f"only bytes are sent, not {type(message).__name__}")
        with self._sendlock:
            self._channel.send(message, form.head(number, len(message)))
