"""The other direction: a laptop without a reachable address goes out to the server, and is reached back.

It asks the server's sshd to listen on Unix sockets there, of the same user, and to forward what comes in. Two
of them, each by an SSH connection of its own: the second is for signs of life, which must not wait behind a
large answer on a slow way up. When one is lost, both are dialled anew, for as long as the laptop is awake.
"""

import asyncio
import contextlib
import logging
import random
import re
import socket
import threading

import asyncssh

from remote import ssh
from remote.errors import LinkError, RemoteError
from remote.ssh import Machine, SshError

log = logging.getLogger("hanabi-gpu")

FOLDER = ".cache/hanabi-tui"
"""In the user's home on the server: where sockets lie when nothing else is said."""

NAME = "gpu.sock"
CONTROL = "-control"
"""What the name of the second socket has besides."""

FIRST, LONGEST = 0.5, 30.0
"""Seconds between two tries."""

BARRED = 300.0
"""Seconds between two tries where a person must act first."""


class Dialling:
    """Keeps a learner reachable on a server, from the moment it is made.

    Args:
      machine: the server.
      path: of the socket there; empty: `~/.cache/hanabi-tui/gpu.sock`.
      listener: where the learner listens here.
    """

    def __init__(self, machine: Machine, path: str, listener: socket.socket) -> None:
        self._machine, self._path = machine, path
        self._to = listener.getsockname()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="dialling", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the connections, and the thread."""
        with contextlib.suppress(RuntimeError):  # it ended already
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(5.0)

    def _run(self) -> None:
        self._task = self._loop.create_task(self._keep_dialled())
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.close()

    async def _keep_dialled(self) -> None:
        wait = FIRST
        while True:
            connections: list[asyncssh.SSHClientConnection] = []
            try:
                path = await self._dial(connections)
                log.info("reachable on %s at %s", self._machine, path)
                wait = FIRST
                await asyncio.wait(
                    [asyncio.ensure_future(each.wait_closed()) for each in connections],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                log.warning("the connection to %s is lost", self._machine)
            except (SshError, LinkError) as error:
                log.warning("%s", error)
                wait = BARRED if isinstance(error, SshError) else wait
            except (asyncssh.Error, OSError, RemoteError) as error:
                log.warning("%s was reached, and lost again: %s", self._machine, error)
            finally:
                for connection in connections:
                    connection.abort()
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))
            wait = min(2 * wait, LONGEST)

    async def _dial(self, connections: list[asyncssh.SSHClientConnection]) -> str:
        """Have the server listen for us; where. Appends what it opened."""
        path = self._path
        for suffix in ("", CONTROL):
            connection = await ssh.connect(self._machine)
            connections.append(connection)
            if not path:
                path = await _default_path(connection)
            await _make_room(connection, path + suffix)
            try:
                if isinstance(self._to, str):
                    await connection.forward_remote_path(path + suffix, self._to)
                else:
                    await connection.forward_remote_path_to_port(path + suffix, *self._to[:2])
            except asyncssh.ChannelListenError as error:
                raise LinkError(
                    f"{self._machine} does not listen at {path + suffix} for us: {error}. Another "
                    "socket may be left "
                    "there: remove it, or set `StreamLocalBindUnlink yes` in its sshd_config"
                ) from error
        return path


async def _default_path(connection: asyncssh.SSHClientConnection) -> str:
    found = await connection.run('printf %s "$HOME"', stdin=asyncssh.DEVNULL)
    home = str(found.stdout)
    if found.exit_status or not home.startswith("/"):
        raise LinkError("the server does not say where its home is: name the socket with --dial-path")
    return f"{home}/{FOLDER}/{NAME}"


async def _make_room(connection: asyncssh.SSHClientConnection, path: str) -> None:
    """Make the folder, private, and remove the socket that an earlier connection left."""
    folder = path.rpartition("/")[0]
    quoted_folder, quoted = (text.replace("'", "'\\''") for text in (folder, path))
    # a key that may only forward cannot do this; then the folder must be there
    await connection.run(
        f"mkdir -p -m 700 '{quoted_folder}' && test -S '{quoted}' && rm -f '{quoted}'", stdin=asyncssh.DEVNULL
    )


_TARGET = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?P<host>\[[0-9a-fA-F:.%]+\]|[^@:\s\[\]]+)(?::(?P<port>\d{1,5}))?"
)


def split_target(target: str) -> tuple[str, str, int]:
    """User, host and port of [USER@]HOST[:PORT]; an IPv6 address stands in brackets. Raises LinkError."""
    found = _TARGET.fullmatch(target)
    port = int(found["port"] or 0) if found else 0
    if not found or port > 65535:
        raise LinkError(f"{target!r} is no [USER@]HOST[:PORT], with an IPv6 address in brackets")
    return found["user"] or "", found["host"].strip("[]"), port
