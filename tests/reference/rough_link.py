"""A TCP proxy that a test can cut, freeze and slow down."""

import contextlib
import socket
import threading
import time


class RoughLink:
    """Passes on what comes to `port` to another address, until `close`.

    Attributes:
      to: that address; connections made from now on go there.
      delay: s that every piece waits, in each direction.
      up: whether new connections are taken.
      taken: connections that came so far.
    """

    def __init__(self, to: tuple[str, int]) -> None:
        self.to = to
        self.delay, self.up = 0.0, True
        self.passed = 0  # bytes
        self.taken = 0
        self._flowing = threading.Event()
        self._flowing.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._socks: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections, as a dead router does to those behind it."""
        with self._lock:
            socks, self._socks = self._socks, set()
        for sock in socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def freeze(self) -> None:
        """Let nothing through any more, without a word."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Let all through that waited."""
        self._flowing.set()

    def close(self) -> None:
        """End everything."""
        self.up = False
        self.thaw()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                self.taken += 1
                if not self.up or not self._flowing.is_set():
                    near.close()
                    continue
                far = socket.create_connection(self.to, 5.0)
                far.settimeout(None)
            except OSError:
                if self._listener.fileno() < 0:
                    return
                with contextlib.suppress(UnboundLocalError):
                    near.close()
                continue
            for sock in (near, far):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._socks |= {near, far}
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                time.sleep(self.delay)
                self._flowing.wait()
                sink.sendall(piece)
                self.passed += len(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
