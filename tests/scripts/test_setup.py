"""What the set-up scripts do and refuse; tests/docs/test_two_machines.py runs them for good."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTES = """#!/bin/sh
echo "$(basename "$0") $*" >> notes
"""
"""A program that only writes down how it was called."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The scripts, in a project whose programs only take notes."""
    folder = tmp_path / "hanabi"
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "distributed_config.example.toml", folder / "docs")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "hanabi-tui"):
        (programs / name).write_text(NOTES)
        (programs / name).chmod(0o755)
    return folder


def set_up(project: Path, side: str, *flags: str) -> "subprocess.CompletedProcess[str]":
    script = project / "scripts" / f"setup_{side}.sh"
    return subprocess.run([script, *flags], cwd=project.parent, capture_output=True, text=True, check=False)


def notes(project: Path) -> list[str]:
    return (project / "notes").read_text().splitlines()


def test_a_server_gets_torch_for_cpus_and_a_settings_file_and_is_checked(project: Path) -> None:
    done = set_up(project, "server")
    assert done.returncode == 0, done.stderr
    installed = next(note for note in notes(project) if " pip install " in note)
    assert "--extra-index-url https://download.pytorch.org/whl/cpu " in installed
    assert "--editable .[console,metrics,wandb]" in installed
    assert notes(project)[-1] == "hanabi-tui doctor"
    example = (project / "docs" / "distributed_config.example.toml").read_text()
    assert (project / "distributed_config.toml").read_text() == example


def test_a_server_takes_torch_from_another_place_if_told_to(project: Path) -> None:
    address = "https://torch.example/cpu"
    for given in (["--torch-index", address], []):
        (project / "notes").unlink(missing_ok=True)
        script = project / "scripts" / "setup_server.sh"
        environment = {**os.environ, **({} if given else {"TORCH_INDEX": address})}
        subprocess.run([script, *given], cwd=project.parent, env=environment, check=True, capture_output=True)
        installed = next(note for note in notes(project) if " pip install " in note)
        assert f"--extra-index-url {address} " in installed


def test_help_says_how_it_is_called(project: Path) -> None:
    said = set_up(project, "server", "--help").stdout
    assert "[--torch-index ADDRESS]" in said
    assert "builds for CPUs" in said
    assert "set -euo" not in said


def test_a_laptop_gets_torch_as_it_comes_and_no_settings_file(project: Path) -> None:
    done = set_up(project, "laptop")
    assert done.returncode == 0, done.stderr
    installed = next(note for note in notes(project) if " pip install " in note)
    assert "--editable .[gpu,console]" in installed
    assert "index" not in installed
    assert "hanabi-tui doctor" in notes(project)
    assert not (project / "distributed_config.toml").exists()


def test_settings_that_are_there_stay_as_they_are(project: Path) -> None:
    (project / "distributed_config.toml").write_text("# mine\n")
    assert "stays as it is" in set_up(project, "server").stdout
    assert (project / "distributed_config.toml").read_text() == "# mine\n"


def test_a_python_that_is_too_old_or_not_there_is_refused_before_anything_is_made(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    old = project / "python3.9"
    old.write_text('#!/bin/sh\n[ "$*" = "-c import ensurepip" ]\n')
    old.chmod(0o755)
    for python, why in ((old, "Python 3.11 or newer is needed"), ("no-such-python", "missing: python3-venv")):
        done = set_up(project, "server", "--python", str(python))
        assert done.returncode == 2
        assert why in done.stderr
    assert not (project / ".venv").exists()


def test_an_environment_whose_making_was_broken_off_is_made_anew(project: Path) -> None:
    half = project / ".venv" / "bin" / "python"
    half.write_text(f'#!/bin/sh\n[ "$*" = "-c import pip" ] && exit 1\n{NOTES[10:]}')
    python = project / "python3.12"
    python.write_text(NOTES)
    python.chmod(0o755)
    done = set_up(project, "server", "--python", str(python))
    assert done.returncode == 0, done.stderr
    assert "python3.12 -m venv .venv" in notes(project)


def test_the_package_that_is_missing_is_that_of_the_python_that_was_asked_for(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    python = project / "python3.12"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    assert "sudo apt-get install python3.12-venv" in set_up(project, "server", "--python", str(python)).stderr


def test_a_fault_that_doctor_finds_is_told_after_all_is_installed(project: Path) -> None:
    (project / ".venv" / "bin" / "hanabi-tui").write_text("#!/bin/sh\nexit 1\n")
    done = set_up(project, "server")
    assert done.returncode == 1
    assert "Everything is installed; but mend what doctor says FAIL of before you train" in done.stdout
    assert "Next:" in done.stdout


def test_no_root_is_asked_for_unless_it_was_said(project: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sudo", "apt-get"):
        (programs / name).write_text("#!/bin/sh\nexit 66\n")
        (programs / name).chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    script = project / "scripts" / "setup_server.sh"
    done = subprocess.run([script], env=os.environ | {"PATH": path}, capture_output=True, check=False)
    assert done.returncode == 0
