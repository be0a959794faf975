"""A service manager's end of the socket that programs tell it of themselves on, for tests."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def notify_socket(folder: Path, timeout: float = 0.0) -> Iterator[socket.socket]:
    """It is bound to `folder / "notify"`; waits for `timeout` (s) at most."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(folder / "notify"))
        listener.settimeout(timeout)
        yield listener


def heard(manager: socket.socket) -> list[str]:
    """All that came since, of a manager that does not wait."""
    found = []
    while True:
        try:
            found.append(manager.recv(4096).decode())
        except BlockingIOError:
            return found
