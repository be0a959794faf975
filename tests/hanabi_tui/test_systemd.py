"""Units as they are installed: systemd itself reads them, and finds them safe enough."""

import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hanabi_tui import systemd
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.unit_files import PROGRAMS, Place, environment_text, unit_text

ROOT = Path(__file__).parents[2]
ANALYZE = shutil.which("systemd-analyze")
NOT_AGAIN = {ExitCode.BAD_INPUT, ExitCode.LOCKED, ExitCode.WAITING}
"""After these, starting again at once would come to the same end."""

ROLES = pytest.mark.parametrize("role", PROGRAMS)


def place(role: str, folder: Path, *, system: bool) -> Place:
    return Place(role, system, folder, folder)


@ROLES
@pytest.mark.parametrize("system", [True, False], ids=["system", "user"])
@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed here")
def test_systemd_finds_nothing_wrong_with_a_unit(tmp_path: Path, role: str, system: bool) -> None:
    unit = tmp_path / f"hanabi-{role}@.service"
    unit.write_text(unit_text(place(role, tmp_path, system=system)))
    # as an instance of a user that is there; the template alone has none
    instance = unit.rename(unit.with_name(f"hanabi-{role}@daemon.service"))
    manager = "--system" if system else "--user"
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    command = [ANALYZE, manager, "verify", instance]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@ROLES
@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed here")
def test_the_exposure_that_the_docs_quote_is_what_systemd_says(role: str) -> None:
    unit = ROOT / "hanabi_tui" / "units" / f"hanabi-{role}@.service"
    command = [ANALYZE, "security", "--offline=true", "--no-pager", unit]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    exposure = float(re.findall(r"Overall exposure level .*: (\d+\.\d)", said)[0])
    quoted = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = float(re.findall(rf"hanabi-{role}@.service` (\d\.\d)", quoted)[0])
    assert abs(exposure - named) <= 0.3  # versions of systemd count differently


@ROLES
@pytest.mark.parametrize("system", [True, False], ids=["system", "user"])
def test_a_unit_names_the_program_and_the_directory_and_no_other(
    tmp_path: Path, role: str, system: bool
) -> None:
    text = unit_text(place(role, tmp_path, system=system))
    assert f"WorkingDirectory={tmp_path}\n" in text
    assert f"ExecStart={Path(sys.executable).with_name(PROGRAMS[role])} " in text
    assert "/home/%i" not in text
    assert ("User=%i" in text) == system
    assert ("LoadCredential=" in text) == system
    codes = {int(code) for code in re.findall(r"RestartPreventExitStatus=(.*)", text)[0].split()}
    assert codes == (NOT_AGAIN if role == "coordinator" else {ExitCode.BAD_INPUT})


def test_percent_signs_of_a_path_are_not_systemds(tmp_path: Path) -> None:
    odd = tmp_path / "50%h"
    odd.mkdir()
    assert f"WorkingDirectory={tmp_path}/50%%h\n" in unit_text(place("coordinator", odd, system=True))


@ROLES
def test_the_example_of_settings_sets_nothing(tmp_path: Path, role: str) -> None:
    text = environment_text(place(role, tmp_path, system=False))
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == [
        f"{role.upper().replace('-', '_')}_FLAGS="
    ]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _at_home(tmp_path, monkeypatch)
    assert systemd.main(["install", "--user", "--directory", str(tmp_path), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert f"This writes {tmp_path}/.config/systemd/user/hanabi-coordinator@.service" in said
    assert "systemctl --user enable hanabi-coordinator@" in said
    assert list(tmp_path.iterdir()) == []


def test_installing_writes_enables_and_leaves_settings_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _at_home(tmp_path, monkeypatch)
    ran: list[list[str]] = []
    real = subprocess.run
    # there is no service manager to talk to in a test
    monkeypatch.setattr(
        subprocess, "run", lambda command, check: ran.append(command) or real(["true"], check=check)
    )
    command = ["install", "--user", "--directory", str(tmp_path), "--yes", "--start"]
    assert systemd.main(command) == 0
    environment = tmp_path / ".config/hanabi-tui/hanabi-coordinator"
    assert stat.S_IMODE(environment.stat().st_mode) == 0o600
    environment.write_text("HANABI_SEED=1\n")
    assert systemd.main(command) == 0
    assert environment.read_text() == "HANABI_SEED=1\n"
    assert [words[2] for words in ran] == ["daemon-reload", "enable"] * 2
    assert "--now" in ran[1]
    assert "enable-linger" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--user", "--directory", "/no/such/folder"], "there is no such folder"),
        (["--system", "--run-as", "no-such-user"], "there is no such user"),
        (["--user", "--run-as", "daemon"], "--run-as goes with --system"),
        (["--system"], "say as which user it shall run by --run-as USER"),  # from root's own shell
        (["--user"], "add --yes, or --dry-run"),
    ],
)
def test_what_cannot_be_installed_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    words: str,
) -> None:
    _at_home(tmp_path, monkeypatch)
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr("sys.stdin", (tmp_path / "empty").open("w+"))
    assert systemd.main(["install", *flags]) == ExitCode.BAD_INPUT
    assert words in capsys.readouterr().err
    assert not (tmp_path / ".config").exists()


def test_whoever_must_be_root_is_told_the_command_that_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _at_home(tmp_path, monkeypatch)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.stdin", (tmp_path / "empty").open("w+"))
    words = ["install", "--system", "--run-as", "daemon", "--directory", str(tmp_path)]
    for program, again in (
        (str(tmp_path / "hanabi-tui"), str(tmp_path / "hanabi-tui")),
        (systemd.__file__, f"{sys.executable} -m hanabi_tui.systemd"),  # not executable, by `python -m`
    ):
        monkeypatch.setattr("sys.argv", [program, *words])
        assert systemd.main(words) == ExitCode.BAD_INPUT
        assert f"writing there needs root: sudo {again} install --system" in capsys.readouterr().err


def _at_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = pwd.getpwuid(0)
    home = pwd.struct_passwd((*user[:5], str(folder), user[6]))
    monkeypatch.setattr(pwd, "getpwnam", lambda name: _found(name, home))


def _found(name: str, home: object) -> object:
    if name == "no-such-user":
        raise KeyError(name)
    return home
