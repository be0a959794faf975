"""rpyc made strict: one method, `call(bytes) -> bytes`, and nothing else, over any connected socket.

rpyc carries numbered requests and replies; all that it can do besides (references, attributes, pickles,
tracebacks, compression) is what an attacker wants of it. Three classes replace three of rpyc's:

* Stream: reads and writes whole pieces with deadlines. rpyc's own slices what it writes into 64 kB and
  copies the rest each time, which is quadratic, and waits for ever.
* Channel: packets over frames. A frame is rpyc's: length and flag, then data, then a line feed. The flag is
  0 on a packet's last frame and MORE on the others, so frames stay below FRAME_CAP and a packet may be a
  gigabyte. Compressed frames (flag 1) are refused. No frame is read before its length was found allowable.
* Connection: one side asks, the other answers. A packet is matched, byte for byte, against the only form
  that a request (or a reply) may have, before rpyc parses it: the number of the request, HANDLE_CALL, one
  value of type bytes. So no reference, tuple, name or exception of the peer's is ever made into an object.

What it relies on in rpyc 6.0 (read there, not documented): Connection.serve → Channel.poll, recv →
Connection._dispatch → _dispatch_request → _HANDLERS[…] → _send → Channel.send; _async_request(handler,
args, callback); that _dispatch gives a request's _recvlock back itself; that bytes are dumped as TAG_STR_L1
or TAG_STR_L4.

Threads: one may serve a connection (all replies come from it) and one may ask. `close` may be called by
anyone; it only shuts the socket down, which wakes both; whoever owns the connection calls `release` after
they ended.
"""

import re
import socket
import time
from collections.abc import Callable
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
            try:
                count = self._sock.recv_into(view)
            except TimeoutError:
                if until is not None and time.monotonic() >= until:
                    raise EOFError(f"nothing more came for {patience:g} s") from None
                continue
            except OSError as error:
                raise EOFError(str(error)) from error
            if not count:
                raise EOFError("closed by the other side" if not self._closed else "closed by this side")
            self.received += count
            view = view[count:]

    def write(self, data: bytes) -> None:
        """Send all of `data`. Raises EOFError if the link ends, or takes nothing for `stall` seconds."""
        view = memoryview(data)
        until = time.monotonic() + self.stall
        while view:
            try:
                count = self._sock.send(view)
            except TimeoutError:
                if time.monotonic() >= until:
                    raise EOFError(f"the other side took nothing for {self.stall:g} s") from None
                continue
            except OSError as error:
                raise EOFError(str(error)) from error
            self.sent += count
            view = view[count:]
            until = time.monotonic() + self.stall


