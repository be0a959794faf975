"""Unix sockets at a path: who may serve there, and how to reach whoever does.

Whoever may enter the folder may use the learner, so the folder is its owner's alone.
"""

import fcntl
import os
import socket
import stat
import time
from pathlib import Path

from engine.machine.socket_path import within_reach
from remote.errors import AddressError, LinkError, UnavailableError

ANSWER = 3.0  # s; a service that takes longer to accept is taken to be there, but not to be of use


def listen(path: Path) -> socket.socket:
    """A listening socket at `path`, mode 0600; its folder is made with mode 0700 where it is missing.

    A socket left behind is replaced. Raises UnavailableError if somebody answers there, AddressError if
    something else lies there, or if others may enter the folder.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_mode & 0o077:
        raise AddressError(f"{path.parent} can be entered by others; make it yours alone: chmod 700")
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # two services starting at once must not both find the old socket dead, and one remove the other's
        fcntl.flock(folder, fcntl.LOCK_EX)
        _remove_stale(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with within_reach(path) as short:
                listener.bind(short)
            path.chmod(0o600)
            listener.listen(128)
        except OSError as error:
            listener.close()
            raise AddressError(f"{path} cannot be served on: {error}") from error
        return listener
    finally:
        os.close(folder)


def remove(path: Path) -> None:
    """Remove the socket file of a closed listener, unless another service has taken the place."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        _remove_stale(path)
    except AddressError:
        return
    finally:
        os.close(folder)


def dial(path: Path) -> socket.socket:
    """A socket connected to the service at `path`. Raises LinkError."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(ANSWER)
    until = time.monotonic() + ANSWER
    while True:
        try:
            with within_reach(path) as short:
                sock.connect(short)
            return sock
        except OSError as error:
            # a full queue is reported at once, whatever the timeout
            if isinstance(error, BlockingIOError) and time.monotonic() < until:
                time.sleep(0.01)
                continue
            sock.close()
            raise LinkError(f"nobody answers at {path}: {error}") from error


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise AddressError(f"{path} exists and is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(ANSWER)
        try:
            with within_reach(path) as short:
                sock.connect(short)
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError as error:  # a full queue, or no right to ask: somebody is there
            kind = AddressError if isinstance(error, PermissionError) else UnavailableError
            raise kind(f"{path} is in use: {error}") from error
    raise UnavailableError(f"{path} is in use: somebody answers there")
