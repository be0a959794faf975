"""Messages between two of our own processes, over a socket pair: tagged msgspec structs with lengths.

Nothing here is unpickled, and the other side is a child of ours: sizes are trusted.
"""

import socket
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

    def send(self, message: msgspec.Struct) -> None:
        """Send a message. Raises ConnectionError when the other side is gone."""
        body = self._encode(message)
        self._end.sendall(len(body).to_bytes(_LENGTH, "little") + body)

    def receive(self) -> T:
        """Wait for a message. Raises ConnectionError when the other side is gone."""
        length = int.from_bytes(self._exactly(_LENGTH), "little")
        return self._decoder.decode(self._exactly(length))

    def close(self) -> None:
        """Hang up."""
        self._end.close()

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            piece = self._end.recv(count - len(received))
            if not piece:
                raise ConnectionResetError("the other side hung up")
            received += piece
        return bytes(received)
