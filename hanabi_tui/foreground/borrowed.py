"""The borrowed learner: on another machine, reached as the settings say.

It answers the same calls as an embedded one; what differs is how a socket to it comes about.
"""

import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from engine.contracts.learner import UnsureError
from engine.contracts.vitals import Link
from engine.errors import ConfigError
from engine.settings.config import NetworkSection
from hanabi_tui.foreground.connections import Connections
from remote import unix
from remote.client import Client
from remote.dialling import CONTROL, FOLDER, NAME
from remote.errors import AbsentError, LinkError
from remote.machine import Machine
from remote.tunnel import Tunnel

ANSWERING = 5.0
"""Seconds until a machine must have answered by plain TCP."""

Dial = Callable[[], socket.socket]


class BorrowedLearner:
    """A learner on another machine.

    Args:
      network: how it is reached.
      folder: of the run; says who asks, so that the next process of the same run takes the learner over at
        once. A run that was begun anew there waits for the end of the old one's connection, which comes half
        a minute after that one fell silent.
    """

    def __init__(self, network: NetworkSection, folder: Path) -> None:
        self._network = network
        self._name = f"{socket.gethostname()}:{folder.resolve()}"
        self._tunnel: Tunnel | None = None
        self._connections = Connections()
        self._connecting = threading.Lock()

    def start(self) -> None:
        """Nothing: it is there, or it is not."""

    def connect(self) -> Client:
        """A new connection; the one before is closed. Raises LinkError, BarredError."""
        with self._connecting:  # a run that changed its mind may ask again while one is still being made
            self._connections.drop()
            client = self._connect()
            self._connections.replace(client)
            return client

    def _connect(self) -> Client:
        network, (bulk, control) = self._network, self._ways()
        try:
            return Client(bulk, control=control, name=self._name, token=network.auth_token, packed=True)
        except LinkError as error:
            if network.transport == "dialled" and not isinstance(error, UnsureError):
                raise AbsentError(str(error)) from error
            raise

    def link(self) -> Link:
        """The way to it."""
        host = self._network.gpu_host or "a laptop"
        return self._connections.link(f"{host} ({self._network.transport})")

    def stop(self) -> None:
        """End the connection."""
        self._connections.drop()
        if self._tunnel is not None:
            self._tunnel.close()

    def _ways(self) -> tuple[Dial, Dial]:
        """How to reach it: for what is bulky, and for signs of life."""
        network = self._network
        if network.transport == "direct":
            direct = partial(_by_tcp, network.gpu_host, network.gpu_port)
            return direct, direct
        if network.transport == "dialled":
            path = dialled_path(network)
            return partial(_dialled_in, path), partial(_dialled_in, path.with_name(path.name + CONTROL))
        if self._tunnel is None:
            self._tunnel = Tunnel(machine_of(network), target_of(network), network.gpu_start)
        return self._tunnel.dial, self._tunnel.dial


def is_borrowed(network: NetworkSection) -> bool:
    """Whether settings name a learner on another machine."""
    return bool(network.gpu_host) or network.transport == "dialled"


def machine_of(network: NetworkSection) -> Machine:
    """The machine that settings name. Raises ConfigError."""
    if not network.gpu_host:
        raise ConfigError(["[network] gpu_host is empty: name the machine, as ssh knows it"])
    return Machine(
        host=network.gpu_host,
        port=network.ssh_port,
        user=network.gpu_user,
        key=network.gpu_key,
        known_hosts=network.known_hosts,
        config=network.ssh_config,
    )


def target_of(network: NetworkSection) -> tuple[str, int] | str:
    """Where the learner listens on that machine."""
    return network.gpu_socket or ("127.0.0.1", network.gpu_port)


def dialled_path(network: NetworkSection) -> Path:
    """Where a learner that dials in is found on this machine."""
    return Path(network.gpu_socket).expanduser() if network.gpu_socket else Path.home() / FOLDER / NAME


def _by_tcp(host: str, port: int) -> socket.socket:
    try:
        return socket.create_connection((host, port), ANSWERING)
    except UnicodeError as error:  # such as two dots in a row
        raise LinkError(f"{host} cannot be the name of a host: {error}") from error
    except OSError as error:
        raise LinkError(f"nobody answers at {host}:{port}: {error.strerror or error}") from error


def _dialled_in(path: Path) -> socket.socket:
    try:
        return unix.dial(path)
    except LinkError as error:
        raise LinkError(f"no laptop has dialled in yet: {error}") from error
