"""Real service managers for tests: systemd as a user's own, and as the first process of a small machine."""

import contextlib
import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PLACES = (Path("/usr/lib/systemd/systemd"), Path("/lib/systemd/systemd"))
COMING_UP = 20.0
"""Seconds; where it may not make groups of processes (in many containers), it ends at once."""


class ServiceManager:
    """Runs until `close`.

    Attributes:
      environment: with which its commands are given.
    """

    environment: dict[str, str]
    inside: tuple[str, ...] = ()  # what leads to where its commands are given
    whose: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self._log = folder / "systemd.log"

    def run(self, *command: str | Path) -> str:
        """What a command says where the manager is; asserts that it did what it was told."""
        done = subprocess.run(
            [*self.inside, *command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}\n{self._log.read_text()[-3000:]}"
        return done.stdout

    def tell(self, *words: str) -> str:
        """What `systemctl` says."""
        return self.run("systemctl", *self.whose, "--no-pager", *words)

    def property(self, unit: str, name: str) -> str:
        """What it knows of a unit."""
        return self.tell("show", unit, "--value", "-p", name).strip()

    def _begin(self, command: list[str | Path], ready: Callable[[], bool]) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        end = time.monotonic() + COMING_UP
        while not ready():
            if self._process.poll() is not None or time.monotonic() > end:
                self.close()
                pytest.skip(f"systemd does not run here: {self._log.read_text()[-300:]}")
            time.sleep(0.05)

    def _first(self) -> int:
        """Its first process, as it is numbered here; 0: there is none yet."""
        process = self._process.pid
        with contextlib.suppress(OSError, IndexError):
            return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])
        return 0

    def close(self) -> None:
        """End it, and all that it started."""
        if self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired, AssertionError):
                self.tell("exit")
                self._process.wait(20)
            self._process.kill()
            self._process.wait()


APART = ("unshare", "--fork", "--pid", "--mount-proc", "--mount", "--kill-child")
"""Processes and mounts of its own, all of which end with it."""

AS_IF_BOOTED = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
mount --bind {passwd} /etc/passwd
{systemd} --user --log-target=console --unit=basic.target
exit $?
"""
"""A user's manager wants a machine that systemd has started; itself it must not be the first process."""


class OfUser(ServiceManager):
    """A user's own, with a HOME and a runtime folder that are the test's.

    Attributes:
      home: HOME of whose manager it is.
    """

    whose = ("--user",)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.home = folder / "home"
        self.home.mkdir()
        self._runtime = Path(tempfile.mkdtemp(prefix="manager-"))  # sockets want short paths
        self.environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "XDG_RUNTIME_DIR": str(self._runtime),
            "LANG": "C.UTF-8",
        }
        first = AS_IF_BOOTED.format(systemd=_systemd(), passwd=self._passwd(folder))
        self._begin([*APART, "bash", "-c", first], (self._runtime / "systemd" / "private").exists)
        self.inside = ("nsenter", "--target", str(self._first()), "--mount", "--pid")

    def _passwd(self, folder: Path) -> Path:
        """A list of users in which this one's HOME is the test's."""
        users = [line.split(":") for line in Path("/etc/passwd").read_text().splitlines()]
        for user in users:
            if user[0] == getpass.getuser():
                user[5] = str(self.home)
        made = folder / "passwd"
        made.write_text("".join(":".join(user) + "\n" for user in users))
        return made

    def close(self) -> None:
        """End it, and all that it started."""
        super().close()
        shutil.rmtree(self._runtime, ignore_errors=True)


TARGETS = ("sysinit", "basic", "multi-user", "network-online", "shutdown", "umount", "final")
OWN = ("etc", "srv", "var/cache", "var/lib")
"""What a small machine has of its own; the rest of the disk is this one's."""

FIRST = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
cd {root}
for own in {own}; do mount --bind "$own" "/$own"; done
mount --bind units /usr/lib/systemd/system
ip link set lo up
exec env -i PATH="$PATH" LANG=C.UTF-8 container=hanabi {systemd} --system --log-target=console
"""


class OfMachine(ServiceManager):
    """A small machine's: namespaces of processes, files and network, with systemd as the first process.

    Attributes:
      root: holds the folders that the machine has of its own.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        systemd = _systemd()
        self.root = folder / "machine"
        for own in OWN:
            (self.root / own).mkdir(parents=True)
        self._furnish()
        self.environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/root"}
        first = FIRST.format(root=self.root, own=" ".join(OWN), systemd=systemd)
        apart = [*APART, "--uts", "--ipc", "--cgroup", "--net"]
        self._begin([*apart, "bash", "-c", first], self._is_up)
        self.inside = ("nsenter", "--target", str(self._first()), "--all")

    def _is_up(self) -> bool:
        # what is mounted in there is seen from here only through a process of it
        return self._first() != 0 and Path(f"/proc/{self._first()}/root/run/systemd/private").exists()

    def _furnish(self) -> None:
        etc, units = self.root / "etc", self.root / "units"
        for name in ("passwd", "group", "nsswitch.conf", "ld.so.cache", "machine-id", "localtime"):
            if Path("/etc", name).exists():
                shutil.copy(Path("/etc", name), etc)
        for name in ("systemd/system", "default", "credstore"):
            (etc / name).mkdir(parents=True)
        (etc / "systemd" / "system" / "default.target").symlink_to(
            "/usr/lib/systemd/system/multi-user.target"
        )
        units.mkdir()
        (units / "default.target").symlink_to("multi-user.target")
        for name in TARGETS:
            (units / f"{name}.target").write_text(f"[Unit]\nDescription={name}\nDefaultDependencies=no\n")


def _systemd() -> Path:
    program = next((place for place in PLACES if place.exists()), None)
    missing = [each for each in ("systemctl", "unshare", "nsenter", "ip") if shutil.which(each) is None]
    if program is None or missing or os.geteuid():
        pytest.skip("needs systemd, namespaces, and to be root")
    return program
