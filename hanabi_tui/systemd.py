"""`hanabi-tui systemd install`, also `python -m hanabi_tui.systemd install`: a run, or a GPU, as a service.

It says what it will do, asks, writes two files and enables the unit. It needs no more than what lends a GPU
needs, so it works where the console's libraries are not installed.
"""

import argparse
import os
import pwd
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.errors import EngineError
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.unit_files import PROGRAMS, Place, environment_text, unit_text


class InstallError(EngineError):
    """A unit that cannot be installed as asked."""


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(
        prog="hanabi-tui systemd",
        description="Install a systemd service: the run on the server (coordinator), or the GPU on the "
        "laptop (gpu-server). Says what it will do, and asks.",
    )
    install = made.add_subparsers(dest="verb", required=True).add_parser(
        "install", help="write the unit and its settings file, and enable it"
    )
    whose = install.add_mutually_exclusive_group(required=True)
    whose.add_argument("--user", action="store_true", help="for your own service manager; needs no root")
    whose.add_argument("--system", action="store_true", help="for the machine's, as root: sudo …")
    install.add_argument("--role", choices=PROGRAMS, default="coordinator", help="(%(default)s)")
    install.add_argument(
        "--directory", type=Path, default=Path(), help="where it works, with its settings file; default: here"
    )
    install.add_argument("--run-as", default="", help="with --system: the user; default: who called sudo")
    install.add_argument("--start", action="store_true", help="start it too")
    install.add_argument("--dry-run", action="store_true", help="only say what would be done")
    install.add_argument("--yes", action="store_true", help="do not ask")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    chosen = parser().parse_args(arguments)
    try:
        return install(chosen)
    except BrokenPipeError:
        raise  # the reader has seen enough: the command line knows
    except (EngineError, OSError) as error:
        print(f"hanabi-tui: {error}", file=sys.stderr)
        return ExitCode.BAD_INPUT


def install(chosen: argparse.Namespace) -> int:
    """Install a unit. Raises InstallError, OSError."""
    user = _user(chosen)
    place = Place(chosen.role, chosen.system, chosen.directory.resolve(), Path(user.pw_dir))
    _check(place)
    commands = _commands(place, user.pw_name, start=chosen.start)
    unit, environment = unit_text(place), environment_text(place)
    print(f"This writes {place.unit}" + (" (replacing the one there)" * place.unit.exists()))
    if place.environment.exists():
        print(f"     leaves {place.environment} as it is")
    else:
        print(f"     writes {place.environment}, mode 600: put your settings there")
    for command in commands:
        print(f"       runs {shlex.join(command)}")
    print(f"It works in {place.directory} as {user.pw_name}.")
    if chosen.dry_run:
        print(f"\n# {place.unit}\n{unit}\n# {place.environment}\n{environment}", end="")
        return ExitCode.DONE
    if chosen.system and os.geteuid() != 0:
        raise InstallError(f"writing there needs root: sudo {shlex.join(_again())}")
    if not chosen.yes and not _agreed():
        return ExitCode.FAILED
    _write(place.unit, unit, 0o644)
    if not place.environment.exists():
        _write(place.environment, environment, 0o600)
    for command in commands:
        if subprocess.run(command, check=False).returncode:
            raise InstallError(f"{shlex.join(command)} failed, and says why above; the files are written")
    _say_next(place, user.pw_name, started=chosen.start)
    return ExitCode.DONE


def _user(chosen: argparse.Namespace) -> pwd.struct_passwd:
    if chosen.run_as and not chosen.system:
        raise InstallError("--run-as goes with --system: a unit of --user runs as you")
    name = (
        chosen.run_as or (chosen.system and os.environ.get("SUDO_USER")) or pwd.getpwuid(os.geteuid()).pw_name
    )
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        raise InstallError(f"--run-as {name}: there is no such user here") from None
    if chosen.system and user.pw_uid == 0 and not chosen.run_as:
        raise InstallError(
            "nobody called sudo, and a run needs no root: say as which user it shall run by --run-as USER "
            "(--run-as root, if there is no other)"
        )
    return user


def _check(place: Place) -> None:
    if not place.directory.is_dir():
        raise InstallError(f"--directory {place.directory}: there is no such folder")
    program = place.found_program
    if not os.access(program, os.X_OK):
        raise InstallError(f"{program} is not there: install hanabi-tui for {sys.executable} first")
    if any(sign.isspace() for sign in f"{place.directory}{program}"):
        raise InstallError(f"{place.directory}, {program}: paths with blanks cannot stand in a unit")


def _commands(place: Place, user: str, *, start: bool) -> list[list[str]]:
    manager = ["systemctl"] if place.system else ["systemctl", "--user"]
    enable = [*manager, "enable", *(["--now"] if start else []), f"hanabi-{place.role}@{user}"]
    return [[*manager, "daemon-reload"], enable]


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise InstallError("nobody can be asked here: add --yes, or --dry-run to see what would be done")
    return input("Do so? [y/N] ").strip().lower() in ("y", "yes")


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
    print(f"written: {path}")


def _say_next(place: Place, user: str, *, started: bool) -> None:
    name, whose = f"hanabi-{place.role}@{user}", "" if place.system else "--user "
    root = "sudo " if place.system else ""
    if not started:
        print(f"Start it:    {root}systemctl {whose}start {name}")
    print(f"Look at it:  systemctl {whose}status {name}; journalctl {whose}-u {name} -f")
    print(f"Remove it:   {root}systemctl {whose}disable --now {name}; {root}rm {place.unit}")
    if not place.system:
        print(f"It runs while you are logged in. Always: sudo loginctl enable-linger {user}")


def _again() -> list[str]:
    """The command line of this process, for sudo, which has another PATH."""
    program = Path(sys.argv[0]).resolve()
    if program == Path(__file__).resolve():  # `python -m hanabi_tui.systemd`
        return [sys.executable, "-m", "hanabi_tui.systemd", *sys.argv[1:]]
    return [str(program), *sys.argv[1:]]


if __name__ == "__main__":
    sys.exit(main())
