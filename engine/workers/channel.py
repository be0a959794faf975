"""Messages between two of our own processes, over a socket pair: tagged msgspec structs with lengths.

Nothing here is unpickled, and the other side is a child of ours: sizes are trusted.
"""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

_LENGTH = 4


class Channel(Generic[T]):
    """One end.

    Args:
      end: a connected stream socket.
      incoming: the union of what may come in.
    """

    def __init__(self, end: socket.socket, incoming: Any) -> None:
        self._end = end
        self._encode = msgspec.msgpack.Encoder().encode
        self._decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(incoming)

    def fileno(self) -> int:
        """For selectors."""
        return self._end.fileno()

    def send(self, message: msgspec.Struct, patience: float | None = None) -> None:
        """Send a message. Raises ConnectionError when the other side is gone, or deaf for long."""
        body = self._encode(message)
        with self._at_most(patience):
            self._end.sendall(len(body).to_bytes(_LENGTH, "little") + body)

    def receive(self, patience: float | None = None) -> T:
        """Wait for a message. Raises ConnectionError when the other side is gone, or is silent for long.

        Args:
          patience: s without a byte that are too long; None: wait for ever.
        """
        with self._at_most(patience):
            length = int.from_bytes(self._exactly(_LENGTH), "little")
            return self._decoder.decode(self._exactly(length))

    def close(self) -> None:
        """Hang up."""
        self._end.close()

    @contextlib.contextmanager
    def _at_most(self, patience: float | None) -> Iterator[None]:
        self._end.settimeout(patience)
        try:
            yield
        except TimeoutError:
            raise ConnectionAbortedError(f"the other side is silent for {patience:g} s") from None

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            piece = self._end.recv(count - len(received))
            if not piece:
                raise ConnectionResetError("the other side hung up")
            received += piece
        return bytes(received)
