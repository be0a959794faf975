"""The tunnel: connections through SSH to a learner that listens on another machine, as plain sockets here.

Each connection has an SSH connection of its own: what is bulky on one never keeps a heartbeat on the other
waiting. All live on one event loop in a thread of its own, whatever number of links come and go, so nothing
is left behind by one that was lost. What a socket's other end gives is passed on by asyncssh's forwarder,
with pauses where a side is slow; when either end closes, the SSH connection is dropped.
"""

import asyncio
import contextlib
import shlex
import socket
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import asyncssh
from asyncssh.forward import SSHForwarder

from remote import ssh
from remote.errors import LinkError, SshError
from remote.machine import Machine

T = TypeVar("T")

WINDOW, PACKET = 1 << 21, 1 << 15
"""Bytes that may be on their way at once, and in one packet."""


class Tunnel:
    """The way to a learner on another machine.

    Args:
      machine: reached by SSH.
      to: where the learner listens there: (host, port), or the path of a Unix socket.
      start: a command that starts it there, where nothing listens; empty: none.
    """

    def __init__(self, machine: Machine, to: tuple[str, int] | str, start: str = "") -> None:
        self.machine, self.to, self._start = machine, to, start
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="tunnel", daemon=True)
        self._thread.start()

    def dial(self) -> socket.socket:
        """A socket connected to the learner. Raises LinkError, SshError."""
        return self._wait(self._dial())

    def close(self) -> None:
        """End everything, and the thread."""
        if not self._thread.is_alive():
            return
        with contextlib.suppress(LinkError):
            self._wait(self._drop_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(ssh.DIALLING)
        except TimeoutError:
            future.cancel()
            raise LinkError(f"{self.machine} took longer than {ssh.DIALLING:g} s") from None

    async def _drop_all(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _dial(self) -> socket.socket:
        connection = await ssh.connect(self.machine)
        try:
            far, channel = await self._open(connection)
            ours, theirs = socket.socketpair()
            await self._loop.create_connection(lambda: _Near(far, connection), sock=ours)
        except BaseException:
            connection.abort()
            raise
        task = self._loop.create_task(_until_closed(connection, channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return theirs

    async def _open(self, connection: asyncssh.SSHClientConnection) -> tuple[SSHForwarder, Any]:
        sizes: dict[str, Any] = {"window": WINDOW, "max_pktsize": PACKET}
        there: Any = connection  # asyncssh's types do not know that its forwarder is a session
        try:
            if isinstance(self.to, str):
                channel, far = await there.create_unix_connection(SSHForwarder, self.to, **sizes)
            else:
                channel, far = await there.create_connection(SSHForwarder, *self.to, **sizes)
        except asyncssh.ChannelOpenError as error:
            if error.code != asyncssh.OPEN_CONNECT_FAILED:
                raise SshError(
                    f"{self.machine} is reached, but does not forward to {_shown(self.to)}: "
                    f"{error.reason}. Does "
                    "its sshd_config, or the key's line in authorized_keys, allow that?"
                ) from error
            await self._start_learner(connection)
            raise LinkError(
                f"{self.machine} is reached, but nobody answers at {_shown(self.to)} there ({error.reason}); "
                + ("it was told to start: " + self._start if self._start else "is hanabi-gpu running there?")
            ) from error
        except (asyncssh.Error, OSError) as error:
            raise LinkError(f"{self.machine} was reached, and lost again: {error}") from error
        return far, channel

    async def _start_learner(self, connection: asyncssh.SSHClientConnection) -> None:
        if self._start:
            # it outlives this connection; what it says goes to a file there
            command = f"nohup sh -c {shlex.quote(self._start)} >> ~/hanabi-gpu.log 2>&1 < /dev/null &"
            with contextlib.suppress(asyncssh.Error, OSError):
                nothing = asyncssh.DEVNULL
                await connection.run(command, stdin=nothing, stdout=nothing, stderr=nothing)


class _Near(SSHForwarder):
    """The near end of a channel: when it ends, the connection does, whether the far side listens or not."""

    def __init__(self, far: SSHForwarder, connection: asyncssh.SSHClientConnection) -> None:
        super().__init__(far)
        self._connection = connection

    def eof_received(self) -> bool:
        self._connection.abort()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.abort()


async def _until_closed(connection: asyncssh.SSHClientConnection, channel: Any) -> None:
    try:
        await channel.wait_closed()
    finally:
        connection.abort()  # asks nobody, who may be gone
        await connection.wait_closed()


def _shown(to: tuple[str, int] | str) -> str:
    return to if isinstance(to, str) else f"{to[0]}:{to[1]}"
