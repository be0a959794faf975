"""The shipped systemd units, fitted to where this program and its directory are."""

import re
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

HOME = "/home/%i/hanabi"
"""Where the shipped files expect the project."""

PROGRAMS = {"coordinator": "hanabi-tui", "gpu-server": "hanabi-gpu"}
"""The roles, and the command of each."""

FOR_ROOT = re.compile(
    "(User|Wants|After|ExecStartPre|LoadCredential|CapabilityBoundingSet|AmbientCapabilities"
    "|KeyringMode|ReadWritePaths|Private.*|Protect.*)="
)
"""Lines about what a user's own service manager may not do, or does not know."""

FOR_GPU = re.compile("(NoNewPrivileges|LockPersonality|Restrict(?!Prevent).*|SystemCall.*)=")
"""Lines that keep programs from becoming root: without root to prepare it, CUDA needs one that does so."""


@dataclass(frozen=True)
class Place:
    """Where a unit goes, and what it works on.

    Attributes:
      role: coordinator or gpu-server.
      system: for the system's manager, else for the user's own.
      directory: the unit's working directory.
      home: of the user.
    """

    role: str
    system: bool
    directory: Path
    home: Path

    @property
    def found_program(self) -> Path:
        """The role's command, beside this Python."""
        return Path(sys.executable).with_name(PROGRAMS[self.role])

    @property
    def unit(self) -> Path:
        """The unit's file."""
        folder = Path("/etc/systemd/system") if self.system else self.home / ".config/systemd/user"
        return folder / f"hanabi-{self.role}@.service"

    @property
    def environment(self) -> Path:
        """The file of its settings."""
        folder = Path("/etc/default") if self.system else self.home / ".config/hanabi-tui"
        return folder / f"hanabi-{self.role}"


def unit_text(place: Place) -> str:
    """The unit's file, fitted."""
    text = _shipped(f"hanabi-{place.role}@.service")
    text = text.replace(f"{HOME}/.venv/bin/{PROGRAMS[place.role]}", _quoted(str(place.found_program)))
    text = text.replace(HOME, _quoted(str(place.directory)))
    if place.system:
        return text
    text = text.replace(f"-/etc/default/hanabi-{place.role}", f"-{_quoted(str(place.environment))}")
    text = text.replace("WantedBy=multi-user.target", "WantedBy=default.target")
    dropped = [FOR_ROOT, FOR_GPU] if place.role == "gpu-server" else [FOR_ROOT]
    return _without(text, dropped)


def environment_text(place: Place) -> str:
    """The file of its settings, before anybody has set any."""
    text = _shipped(f"hanabi-{place.role}.env.example")
    text = text.replace(f"/etc/default/hanabi-{place.role}", str(place.environment))
    return text if place.system else text.replace("systemctl", "systemctl --user")


def _without(text: str, dropped: list[re.Pattern[str]]) -> str:
    """Without some lines, the comments right above them, and blank lines that then follow each other."""
    kept: list[str] = []
    for line in text.splitlines():
        if any(pattern.match(line) for pattern in dropped):
            while kept and kept[-1].startswith("# "):
                kept.pop()
        elif line or kept[-1]:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _shipped(name: str) -> str:
    return (files("hanabi_tui") / "units" / name).read_text(encoding="utf-8")


def _quoted(path: str) -> str:
    """A path as units have it: percent signs are theirs."""
    return path.replace("%", "%%")
