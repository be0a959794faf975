"""One connection of a client: calls go out in order at once, answers come in as futures.

Two threads: one writes from a bounded queue, one reads. Without the second, a few large calls outstanding
would lock up both sides, each waiting for the other to read. Who writes also gives a sign of life when there
is nothing else to write, so that the other side does not take the link for dead. Whatever goes wrong loses
the link: its futures fail at once, both threads end, and the descriptor is given back.
"""

import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from remote import messages, wire
from remote.connection import Channel, Connection, Stream
from remote.errors import LinkError, VersionError
from remote.handshake import prove

T = TypeVar("T")

QUEUE_CAP = 256 << 20  # bytes that may wait to go out; one message may always


@dataclass(frozen=True, eq=False)
class _Asked:
    message: bytes
    future: Future[Any]
    read: Callable[[messages.Reply], Any]


class Link:
    """A connected socket, from now on this link's own.

    `token`: what both sides must prove to know, before anything else is said. `patience`: seconds that a call
    may wait for room in the queue, and that the other side may take no byte; then the link is lost.
    `keep_alive`: seconds without a call after which a sign of life goes out; the first goes at once. `limit`:
    bytes of the largest answer. Raises LinkError if the other side does not answer, TokenError.
    """

    def __init__(
        self, sock: socket.socket, name: str, *, token: str, patience: float, keep_alive: float, limit: int
    ) -> None:
        self._stream = Stream(sock, stall=patience)
        try:
            prove(self._stream, token)
        except EOFError as error:
            self._stream.release()
            raise LinkError(f"the learner's side does not answer: {error}") from error
        except BaseException:
            self._stream.release()
            raise
        self._connection = Connection(Channel(self._stream, limit))
        self._patience, self._keep_alive = patience, keep_alive
        self._change = threading.Condition()
        self._queue: deque[_Asked] = deque()
        self._queued = 0  # bytes
        self._open: dict[Future[Any], None] = {}  # what waits for an answer
        self._tell: Callable[[Exception], None] | None = None
        self.lost: LinkError | VersionError | None = None  # why, once it is
        self._writer = threading.Thread(target=self._write, name=f"{name} writer", daemon=True)
        self._reader = threading.Thread(target=self._read, name=f"{name} reader", daemon=True)
        self._writer.start()
        self._reader.start()
        self._give_sign()  # who does not speak soon is dropped, and hello may come late

    @property
    def sent(self) -> int:
        """Bytes gone out."""
        return self._stream.sent

    @property
    def received(self) -> int:
        """Bytes come in."""
        return self._stream.received

    def ask(self, call: messages.Call, read: Callable[[messages.Reply], T]) -> Future[T]:
        """Send a call; the future holds what `read` makes of the reply.

        The future raises what the learner refused, LinkError if the link is or gets lost (VersionError if
        that is why), WireError for a call that cannot be sent. It cannot be cancelled: it is on its way.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            message = wire.encode(call)
        except Exception as error:
            future.set_exception(error)
            return future
        with self._change:
            if self._change.wait_for(partial(self._room, len(message)), self._patience) and self.lost is None:
                self._open[future] = None
                self._queue.append(_Asked(message, future, read))
                self._queued += len(message)
                self._change.notify_all()
                return future
        self.lose(TimeoutError(f"nothing went out for {self._patience:g} s"))
        future.set_exception(self._error())
        return future

    def when_lost(self, tell: Callable[[Exception], None]) -> None:
        """Call `tell` with the error once the link is lost, from any thread; at once if it is already."""
        with self._change:
            self._tell = tell
        if self.lost is not None:
            tell(self.lost)

    def lose(self, why: Exception) -> None:
        """Give the link up: every outstanding future fails now."""
        with self._change:
            if self.lost is not None:
                return
            if not isinstance(why, LinkError | VersionError):
                why = LinkError(f"the link to the learner is lost: {why}")
            self.lost = why
            failed, self._open = list(self._open), {}
            self._queue.clear()
            self._change.notify_all()
            tell = self._tell
        self._stream.close()  # before all else: this alone ends a write that the other side does not take
        for future in failed:
            future.set_exception(self._error())
        if tell:
            tell(why)

    def join(self, patience: float) -> None:
        """Wait for the threads of a lost link, which then has given its descriptor back."""
        if threading.current_thread() is not self._reader:  # a future's callback may close its client
            self._reader.join(patience)

    def _error(self) -> Exception:
        """The reason as an error of its own for each future: whoever raises it adds a traceback to it."""
        return type(self.lost)(str(self.lost)) if self.lost else LinkError("the link is sound")

    def _room(self, size: int) -> bool:
        return self.lost is not None or not self._queue or self._queued + size <= QUEUE_CAP

    def _give_sign(self) -> None:
        self.ask(messages.Ping(), partial(messages.expect, messages.Pong))

    def _write(self) -> None:
        while True:
            with self._change:
                if not self._change.wait_for(lambda: self._queue or self.lost is not None, self._keep_alive):
                    self._give_sign()
                if self.lost is not None:
                    return
                asked = self._queue.popleft()
            try:
                self._connection.ask(asked.message, partial(self._answered, asked.future, asked.read))
            except Exception as error:
                self.lose(error)
                return
            with self._change:
                self._queued -= len(asked.message)
                self._change.notify_all()

    def _read(self) -> None:
        try:
            while True:
                self._connection.serve(None)
        except Exception as error:  # the end, or a peer that breaks the rules: either way it is over
            self.lose(error)
        finally:
            self._writer.join()
            self._stream.release()

    def _answered(self, future: Future[T], read: Callable[[messages.Reply], T], answer: bytes) -> None:
        """What came back for one call; called by the thread that reads."""
        with self._change:
            if self.lost is not None:
                return
            del self._open[future]
        try:
            reply = wire.decode_reply(answer)
            if isinstance(reply, messages.Refused):
                future.set_exception(messages.error_of(reply))
            else:
                future.set_result(read(reply))
        except VersionError as error:
            future.set_exception(error)
            raise
        except Exception as error:  # whatever is made of what it says, nobody must wait for ever
            future.set_exception(LinkError(f"the link to the learner is lost: {error}"))
            raise
