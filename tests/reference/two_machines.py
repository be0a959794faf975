"""A server and a laptop, as far as one machine can play both: for each a clone, a HOME, and an address.

Where this user may make them, each has a network of its own, and a cable leads from one to the other; the
addresses are then those of the guide. Elsewhere both have the loopback network in common, each an address
of it.

Their environments are made anew, by the scripts that make them. Two things are shared with this suite's, for
they would want the internet, or minutes: other people's libraries, and kernels that were compiled before.
"""

import getpass
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lent import lend_kernels, lend_libraries
from small_run import heed_signals, patience
from sshd import Sshd

ROOT = Path(__file__).parents[2]
PYTHON = """#!/bin/sh
# the python3 of this machine: what it makes an environment of finds the suite's libraries
{python} "$@" || exit
if [ "$1 $2" = "-m venv" ]; then
  for site in "$3"/lib/python*/site-packages; do
    cp {shared} "$site"
    # what comes with Python 3.11 is too old to build without other libraries
    rm -rf "$site"/setuptools* "$site"/_distutils_hack "$site"/distutils-precedence.pth
  done
fi
"""


class Machine:
    """One of the two.

    Attributes:
      address: where the other one reaches it.
      home: its user's HOME.
      clone: its clone of this project, where commands are typed.
      port: where it serves a learner, if it does.
    """

    port = 5555

    def __init__(self, name: str, folder: Path, address: str, inside: Sequence[str] = ()) -> None:
        self.name, self.address, self.inside = name, address, tuple(inside)
        self.home = folder / name
        self.clone = self.home / "hanabi"
        (self.home / "bin").mkdir(parents=True)
        clone(self.clone)
        _python(self.home / "bin" / "python3")
        lend_kernels(self.clone, self.home / ".cache")

    @property
    def environment(self) -> dict[str, str]:
        """As after `source .venv/bin/activate`, and without the internet."""
        return {
            "HOME": str(self.home),
            "USER": getpass.getuser(),
            "PATH": f"{self.clone}/.venv/bin:{self.home}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "LANG": "C.UTF-8",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the value of what it switches off
        }

    def type(self, command: str) -> str:
        """What a command says until its end, which must be a good one."""
        done = subprocess.run(
            [*self.inside, "bash", "-c", command],
            cwd=self.clone,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{self.name}$ {command}\n{done.stdout}"
        return done.stdout

    @contextmanager
    def begin(self, command: str) -> Iterator["Begun"]:
        """A command that goes on, until it is stopped or the `with` block is left."""
        process = subprocess.Popen(
            [*self.inside, "bash", "-c", f"exec {command}"],
            cwd=self.clone,
            env={**self.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=heed_signals,
        )
        try:
            yield Begun(process, f"{self.name}$ {command}")
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


class Begun:
    """A command that goes on, and what it says."""

    def __init__(self, process: "subprocess.Popen[str]", typed: str) -> None:
        self.process, self.lines = process, [typed]

    def wait_for(self, words: str) -> str:
        """The next line that says these words; a command that never says them is killed."""
        assert self.process.stdout is not None
        with patience(self.process):
            for line in self.process.stdout:
                self.lines.append(line.rstrip("\n"))
                if words in line:
                    return line
        raise AssertionError(f"never said {words!r}:\n" + "\n".join(self.lines[-40:]))

    def stop(self) -> str:
        """Stop it as an administrator would; all it said. Asserts that it ended well."""
        self.process.terminate()
        with patience(self.process):
            rest, _ = self.process.communicate()
        said = "\n".join([*self.lines, rest])
        assert self.process.returncode == 0, said
        return said


class Cable:
    """What the two machines are connected by."""

    def __init__(self, apart: str) -> None:
        self._apart = apart

    @property
    def real(self) -> bool:
        """Whether each machine has a network of its own, with a cable between."""
        return bool(self._apart)

    def pull(self) -> None:
        """Nothing gets through any more, and nobody is told."""
        self._set("down")

    def plug(self) -> None:
        """All is as it was."""
        self._set("up")

    def _set(self, state: str) -> None:
        ip("-n", self._apart, "link", "set", "cable", state)


@contextmanager
def two_machines(folder: Path) -> Iterator[tuple[Machine, Machine, Cable]]:
    """The server, the laptop, and the cable."""
    names = {name: f"hanabi-{name}-{os.getpid()}" for name in ("server", "laptop")}
    try:
        apart = _networks(names)
        addresses = ("192.168.1.10", "192.168.1.100") if apart else ("127.0.0.3", "127.0.0.2")
        inside = {name: _inside(names[name]) if apart else () for name in names}
        server, laptop = (
            Machine(name, folder, address, inside[name])
            for name, address in zip(names, addresses, strict=True)
        )
        yield server, laptop, Cable(names["laptop"] if apart else "")
    finally:
        for network in names.values():
            subprocess.run(["ip", "netns", "del", network], check=False, stderr=subprocess.DEVNULL)


def _networks(names: dict[str, str]) -> bool:
    """Make two networks and the cable; whether that was allowed."""
    if shutil.which("ip") is None or shutil.which("nsenter") is None:
        return False
    try:
        for network in names.values():
            ip("netns", "add", network)
        ip(
            *("link", "add", "cable", "netns", names["server"], "type", "veth"),
            *("peer", "name", "cable", "netns", names["laptop"]),
        )
        for name, address in (("server", "192.168.1.10"), ("laptop", "192.168.1.100")):
            ip("-n", names[name], "address", "add", f"{address}/24", "dev", "cable")
            ip("-n", names[name], "link", "set", "cable", "up")
            ip("-n", names[name], "link", "set", "lo", "up")
        subprocess.run([*_inside(names["server"]), "true"], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        return False
    return True


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _inside(network: str) -> tuple[str, ...]:
    return ("nsenter", f"--net=/run/netns/{network}")


def sshd_of(machine: Machine, folder: Path, *, permitted: str) -> Sshd:
    """The sshd of a machine.

    Args:
      machine: where it runs.
      folder: for its keys.
      permitted: what stands before the other machine's key in authorized_keys.
    """
    sshd = Sshd(folder, address=machine.address, inside=machine.inside)
    authorized = folder / "authorized_keys"
    authorized.write_text(f"{permitted} {(folder / 'user.pub').read_text()}")
    return sshd


def clone(where: Path) -> None:
    """A fresh clone; what is changed here and not yet committed is changed there too."""
    git = ["git", "-C", str(ROOT)]
    subprocess.run(["git", "clone", "--quiet", ROOT, where], check=True)
    changed = subprocess.run([*git, "diff", "--binary", "HEAD"], check=True, capture_output=True).stdout
    if changed:
        subprocess.run(["git", "-C", where, "apply", "--whitespace=nowarn"], input=changed, check=True)


def _python(script: Path) -> None:
    """The machine's python3."""
    shared = lend_libraries(script.parent)
    script.write_text(PYTHON.format(python=sys._base_executable, shared=shared))  # type: ignore[attr-defined]
    script.chmod(0o755)