class Channel(rpyc.core.channel.Channel):  # type: ignore[misc]  # rpyc ships no types
    """Packets over a stream; `limit` is the largest that may come, and may be changed."""

    __slots__ = ("limit",)

    def __init__(self, stream: Stream, limit: int) -> None:
        super().__init__(stream, compress=False)
        self.limit = limit

    def send(self, data: bytes) -> None:
        """Send a packet, in as many frames as it needs."""
        view = memoryview(data)
        while True:
            piece, view = view[:FRAME_CAP], view[FRAME_CAP:]
            flag = MORE if view else 0
            self.stream.write(b"".join((self.FRAME_HEADER.pack(len(piece), flag), piece, self.FLUSHER)))
            if not view:
                return

    def recv(self) -> memoryview:
        """The next packet.

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
            begin = len(packet)
            packet += bytes(length + 1)
            with memoryview(packet) as view:
                self.stream.read_into(view[begin:], patience)
            if packet.pop() != self.FLUSHER[0]:
                raise WireError("a frame that does not end in a line feed")
            if flag != MORE:
                return memoryview(packet)


def _exactly(*parts: bytes) -> bytes:
    return b"".join(map(re.escape, parts))


_NUMBER = (
    rb"(?:[\x50-\xef]|\x16(?:"  # 0…159 in one byte; else the count of digits, and the digits
    + b"|".join(re.escape(bytes([digits])) + rb"[0-9]{%d}" % digits for digits in range(3, 20))
    + rb"))"
)
_BYTES = rb"(?:\x0e(?P<short>.)|\x0f(?P<long>.{4}))"
_VALUE = _exactly(brine.TAG_TUP2, brine.IMM_INTS[consts.LABEL_VALUE])
_BEGIN = _exactly(brine.TAG_TUP2) + _NUMBER

REQUEST = re.compile(
    _exactly(brine.I1.pack(consts.MSG_REQUEST))
    + _BEGIN
    + _exactly(brine.TAG_TUP2, brine.IMM_INTS[consts.HANDLE_CALL])
    + _VALUE
    + _exactly(brine.TAG_TUP1)
    + _BYTES,
    re.DOTALL,
)
"""The head of the only request there is: (number, (HANDLE_CALL, (LABEL_VALUE, (bytes,))))."""

REPLY = re.compile(_exactly(brine.I1.pack(consts.MSG_REPLY)) + _BEGIN + _VALUE + _BYTES, re.DOTALL)
"""The head of the only reply there is: (number, (LABEL_VALUE, bytes))."""


class Answers(Protocol):
    """What can be reached from the other side: this one method."""

    def call(self, message: bytes) -> bytes:
        """The answer to a message. Whatever it raises ends the connection, and the other side is not told."""


class Connection(rpyc.core.protocol.Connection):  # type: ignore[misc]  # rpyc ships no types
    """One side of a link: it answers, with `answers`, or it asks, without."""

    def __init__(self, channel: Channel, answers: Answers | None = None) -> None:
        # all of it set, for the defaults are rpyc's, and one of them comes from the environment
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
        self._form = REQUEST if answers else REPLY

    def ask(self, message: bytes, answered: Callable[[bool, bytes], None]) -> None:
        """Send a message; `answered(False, answer)` is called by the thread that serves. Raises EOFError."""
        self._async_request(consts.HANDLE_CALL, (message,), answered)

    def close(self) -> None:
        """Shut the link down, without asking the other side as rpyc does: it may hang."""
        self._closed = True
        self._channel.close()

    def __del__(self) -> None:
        """Nothing: whoever made the connection releases its stream."""

    @classmethod
    def _request_handlers(cls) -> dict[int, Callable[..., bytes]]:
        return {consts.HANDLE_CALL: cls._handle_call}

    def _handle_call(self, message: bytes) -> bytes:
        return self._local_root.call(message)  # type: ignore[no-any-return]

    def _dispatch(self, data: memoryview) -> None:
        head = self._form.match(data)
        if head is None:
            raise WireError(f"a packet of another form, beginning with {bytes(data[:16]).hex()}")
        length = head["short"][0] if head["short"] else brine.I4.unpack(head["long"])[0]
        if len(data) - head.end() != length:
            raise WireError(f"a packet with {len(data) - head.end()} bytes, where {length} are announced")
        super()._dispatch(data)

    def _box(self, obj: Any) -> tuple[int, Any]:
        """By value, and bytes alone; rpyc would send a reference to anything else."""
        if type(obj) is not bytes and not (type(obj) is tuple and [type(part) for part in obj] == [bytes]):
            raise TypeError(f"only bytes are sent, not {type(obj).__name__}")
        return consts.LABEL_VALUE, obj

    def _unbox(self, package: tuple[int, Any]) -> Any:
        label, value = package
        if label != consts.LABEL_VALUE:
            raise WireError(f"a value with label {label}")
        return value

    def _box_exc(self, typ: object, val: BaseException, tb: object) -> Any:
        """What `call` raised ends the connection; rpyc would tell the other side all about it."""
        raise val

    def _unbox_exc(self, raw: object) -> Any:
        raise WireError("an exception by rpyc; ours come as replies")
