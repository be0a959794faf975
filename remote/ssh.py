"""SSH to another machine as the user's own `ssh` would: config, agent, keys, jump hosts, known hosts.

Host keys are always checked. A key that nobody has accepted yet raises UnknownHostError, with its
fingerprint; a person accepts it (`hanabi-tui trust HOST`), which writes it where `ssh` would. A key other
than the accepted one raises ChangedHostError.
"""

import asyncio
import os
import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh

from remote.errors import ChangedHostError, LinkError, SshError, UnknownHostError
from remote.machine import Machine
from remote.target import split_target

CONNECTING = 10.0
"""Seconds until a machine must have answered, and again until it must have let us in."""

DIALLING = 4 * CONNECTING
"""Seconds after which the way to a socket there is given up, whatever hangs."""

CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr")
"""AES in hardware is twice as fast as asyncssh's first choice."""

MOST_HOPS = 8
"""Jump hosts on the way to a machine; more is a config that goes round in circles."""


class _Owner(asyncssh.SSHClient):
    """Remembers a key that is not among those accepted; accepts none."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.refused: SshError | None = None

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        file, print_ = self._machine.known_hosts_file, key.get_fingerprint()
        kind = key.get_algorithm()
        known = accepted(file, host, port)
        if not known:
            self.refused = UnknownHostError(
                f"{self._machine} shows a host key that nobody has accepted yet: {kind} {print_}. "
                f"Compare it with `{said_there(key)}` there, then: "
                f"{self._machine.trusting}"
            )
        else:
            others = ", ".join(f"{each.get_algorithm()} {each.get_fingerprint()}" for each in known)
            self.refused = ChangedHostError(
                f"{self._machine} shows another host key than the accepted one: {kind} {print_}, "
                f"not {others}. "
                "Somebody may be in between. If the machine was set up anew: "
                f"{self._machine.forgetting(entry_of(host, port))}, then {self._machine.trusting}"
            )
        return False

    def validate_host_ca_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.refused = UnknownHostError(
            f"{self._machine} shows a certificate of an authority that nobody has accepted: "
            f"{key.get_algorithm()} {key.get_fingerprint()}. Accept the machine's own key instead: "
            f"{self._machine.trusting}"
        )
        return False


def accepted(file: Path, host: str, port: int) -> list[asyncssh.SSHKey]:
    """The keys accepted for a machine, from a file of known hosts. Raises SshError."""
    if not file.exists():
        return []
    try:
        # by the whole entry: asked for another port, asyncssh also gives what is known of port 22
        return list(asyncssh.match_known_hosts(str(file), entry_of(host, port), "", None)[0])
    except (OSError, ValueError) as error:
        raise SshError(f"{file} cannot be read: {error}") from error


def _trusted(file: Path) -> Any:
    """What asyncssh is to trust: keys under the machine's name, as ssh has it.

    asyncssh itself would also take those under its address, which another machine may have had before.
    """
    if not file.exists():  # no file is no reason not to check
        return [], [], []
    return lambda host, addr, port: asyncssh.match_known_hosts(str(file), host, "", port)[:3]


async def connect(machine: Machine) -> asyncssh.SSHClientConnection:
    """A connection. Raises LinkError where nobody answers, SshError where we are not let in."""
    return await _connect(machine, await jump(machine))


async def settled(machine: Machine) -> asyncssh.SSHClientConnectionOptions:
    """What ssh's config says of a machine; no key is loaded. Raises SshError."""
    try:
        told = {**machine.options(), "client_keys": None}
        options: asyncssh.SSHClientConnectionOptions
        options = await asyncssh.SSHClientConnectionOptions.construct(**told)
    except (OSError, ValueError) as error:
        raise SshError(f"the config for {machine} cannot be read: {error}") from error
    return options


async def _keys(machine: Machine) -> dict[str, Any]:
    """What asyncssh is to be told of keys: of those in the config, ssh leaves out what is not there."""
    files: Any = (await settled(machine)).config.get("IdentityFile", ())
    there = [file for file in files if os.access(Path(file).expanduser(), os.R_OK)]
    if machine.key or len(there) == len(files):
        return {}
    return {"client_keys": there, "ignore_encrypted": True}  # as asyncssh has it for a config's own


async def jump(machine: Machine, depth: int = 0) -> asyncssh.SSHClientConnection | None:
    """A connection to the last jump host before a machine, if its config names one. Raises as `connect`.

    asyncssh would make these itself, but by the config alone, which may have it check no host keys.
    """
    tunnel = (await settled(machine)).tunnel
    named = tunnel if isinstance(tunnel, str) else ""
    if not named or named == "none":
        return None
    if depth == MOST_HOPS:
        raise SshError(f"the config names more than {MOST_HOPS} jump hosts on the way to {machine}")
    last: asyncssh.SSHClientConnection | None = None
    for name in named.split(","):
        try:
            user, host, port = split_target(name.strip().removeprefix("ssh://").rstrip("/"))
        except LinkError as error:
            raise SshError(f"the config for {machine} names ProxyJump {named}: {error}") from None
        hop = replace(machine, host=host, port=port, user=user, key="")
        last = await _connect(hop, last or await jump(hop, depth + 1))
    return last


