"""`hanabi-tui trust HOST`: look at a machine's host key, and accept it."""

import asyncio
import json
import sys
from dataclasses import dataclass

import asyncssh
import typer

from engine.errors import EngineError
from engine.settings.config import NetworkSection
from hanabi_tui.foreground.borrowed import machine_of
from remote import ssh
from remote.errors import LinkError, SshError
from remote.machine import Machine
from remote.target import split_target


@dataclass(frozen=True)
class Shown:
    """What a machine shows, next to what was accepted before.

    Attributes:
      target: USER@HOST[:PORT], as it was asked for.
      machine: how it is reached.
      key: the host key it shows.
      name, number: the name and port that key is kept under.
      known: the keys accepted before; empty: none.
    """

    target: str
    machine: Machine
    key: asyncssh.SSHKey
    name: str
    number: int
    known: tuple[asyncssh.SSHKey, ...]

    def __str__(self) -> str:
        return f"{self.target} shows {_words(self.key)}"

    @property
    def state(self) -> str:
        """`accepted`, `unknown`, or `changed`: another one was accepted before."""
        if self.key in self.known:
            return "accepted"
        return "changed" if self.known else "unknown"

    @property
    def remove(self) -> str:
        """The command that forgets what was accepted before."""
        return self.machine.forgetting(ssh.entry_of(self.name, self.number))

    def as_json(self) -> str:
        """One object, for programs."""
        return json.dumps(
            {
                "host": self.target,
                "state": self.state,
                "kind": self.key.get_algorithm(),
                "fingerprint": self.key.get_fingerprint(),
                "accepted": [_words(key) for key in self.known],
                "file": str(self.machine.known_hosts_file),
                "compare": ssh.said_there(self.key),
                "remove": self.remove,
            }
        )


def run(target: str, network: NetworkSection, *, fingerprint: str, as_json: bool = False) -> None:
    """Show the key of USER@HOST[:PORT], ask, and write it where ssh would.

    A fingerprint given is compared instead of asking; `as_json` only shows. Raises EngineError where nobody
    can be asked, where the fingerprint is another one, or where another key was accepted before.
    """
    shown = look(target, network)
    if as_json:
        typer.echo(shown.as_json())
        return
    if shown.state == "accepted":
        typer.echo(f"{shown}, which was accepted before.")
        return
    if shown.state == "changed":
        others = ", ".join(map(_words, shown.known))
        raise EngineError(
            f"{shown}, but {shown.machine.known_hosts_file} has {others}. Somebody may be in between; if the "
            f"machine was set up anew, remove the old one first: {shown.remove}"
        )
    if fingerprint:
        if fingerprint != shown.key.get_fingerprint():
            raise EngineError(f"{shown}, not {fingerprint}: nothing was accepted")
    else:
        _ask(shown)
    file = ssh.remember(shown.machine, shown.name, shown.number, shown.key)
    typer.echo(f"Accepted; written to {file}")


def look(target: str, network: NetworkSection) -> Shown:
    """What the machine USER@HOST[:PORT] shows now. Raises EngineError."""
    try:
        user, host, port = split_target(target)
        machine = machine_of(_with(network, user, host, port))
        key, name, number = asyncio.run(_look(machine))
        known = ssh.accepted(machine.known_hosts_file, name, number)
    except (LinkError, SshError) as error:
        raise EngineError(str(error)) from None
    return Shown(target, machine, key, name, number, tuple(known))


def _ask(shown: Shown) -> None:
    typer.echo(str(shown))
    typer.echo(f"Compare it there: {ssh.said_there(shown.key)}")
    if not sys.stdin.isatty():
        raise EngineError(
            f"nobody can be asked here: add --fingerprint {shown.key.get_fingerprint()} if it is right"
        )
    typer.confirm("Is it the same?", abort=True)


def _words(key: asyncssh.SSHKey) -> str:
    return f"{key.get_algorithm()} {key.get_fingerprint()}"


def _with(network: NetworkSection, user: str, host: str, port: int) -> NetworkSection:
    return NetworkSection(
        gpu_host=host,
        ssh_port=port or network.ssh_port,
        gpu_user=user or network.gpu_user,
        ssh_config=network.ssh_config,
        known_hosts=network.known_hosts,
    )


async def _look(machine: Machine) -> tuple[asyncssh.SSHKey, str, int]:
    """The key, and the name and port it is kept under: a name in ~/.ssh/config may stand for others."""
    settled = await ssh.settled(machine)
    name, port = settled.host_key_alias or settled.host or machine.host, settled.port or 22
    known = ssh.accepted(machine.known_hosts_file, name, port)
    # a machine has keys of several kinds: ask for the kind that was accepted
    kinds = [kind.decode() for each in known for kind in each.sig_algorithms]  # an RSA key has several
    key = await ssh.host_key(machine, kinds)
    return key, name, port
