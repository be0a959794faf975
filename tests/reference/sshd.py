"""A real OpenSSH sshd for tests: own port, own keys, this user alone."""

import getpass
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from remote.ssh import Machine

PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"


def keygen(path: Path) -> Path:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True, stdin=subprocess.DEVNULL
    )
    return path


class Sshd:
    """Serves until `close`; may be stopped and started again on the same port."""

    needs: tuple[str, ...] = ("sshd", "ssh-keygen")

    def __init__(self, folder: Path, *more: str) -> None:
        missing = [program for program in self.needs if shutil.which(program, path=PLACES) is None]
        if missing:
            pytest.skip(f"needs OpenSSH's {' and '.join(missing)}")
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder, self.process = folder, None
        self.host_key, self.key = keygen(folder / "host"), keygen(folder / "user")
        authorized = folder / "authorized_keys"
        shutil.copy(folder / "user.pub", authorized)
        authorized.chmod(0o600)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.config = folder / "sshd_config"
        self.config.write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.host_key}\nAuthorizedKeysFile {authorized}\n"
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
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}")

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)  # it insists, as root
        program = shutil.which("sshd", path=PLACES)
        assert program is not None
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([program, "-D", "-e", "-f", self.config], stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
                return
            except OSError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)

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
            "host": "127.0.0.1",
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
