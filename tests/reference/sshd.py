"""A real OpenSSH sshd for tests: own port, own keys, this user alone."""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from remote.machine import Machine

PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"
SSHD = shutil.which("sshd", path=PLACES)
LISTENING = "Server listening on"


def free_port(address: str = "127.0.0.1") -> int:
    with socket.create_server((address, 0)) as probe:
        return int(probe.getsockname()[1])


def keygen(path: Path) -> Path:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, stdin=subprocess.DEVNULL
    )
    return path


class Sshd:
    """Serves until `close`; may be stopped and started again on the same port.

    Args:
      folder: for its keys.
      more: lines of sshd_config.
      address: where it listens.
      inside: what leads into the network of that address.
    """

    needs: tuple[str, ...] = ("sshd", "ssh-keygen")

    def __init__(
        self, folder: Path, *more: str, address: str = "127.0.0.1", inside: Sequence[str] = ()
    ) -> None:
        missing = [program for program in self.needs if shutil.which(program, path=PLACES) is None]
        if missing:
            pytest.skip(f"needs OpenSSH's {' and '.join(missing)}")
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder, self.process, self.address, self.inside = folder, None, address, tuple(inside)
        self.host_key, self.key = keygen(folder / "host"), keygen(folder / "user")
        authorized = folder / "authorized_keys"
        shutil.copy(folder / "user.pub", authorized)
        authorized.chmod(0o600)
        self.port = 22 if inside else free_port(address)
        self.config = folder / "sshd_config"
        self.config.write_text(
            f"ListenAddress {address}:{self.port}\nHostKey {self.host_key}\nAuthorizedKeysFile {authorized}\n"
            f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\nMaxStartups 100\nSetEnv HOME={folder}\n"
            + "\n".join(more)
            + "\n"
        )
        self.known_hosts = folder / "known_hosts"
        self.trust()
        self.start()

    def trust(self) -> None:
        """Accept its present key."""
        public = (self.folder / "host.pub").read_text()
        self.known_hosts.write_text(f"[{self.address}]:{self.port} {public}")

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)  # it insists, as root
        assert SSHD is not None
        log = self.folder / "log"
        before = log.read_text().count(LISTENING) if log.exists() else 0
        command = [*self.inside, SSHD, "-D", "-e", "-f", self.config]
        with log.open("ab") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file)
        deadline = time.monotonic() + 20
        while log.read_text().count(LISTENING) == before:
            assert self.process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def close(self) -> None:
        """End it, and all its connections."""
        if self.process is not None:
            for child in descendants(self.process.pid):
                subprocess.run(["kill", "-9", str(child)], check=False, stderr=subprocess.DEVNULL)
            self.process.kill()
            self.process.wait()

    def machine(self, **changes: str | int) -> Machine:
        """How a test reaches it."""
        told: dict[str, str | int] = {
            "host": self.address,
            "port": self.port,
            "user": getpass.getuser(),
            "key": str(self.key),
            "known_hosts": str(self.known_hosts),
            "config": "none",
        }
        return Machine(**{**told, **changes})  # type: ignore[arg-type]

    def flags(self) -> list[str]:
        """The settings of a run that reaches it."""
        machine = self.machine()
        return [
            *("--gpu-host", machine.host, "--ssh-port", str(machine.port), "--gpu-user", machine.user),
            *("--gpu-key", machine.key, "--known-hosts", machine.known_hosts, "--ssh-config", "none"),
        ]


def descendants(pid: int) -> list[int]:
    """Children of a process, theirs, and so on."""
    found = []
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = task.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(task.parent.name)
            found += [child, *descendants(child)]
    return found
