"""Which program this is: its version, the commit that it is run from, and what it computes with."""

import re
import shlex
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SOURCE = Path(__file__).parents[2]
"""The folder that the packages lie in: of a checkout its root."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

_LINKS = 5
"""References that name another one, at most: git follows as many."""


@dataclass(frozen=True)
class Program:
    """What a run's numbers come from, as far as it can be told; empty: it cannot.

    Attributes:
      version: of hanabi-tui.
      commit: of the checkout that it lies in; changes that were not committed show nowhere.
      torch, numpy: their versions.
    """

    version: str
    commit: str
    torch: str
    numpy: str


def install_command(extra: str) -> str:
    """What installs an extra of this program where it runs itself."""
    return f"{shlex.quote(sys.executable)} -m pip install 'hanabi-tui[{extra}]'"


def program() -> Program:
    """The one that runs here."""
    return Program(_version("hanabi-tui"), commit(), _version("torch"), _version("numpy"))


def commit(source: Path = SOURCE) -> str:
    """What is checked out there, in full; empty where that is no checkout, or cannot be read.

    Reads the files that gitrepository-layout(5) describes, so git need not be installed.
    """
    try:
        git = _folder(source / ".git")
        found = (git / "HEAD").read_text(encoding="ascii").strip()
        for _ in range(_LINKS):
            if not found.startswith("ref: "):
                break
            found = _named(git, found.removeprefix("ref: "))
    except (OSError, ValueError):
        return ""
    return found if _COMMIT.fullmatch(found) else ""


def _folder(git: Path) -> Path:
    """The folder itself; of a worktree the one that its file `.git` points to."""
    if git.is_dir():
        return git
    return git.parent / git.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")


def _named(git: Path, name: str) -> str:
    """What a reference holds: in the worktree's folder, or in that of them all, each for itself or packed."""
    common = git
    if (git / "commondir").exists():
        common = git / (git / "commondir").read_text(encoding="utf-8").strip()
    for folder in (git, common):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="ascii").strip()
    for line in (common / "packed-refs").read_text(encoding="utf-8").splitlines():
        found, _, packed = line.partition(" ")
        if packed == name:
            return found
    return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