async def _connect(
    machine: Machine, through: asyncssh.SSHClientConnection | None
) -> asyncssh.SSHClientConnection:
    """A connection through another one, which ends with it."""
    try:
        connection = await _let_in(machine, through)
    except BaseException:
        if through is not None:
            through.abort()
        raise
    if through is not None:
        connection.set_tunnel(through)
    return connection


async def _let_in(
    machine: Machine, through: asyncssh.SSHClientConnection | None
) -> asyncssh.SSHClientConnection:
    owner = _Owner(machine)
    try:
        connection: asyncssh.SSHClientConnection = await asyncssh.connect(
            **machine.options(),
            **await _keys(machine),
            known_hosts=_trusted(machine.known_hosts_file),  # always said: a config may check nothing
            agent_forwarding=False,  # nor is our agent the other side's, whatever a config says
            tunnel=through,
            client_factory=lambda: owner,
            encryption_algs=CIPHERS,
            compression_algs=["none"],
            connect_timeout=CONNECTING,
            login_timeout=CONNECTING,
            keepalive_interval=5,
            keepalive_count_max=3,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        raise owner.refused or SshError(f"the host key of {machine} is refused: {error}") from error
    except asyncssh.PermissionDenied as error:
        raise SshError(f"{machine} does not let us in: {error}. {machine.letting_in}") from error
    except asyncssh.DisconnectError as error:
        if "authentication" in error.reason.lower():
            raise SshError(
                f"{machine} breaks off: {error}. It is offered more keys than it hears of: name the one by "
                f"{machine.key_setting}, or by IdentityFile and `IdentitiesOnly yes` in ~/.ssh/config"
            ) from error
        raise LinkError(f"{machine} does not answer by SSH: {_why(error)}") from error
    except ValueError as error:  # keys, the config, known hosts: asyncssh names line or file
        raise SshError(
            f"a key, the config or the known hosts for {machine} cannot be read: {error}"
        ) from error
    except (OSError, TimeoutError, asyncssh.Error) as error:
        raise LinkError(f"{machine} does not answer by SSH: {_why(error)}") from error
    try:
        await _without_delay(connection)
    except BaseException:
        connection.abort()
        raise
    return connection


def _why(error: Exception) -> str:
    """What came between, in the system's words: asyncio's are of its own calls, and a timeout has none."""
    if isinstance(error, TimeoutError) and not str(error):
        return f"nothing for {CONNECTING:g} s"
    if isinstance(error, socket.gaierror):  # its numbers are others than the system's
        return error.strerror or str(error)
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    several = dict.fromkeys(re.findall(r"\[Errno (\d+)\]", str(error)))  # one for each address of a name
    return (
        ", ".join(os.strerror(int(each)) for each in several) or str(error) or "it broke off without a word"
    )


async def _without_delay(connection: asyncssh.SSHClientConnection) -> None:
    """Have OpenSSH send small packets at once: it does so after a session, whatever becomes of that."""
    try:
        async with asyncio.timeout(CONNECTING):
            nothing = asyncssh.DEVNULL  # what it says is not kept, however much it is
            await connection.run("true", stdin=nothing, stdout=nothing, stderr=nothing)
    except (asyncssh.Error, TimeoutError, OSError):
        return  # a key that may only forward, say: slower, but it works


async def host_key(machine: Machine, kinds: Sequence[str] = ()) -> asyncssh.SSHKey:
    """The key that a machine shows, accepted or not, of one of these kinds. Raises LinkError, SshError."""
    told = {name: value for name, value in machine.options().items() if name in ("host", "port", "config")}
    keyless = asyncssh.SSHClientConnectionOptions(client_keys=None, config=None)
    if kinds:
        told["server_host_key_algs"] = list(kinds)
    through = await jump(machine)
    try:
        async with asyncio.timeout(CONNECTING):
            key = await asyncssh.get_server_host_key(**told, tunnel=through, options=keyless)
    except ValueError as error:
        raise SshError(f"the config for {machine} cannot be read: {error}") from error
    except (OSError, TimeoutError, asyncssh.Error) as error:
        raise LinkError(f"{machine} does not answer by SSH: {_why(error)}") from error
    finally:
        if through is not None:
            through.abort()
    if key is None:
        raise LinkError(f"{machine} shows no host key")
    return key


def said_there(key: asyncssh.SSHKey) -> str:
    """The command that says on the machine itself what its key of that kind is."""
    algorithm = key.get_algorithm()
    kind = next((kind for kind in ("ed25519", "ecdsa", "rsa") if kind in algorithm), "ed25519")
    return f"ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub"


def entry_of(host: str, port: int) -> str:
    """What a machine is called in a file of known hosts."""
    return host if port in (0, 22) else f"[{host}]:{port}"


def remember(machine: Machine, host: str, port: int, key: asyncssh.SSHKey) -> Path:
    """Accept a key from now on; the file it was written to. Raises OSError."""
    file = machine.known_hosts_file
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = f"{entry_of(host, port)} {key.export_public_key('openssh').decode().strip()}\n"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+") as known:
        known.seek(0)
        text = known.read()
        known.write(("\n" if text and not text.endswith("\n") else "") + line)
    return file
