"""The other direction: a laptop without a reachable address goes out to the server, and is reached back.

It asks the server's sshd to listen on Unix sockets there, of the same user, and to forward what comes in. Two
of them, each by an SSH connection of its own: the second is for signs of life, which must not wait behind a
large answer on a slow way up. When one is lost, both are dialled anew, for as long as the laptop is awake.
"""

import asyncio
import contextlib
import logging
import shlex
import socket
import threading

import asyncssh

from engine.machine.backoff import Backoff
from remote import ssh
from remote.errors import LinkError, RemoteError, SshError
from remote.handshake import MAGIC, opening
from remote.machine import Machine

log = logging.getLogger("hanabi-gpu")

FOLDER = ".cache/hanabi-tui"
"""In the user's home on the server: where sockets lie when nothing else is said."""

NAME = "gpu.sock"
CONTROL = "-control"
"""What the name of the second socket has besides."""

ALIVE, SILENT = 2.0, 3
"""Seconds between two questions whether the server is there, and how many may have no answer.

They go by the connection that carries only signs of life: a snapshot on a slow way keeps no answer from them.
"""

ANSWERING = 3.0
"""Seconds that a learner at a socket has to answer."""


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
        backoff = Backoff()
        while True:
            barred = False
            connections: list[asyncssh.SSHClientConnection] = []
            try:
                path = await self._dial(connections)
                log.info("reachable on %s at %s", self._machine, path)
                backoff.reset()
                await asyncio.wait(
                    [asyncio.ensure_future(each.wait_closed()) for each in connections],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                log.warning("the connection to %s is lost", self._machine)
            except (SshError, LinkError) as error:
                log.warning("%s", error)
                barred = isinstance(error, SshError)
            except (asyncssh.Error, OSError, RemoteError) as error:
                log.warning("%s was reached, and lost again: %s", self._machine, error)
            except Exception:  # whatever it is, the laptop is to be reachable again
                log.exception("dialling %s failed in a way that nobody foresaw; tried again", self._machine)
            finally:
                for connection in connections:
                    connection.abort()  # asks nobody, who may be gone
                    await connection.wait_closed()
            await asyncio.sleep(backoff.next(barred=barred))

    async def _dial(self, connections: list[asyncssh.SSHClientConnection]) -> str:
        """Have the server listen for us; where. Appends what it opened."""
        path = self._path
        for suffix in ("", CONTROL):
            try:
                async with asyncio.timeout(ssh.DIALLING):
                    connection = await ssh.connect(self._machine)
                    connections.append(connection)
                    path = path or await _default_path(connection)
                    await self._listen(connection, path + suffix)
                    if suffix == CONTROL:
                        connection.set_keepalive(ALIVE, SILENT)
            except TimeoutError:
                raise LinkError(
                    f"{self._machine} took longer than {ssh.DIALLING:g} s: does a login shell hang there "
                    f"(ssh {self._machine.host} true)?"
                ) from None
        return path

    async def _listen(self, connection: asyncssh.SSHClientConnection, path: str) -> None:
        """Have the server listen at a path for us."""
        if await _answers(connection, path):
            raise LinkError(
                f"another learner answers at {path} on {self._machine}: this one is reachable when that "
                "one is gone, or at another socket (--dial-path here, gpu_socket there)"
            )
        made = await _make_room(connection, path)
        try:
            if isinstance(self._to, str):
                await connection.forward_remote_path(path, self._to)
            else:
                await connection.forward_remote_path_to_port(path, *self._to[:2])
        except asyncssh.ChannelListenError as error:
            causes = (
                "does its sshd_config forbid that (AllowStreamLocalForwarding, DisableForwarding), or the "
                "key's line in authorized_keys (`restrict` without `port-forwarding`)?"
            )
            if not made:
                causes += (
                    " Else its folder may be missing, or another socket left there: make the one and remove "
                    "the other, or set `StreamLocalBindUnlink yes` in its sshd_config"
                )
            raise LinkError(
                f"{self._machine} does not listen at {path} for us ({error}): {causes}"
            ) from error


async def _default_path(connection: asyncssh.SSHClientConnection) -> str:
    found = await connection.run('printf %s "$HOME"', stdin=asyncssh.DEVNULL)
    home = str(found.stdout)
    if found.exit_status or not home.startswith("/"):
        raise LinkError("the server does not say where its home is: name the socket with --dial-path")
    return f"{home}/{FOLDER}/{NAME}"


async def _answers(connection: asyncssh.SSHClientConnection, path: str) -> bool:
    """Whether a learner is there at the end of a socket on the server: another laptop's, say.

    To connect says nothing: sshd takes connections for a laptop that is long asleep.
    """
    try:
        async with asyncio.timeout(ANSWERING):
            reader, writer = await connection.open_unix_connection(path, encoding=None)
            try:
                writer.write(opening()[0])
                return bool(await reader.readexactly(len(MAGIC)) == MAGIC)
            finally:
                writer.close()
    except (asyncssh.Error, OSError, EOFError):  # nobody, nobody awake, or sshd does not say
        return False


async def _make_room(connection: asyncssh.SSHClientConnection, path: str) -> bool:
    """Make the folder, private, and remove the socket that an earlier connection left; whether that was done.

    A key that may only forward cannot do this; then the folder must be there.
    """
    folder, place = (shlex.quote(each) for each in (path.rpartition("/")[0], path))
    script = f"mkdir -p -m 700 {folder} && {{ test ! -S {place} || rm -f {place}; }} && echo made"
    # whatever shell the user has
    done = await connection.run(f"sh -c {shlex.quote(script)}", stdin=asyncssh.DEVNULL)
    return "made" in str(done.stdout).split()
