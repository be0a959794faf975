"""Ways on this machine that are like those to another one: OpenSSH's sshd, and a slow link to it.

sshd has its own port and its own keys; the slow link is `benchmarks.slow_link`.
"""

import dataclasses
import getpass
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from remote.machine import Machine

ROUND_TRIP, RATE = 20, 50
"""Milliseconds and Mbit/s of the slow link."""


@contextmanager
def a_far_learner(folder: Path, threads: int) -> Iterator[list[str]]:
    """`hanabi-gpu` behind SSH and a slow link; the flags that lead a run to it."""
    with (
        an_sshd(folder) as sshd,
        a_slow_link(sshd.port) as near,
        a_learner_process(folder, threads) as learner,
    ):
        yield flags_to(sshd_at(sshd, near, folder), learner)


def flags_to(machine: Machine, learner: int) -> list[str]:
    """The flags that lead a run to the learner at a port of a machine."""
    flags = {
        "gpu-host": machine.host,
        "gpu-port": learner,
        "ssh-port": machine.port,
        "gpu-user": machine.user,
        "gpu-key": machine.key,
        "known-hosts": machine.known_hosts,
        "ssh-config": "none",
    }
    return [word for flag, value in flags.items() for word in (f"--{flag}", str(value))]


@contextmanager
def a_learner_process(folder: Path, threads: int = 1) -> Iterator[int]:
    """`hanabi-gpu` on this machine's CPU; its port."""
    command = [sys.executable, "-u", "-m", "remote", "--port", "0", "--device", "cpu"]
    process = subprocess.Popen(
        [*command, "--threads", str(threads), "--keep", folder / "keep"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = next(line for line in process.stdout if "listening on" in line)
    try:
        yield int(line.split(":")[-1].split(";")[0])
    finally:
        process.terminate()
        process.wait()


@contextmanager
def a_slow_link(port: int) -> Iterator[int]:
    """A slow way to a port; the port of its near end."""
    with a_slow_process(port) as (near, _):
        yield near


@contextmanager
def a_slow_process(port: int) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """The same, and the process that is the way."""
    command = [sys.executable, "-m", "benchmarks.slow_link", str(port), str(ROUND_TRIP), str(RATE)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process
    finally:
        process.kill()
        process.wait()


@contextmanager
def an_sshd(folder: Path) -> Iterator[Machine]:
    """OpenSSH's sshd on a port and with keys of its own; how it is reached."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None:
        raise SystemExit("this needs OpenSSH's sshd (apt install openssh-server)")
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        "StrictModes no\nUsePAM no\nPidFile none\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    log = (folder / "log").open("wb")
    process = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    machine = Machine(
        host="127.0.0.1",
        port=port,
        user=getpass.getuser(),
        key=str(folder / "user"),
        known_hosts=str(folder / "known_hosts"),
        config="none",
    )
    accept(machine, folder)
    try:
        yield machine
    finally:
        process.kill()
        process.wait()


def sshd_at(machine: Machine, port: int, folder: Path) -> Machine:
    """The same sshd by another port."""
    moved = dataclasses.replace(machine, port=port)
    accept(moved, folder)
    return moved


def accept(machine: Machine, folder: Path) -> None:
    """Accept the host key at a machine's port."""
    with Path(machine.known_hosts).open("a") as known:
        known.write(f"[127.0.0.1]:{machine.port} {(folder / 'host.pub').read_text()}")
