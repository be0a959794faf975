"""The machines that ~/.ssh/config names: what a person types after `ssh`."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.machine.home import at_home
from hanabi_tui.settings import flag_of

CONFIG = Path("~/.ssh/config")

TELLABLE = ("gpu_port", "transport", "gpu_user", "gpu_key", "ssh_port", "gpu_socket")
"""Settings of a run that say how its own host is reached, and no other."""

DEEPEST = 16
"""Files that may include each other, as in ssh."""


@dataclass(frozen=True)
class Host:
    """A machine.

    Attributes:
      name: as `ssh` takes it.
      address: its HostName; empty: the name itself.
      user: empty: as this user is called.
      port: 0: ssh's own.
    """

    name: str
    address: str = ""
    user: str = ""
    port: int = 0

    def __str__(self) -> str:
        where = f"{self.user}@{self.address or self.name}" if self.user else self.address
        return f"{where}:{self.port}" if self.port else where


@dataclass(frozen=True)
class Hosts:
    """What a config names, in its order, and what of it could not be read (in words)."""

    hosts: tuple[Host, ...]
    wrong: tuple[str, ...] = ()


def flags_for(host: Host, network: Mapping[str, Any]) -> list[str]:
    """The settings of a run that would use a host; those of the run with this [network], if it is its own."""
    told = {"gpu_host": host.name}
    if network.get("gpu_host") == host.name:
        told |= {key: str(network[key]) for key in TELLABLE if network.get(key)}
    else:
        told["transport"] = "ssh"
    return [*_as_flags(told), *ssh_flags(network)]


def ssh_flags(network: Mapping[str, Any]) -> list[str]:
    """Settings of a run about this machine's own SSH files."""
    return _as_flags({key: str(network[key]) for key in ("ssh_config", "known_hosts") if network.get(key)})


def _as_flags(told: Mapping[str, str]) -> list[str]:
    return [f"{flag_of(key)}={value}" for key, value in told.items()]


def read_hosts(config: str = "") -> Hosts:
    """The hosts of a config file and of those it includes; names with wildcards are none.

    Args:
      config: the file; empty: ~/.ssh/config; "none": no file at all.
    """
    if config == "none":
        return Hosts(())
    path, wrong = Path(at_home(config or str(CONFIG))), list[str]()
    found: dict[str, dict[str, str]] = {}
    names: list[str] = []
    for key, values in _lines(path, wrong, depth=0, must=bool(config)):
        if key == "host":
            names = [value for value in values if not any(sign in value for sign in "*?!")]
            for name in names:
                found.setdefault(name, {})
        elif key == "match":  # it holds for whoever matches, and names nobody
            names = []
        elif values:
            for name in names:  # the first value counts, as in ssh
                found[name].setdefault(key, values[0])
    return Hosts(tuple(_host(name, words) for name, words in found.items()), tuple(wrong))


def _host(name: str, words: dict[str, str]) -> Host:
    port = words.get("port", "")
    address = words.get("hostname", "").replace("%h", name)
    return Host(name, address, words.get("user", ""), int(port) if port.isdecimal() else 0)


def _lines(path: Path, wrong: list[str], depth: int, *, must: bool) -> Iterator[tuple[str, list[str]]]:
    """Keywords in small letters, with their values, of a file and of those it includes."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        if must:
            wrong.append(f"{path} is not there")
        return
    except OSError as error:
        wrong.append(f"{path} cannot be read: {error.strerror or error}")
        return
    for number, line in enumerate(text.splitlines(), 1):
        try:
            words = shlex.split(line.replace("=", " ", 1) if _has_equals(line) else line, comments=True)
        except ValueError as error:
            wrong.append(f"{path}, line {number}: {error}")
            continue
        if not words:
            continue
        key, values = words[0].lower(), words[1:]
        if key != "include":
            yield key, values
        elif depth < DEEPEST:
            for included in _included(values, path):
                yield from _lines(included, wrong, depth + 1, must=False)


def _has_equals(line: str) -> bool:
    """Whether a line is written `Keyword=value` or `Keyword = value`."""
    keyword = line.split("=", 1)[0].strip()
    return "=" in line and len(keyword.split()) == 1


def _included(patterns: list[str], by: Path) -> Iterator[Path]:
    for pattern in patterns:
        path = Path(at_home(pattern))
        # what is not absolute is in ~/.ssh, as in ssh; a file elsewhere means its own folder
        folder = CONFIG.expanduser().parent if by == CONFIG.expanduser() else by.parent
        whole = path if path.is_absolute() else folder / path
        if any(sign in str(whole) for sign in "*?["):
            yield from sorted(Path(whole.anchor).glob(str(whole.relative_to(whole.anchor))))
        else:
            yield whole
