"""asyncssh's own server, where a test takes OpenSSH's: for what of the way is OpenSSH's habit alone."""

import asyncio
import os
import threading
from pathlib import Path

import asyncssh
from sshd import Sshd

SOON = 20.0


class AsyncSshd(Sshd):
    """Lets the same key in as an Sshd, by the same host key; a thread of this process."""

    needs = ("ssh-keygen",)

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._doors: set[asyncssh.SSHServerConnection] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asyncssh's server", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(SOON)

    def close(self) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(SOON)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(SOON)
            self._loop.close()

    async def _listen(self) -> None:
        self._listening = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_host_keys=[str(self.host_key)],
            authorized_client_keys=str(self.folder / "authorized_keys"),
            server_factory=lambda: _Door(self._doors),
            process_factory=lambda process: _obey(process, self.folder),
        )

    async def _leave(self) -> None:
        self._listening.close()
        for door in list(self._doors):
            door.abort()
            await door.wait_closed()


class _Door(asyncssh.SSHServer):
    """One connection: forwards to whatever its client asks for."""

    def __init__(self, doors: set[asyncssh.SSHServerConnection]) -> None:
        self._doors = doors

    def connection_made(self, connection: asyncssh.SSHServerConnection) -> None:
        self._connection = connection
        self._doors.add(connection)

    def connection_lost(self, error: Exception | None) -> None:
        self._doors.discard(self._connection)

    def connection_requested(self, host: str, port: int, from_host: str, from_port: int) -> bool:
        return True

    def unix_connection_requested(self, path: str) -> bool:
        return True


async def _obey(process: "asyncssh.SSHServerProcess[str]", home: Path) -> None:
    """Do as a shell would, but for what goes in and out."""
    nothing = asyncio.subprocess.DEVNULL
    done = await asyncio.create_subprocess_shell(
        process.command or "true",
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        env={**os.environ, "HOME": str(home)},
    )
    process.exit(await done.wait())
