"""A client of a run's `control.sock`, as the run's end sees it, and what it was not yet sent."""

import select
import socket
from collections import deque

from engine.control.messages import LONGEST, Missed, encode

WAITING = 1 << 20
"""Bytes that may wait for a client that does not read; then it misses news."""


class Client:
    """A client that nobody waits for.

    Attributes:
      connection: to it.
      follows: whether it wants to hear the news.
      owed: answers that it waits for.
      ended: whether it has said all that it will say; it may still listen, as what a pipe feeds does.
      waiting: lines that it was not yet sent.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(0)
        self.connection = connection
        self.follows = self.ended = False
        self.owed = 0
        self.waiting: deque[bytes] = deque()
        self._heard = b""
        self._size = self._missed = 0

    def put(self, line: bytes) -> None:
        """Have it sent a line."""
        self.waiting.append(line)
        self._size += len(line)

    def put_news(self, line: bytes) -> None:
        """Have it sent a line, unless it is too far behind: then it is told later how many it missed."""
        if self._missed or self._size > WAITING:
            self._missed += 1
        else:
            self.put(line)

    def read(self) -> list[bytes]:
        """The lines that it ended by now. Raises OSError where it went away, or says more than may be."""
        try:
            heard = self.connection.recv(LONGEST)
        except BlockingIOError:
            return []
        if not heard:
            if _hung_up(self.connection):
                raise ConnectionResetError
            self.ended = True
            return [self._heard] if self._heard else []
        *lines, self._heard = (self._heard + heard).split(b"\n")
        if len(self._heard) > LONGEST or self._size > 2 * WAITING:
            raise ConnectionResetError  # it never ends a line, or asks and asks and reads nothing
        return lines

    @property
    def done(self) -> bool:
        """Whether there is nothing more to say, on either side."""
        return self.ended and not (self.follows or self.owed or self.waiting)

    def write(self) -> None:
        """Send what it takes now. Raises OSError where it went away."""
        while self.waiting:
            line = self.waiting[0]
            try:
                sent = self.connection.send(line)
            except BlockingIOError:
                return
            self._size -= sent
            if sent < len(line):
                self.waiting[0] = line[sent:]
                return
            self.waiting.popleft()
            if not self.waiting and self._missed:
                self.put(encode(Missed(count=self._missed)))
                self._missed = 0


def _hung_up(connection: socket.socket) -> bool:
    """Whether the other end neither speaks nor listens any more."""
    poll = select.poll()
    poll.register(connection, 0)  # that it hung up is told unasked
    return bool(poll.poll(0))
