"""`hanabi-tui trust HOST`: look at a machine's host key, and accept it."""

import asyncio
import sys

import asyncssh
import typer

from engine.config import NetworkSection
from engine.errors import EngineError
from hanabi_tui.borrowed import machine_of
from remote import ssh
from remote.dialling import split_target
from remote.errors import LinkError


def run(target: str, network: NetworkSection, *, fingerprint: str) -> None:
    """Show the key of USER@HOST[:PORT], ask, and write it where ssh would.

    A fingerprint given is compared instead of asking. Raises EngineError where nobody can be asked, where the
    fingerprint is another one, or where another key was accepted before.
    """
    try:
        user, host, port = split_target(target)
        machine = machine_of(_with(network, user, host, port))
        key, name, number = asyncio.run(_look(machine))
    except (LinkError, ssh.SshError) as error:
        raise EngineError(str(error)) from None
    shown = f"{key.get_algorithm()} {key.get_fingerprint()}"
    known = ssh.accepted(machine.known_hosts_file, name, "", number)
    if key in known:
        typer.echo(f"{target} shows {shown}, which was accepted before.")
        return
    if known:
        others = ", ".join(f"{each.get_algorithm()} {each.get_fingerprint()}" for each in known)
        raise EngineError(
            f"{target} shows {shown}, but {machine.known_hosts_file} has {others}. Somebody may be "
            "in between; if the "
            "machine was set up anew, remove the old one first: ssh-keygen -f "
            f"{machine.known_hosts_file} -R '{ssh.entry_of(name, number)}'"
        )
    if fingerprint:
        if fingerprint != key.get_fingerprint():
            raise EngineError(f"{target} shows {shown}, not {fingerprint}: nothing was accepted")
    else:
        typer.echo(f"{target} shows {shown}")
        typer.echo("Compare it there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")
        if not sys.stdin.isatty():
            raise EngineError(
                f"nobody can be asked here: add --fingerprint {key.get_fingerprint()} if it is right"
            )
        typer.confirm("Is it the same?", abort=True)
    file = ssh.remember(machine, name, number, key)
    typer.echo(f"Accepted; written to {file}")


def _with(network: NetworkSection, user: str, host: str, port: int) -> NetworkSection:
    return NetworkSection(
        gpu_host=host,
        ssh_port=port or network.ssh_port,
        gpu_user=user or network.gpu_user,
        ssh_config=network.ssh_config,
        known_hosts=network.known_hosts,
    )


async def _look(machine: ssh.Machine) -> tuple[asyncssh.SSHKey, str, int]:
    """The key, and the name and port it is kept under: a name in ~/.ssh/config may stand for others."""
    try:
        settled = await asyncssh.SSHClientConnectionOptions.construct(**machine.options())
    except ValueError as error:
        raise EngineError(f"the SSH config for {machine} cannot be read: {error}") from None
    name, port = settled.host_key_alias or settled.host or machine.host, settled.port or 22
    known = ssh.accepted(machine.known_hosts_file, name, "", port)
    # a machine has keys of several kinds: ask for the kind that was accepted
    key = await ssh.host_key(machine, [each.get_algorithm() for each in known])
    return key, name, port
