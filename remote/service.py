"""The service: lends a learner to whoever connects to a listening socket.

A thread accepts, and each connection has a thread that reads and, when the learner is asked for anything,
one that replies (`remote.replies`); a thread besides them runs the learner (`remote.session`). So status is
told while it trains, and the next calls are read. There may be only so many connections, and a
connection is dropped that does not speak soon, that stays silent, or that stops within a message. When
there is no room, the oldest connection that has not spoken yet makes some: strangers who only connect
cannot lock a run out.
"""

import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from engine.contracts.learner import BarredError
from remote import wire
from remote.connection import Channel, Connection, Stream
from remote.errors import RemoteError
from remote.handshake import demand
from remote.session import Hold, ServedLearner, Session

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a peer may do. Times are seconds."""

    connections: int = 16
    speak: float = 5.0  # until the first message must have come
    idle: float = 30.0  # between two messages; clients ping more often
    piece: float = 60.0  # for a frame that has begun
    stall: float = 30.0  # without taking a byte of a reply
    stranger: int = 1 << 16  # bytes of a message before hello was answered
    message: int = wire.MESSAGE_CAP + (1 << 10)  # afterwards; rpyc adds a few bytes


class Service:
    """Serves `learner` on `listener` from the moment it is made until `close`, to those who know `token`.

    Calls `broken` when the learner failed in a way that nobody foresaw.
    """

    def __init__(
        self,
        learner: ServedLearner,
        listener: socket.socket,
        limits: Limits | None = None,
        token: str = "",
        broken: Callable[[], None] = lambda: None,
    ) -> None:
        self._learner, self._listener, self._token, self._broken = learner, listener, token, broken
        self._limits = limits or Limits()
        self._thread = ThreadPoolExecutor(1, "learner")
        self._hold = Hold()
        self._lock = threading.Lock()
        self._peers: dict[_Peer, None] = {}  # in the order they came
        self._closing = False
        listener.settimeout(0)
        self._wake, self._woken = socket.socketpair()  # closing a listener does not wake who waits at it
        self._accepting = threading.Thread(target=self._accept, name="service", daemon=True)
        self._accepting.start()

    @property
    def busy(self) -> float | None:
        """For how long the call in progress has been going on, s; None: there is none."""
        return self._hold.busy

    def close(self, patience: float = 10.0) -> bool:
        """End all connections; whether the call in progress ended too, within that many seconds."""
        self._closing = True
        self._wake.close()
        self._accepting.join()
        self._listener.close()
        self._woken.close()
        with self._lock:
            peers = list(self._peers)
        for peer in peers:
            peer.stream.close()
        self._thread.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + patience
        for peer in peers:
            peer.thread.join(max(0.0, until - time.monotonic()))
        return not any(peer.thread.is_alive() for peer in peers)

    def _accept(self) -> None:
        while not self._closing:
            select.select([self._listener, self._woken], [], [])
            try:
                sock, _ = self._listener.accept()
            except BlockingIOError:  # it changed its mind, or the service closes
                continue
            except OSError as error:
                log.warning("a connection could not be accepted: %s", error)
                threading.Event().wait(0.1)  # out of descriptors, say: do not spin
                continue
            try:
                self._admit(sock)
            except Exception as error:  # no thread to be had, say; others are served on
                log.warning("a connection could not be served: %s", error)
                sock.close()

    def _admit(self, sock: socket.socket) -> None:
        with self._lock:
            if len(self._peers) >= self._limits.connections:
                silent = next((peer for peer in self._peers if not peer.session.heard), None)
                if silent is None:
                    log.warning("a connection is refused: there are %d already", len(self._peers))
                    sock.close()
                    return
                del self._peers[silent]
                silent.stream.close()
            peer = _Peer(self, sock)
            peer.thread.start()
            self._peers[peer] = None


class _Peer:
    """One connection, and the thread that reads from it."""

    def __init__(self, service: Service, sock: socket.socket) -> None:
        self._service, limits = service, service._limits
        self.stream = Stream(sock, idle=limits.speak, piece=limits.piece, stall=limits.stall)
        self._channel = Channel(self.stream, limits.stranger)
        self.session = Session(
            service._learner,
            service._thread,
            service._hold,
            self.stream.close,
            self._trust,
            service._broken,
        )
        self.thread = threading.Thread(target=self._attend, name="peer", daemon=True)

    def _trust(self) -> None:
        self._channel.limit = self._service._limits.message

    def _attend(self) -> None:
        try:
            demand(self.stream, self._service._token)
            connection = Connection(self._channel, self.session)
            while True:
                connection.serve(None)
                self.stream.idle = self._service._limits.idle
        except EOFError as end:
            log.debug("a connection ended: %s", end)
        except (RemoteError, BarredError, TypeError, ValueError) as error:
            log.warning("a connection is dropped: %s", error)
        finally:
            self.session.end()
            with self._service._lock:
                self._service._peers.pop(self, None)
            self.stream.release()
