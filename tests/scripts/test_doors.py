"""The guide's scripts are doors to the commands, with the guide's flags."""

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest
from same_process import typed, unserved

import remote.__main__ as remote

SCRIPTS = Path(__file__).parents[2] / "scripts"
TOKEN = "0123456789abcdef"


def ran(name: str, *words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPTS / name] if name.endswith(".py") else [SCRIPTS / name]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}
    return subprocess.run(
        [*command, *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**clean, **environment},
    )


@pytest.mark.parametrize(
    ("script", "words", "code", "said"),
    [
        (
            "run_coordinator.sh",
            "--gpu-host h --auth-token 0123456789abcdef --use-wandb --seed x",
            2,
            "--seed",
        ),
        ("run_gpu_server.sh", "--port 5555 --auth-token t --device auto --host 300.0.0.1", 1, "300.0.0.1"),
        ("monitor.py", "--local", 0, "none has begun"),
        (
            "monitor.py",
            "--gpu-host 127.0.0.1 --transport direct --gpu-port 1 --auth-token t",
            1,
            "not reached",
        ),
        ("monitor.py", "", 2, "--watch"),
        ("run_with_config.py", "none.toml --server", 2, "none.toml"),
        ("run_with_config.py", "none.toml --gpu", 2, "none.toml"),
        ("run_with_config.py", "none.toml", 2, "--server --gpu"),
        ("setup_server.sh", "--bogus", 2, "--help"),
        ("setup_laptop.sh", "--help", 0, "--install-system-packages"),
    ],
)
def test_a_door_leads_to_its_command(tmp_path: Path, script: str, words: str, code: int, said: str) -> None:
    done = ran(script, *words.split(), cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr


def test_a_token_on_a_command_line_works_and_warns(tmp_path: Path) -> None:
    flags = "--gpu-host 127.0.0.1 --transport direct --gpu-port 1 --auth-token 0123456789abcdef"
    done = ran("monitor.py", *flags.split(), cwd=tmp_path)
    assert "list of processes" in done.stderr
    assert "0123456789abcdef" not in done.stdout + done.stderr


def as_gpu(tmp_path: Path, network: str, *flags: str, code: int = 1, **environment: str) -> str:
    """What `--gpu` says that cannot listen where it is told to, 300.0.0.1 unless flags say otherwise."""
    (tmp_path / "both.toml").write_text(f"[network]\n{network}\n")
    flags = flags or ("--host", "300.0.0.1")
    done = ran("run_with_config.py", "both.toml", "--gpu", *flags, cwd=tmp_path, **environment)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_settings_file_gives_the_gpu_its_port_and_its_token(tmp_path: Path) -> None:
    said = as_gpu(tmp_path, f'gpu_port = 1\nauth_token = "{TOKEN}"')
    assert "300.0.0.1:1 cannot be served on" in said  # not refused for want of a token
    assert "run_with_config" not in said


def test_a_token_of_the_environment_comes_before_that_of_the_file(tmp_path: Path) -> None:
    network = f'auth_token = "{TOKEN}"'
    (tmp_path / "token").write_text("short\n")
    (tmp_path / "token").chmod(0o600)
    for environment in ({"HANABI_AUTH_TOKEN_FILE": str(tmp_path / "token")}, {"HANABI_AUTH_TOKEN": "short"}):
        said = as_gpu(tmp_path, network, **environment)
        assert "the token has 5 characters" in said
        assert "cannot be served on" in said
    said = as_gpu(tmp_path, network, code=2, HANABI_AUTH_TOKEN_FILE=str(tmp_path / "none"))
    assert f"{tmp_path}/none: No such file" in said


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """`run_with_config.py`; it goes on as hanabi-gpu in this process."""
    monkeypatch.syspath_prepend(SCRIPTS)
    made = importlib.import_module("run_with_config")
    monkeypatch.setattr(made, "become", become)
    with unserved():
        yield made


def become(program: str, flags: Sequence[str]) -> NoReturn:
    assert program == "hanabi-gpu"
    sys.exit(remote.main(flags))


def refused(door: ModuleType, folder: Path, network: str, *flags: str) -> str:
    """What `--gpu` says that cannot do as the file and the flags say."""
    (folder / "both.toml").write_text(f"[network]\n{network}\n")
    done = typed(door.main, "run_with_config.py", "both.toml", "--gpu", *flags, place=folder)
    assert done.returncode == 2, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("network", "given", "wanted"),
    [
        ('transport = "direct"', [], "give --host too"),
        ('transport = "direct"', ["--host", "300.0.0.1"], ""),
        ('transport = "direct"', ["--host=300.0.0.1"], ""),
        ('transport = "dialled"', [], "give --dial too"),
        ('transport = "dialled"\ngpu_socket = "/s"', [], "give --dial and --dial-path too"),
        ('transport = "dialled"\ngpu_socket = "/s"', ["--dial", "s", "--dial-path", "/s"], ""),
        ('gpu_socket = "/s"', [], "give --socket too"),
        ('gpu_socket = "/s"', ["--socket", "x" * 200], ""),
        ('gpu_host = "laptop"', [], ""),
    ],
)
def test_what_a_file_says_and_hanabi_gpu_is_not_told_is_said(
    tmp_path: Path, door: ModuleType, network: str, given: list[str], wanted: str
) -> None:
    said = refused(door, tmp_path, network, *given, "--auth-token-file", "none")
    assert "none: No such file" in said
    lines = [line for line in said.splitlines() if line.startswith("run_with_config.py: both.toml: ")]
    assert len(lines) == bool(wanted), said
    assert wanted in said


@pytest.mark.parametrize(
    ("network", "why"),
    [
        ("gpu_prot = 5555", "both.toml, line 2: [network] gpu_prot: no such key; did you mean gpu_port"),
        (
            "gpu_port = 70000",
            "both.toml, line 2: [network] gpu_port = 70_000: allowed: whole numbers 1 to 65_535",
        ),
        ("auth_token = 5", "both.toml, line 2: [network] auth_token: allowed: text"),
        ("[", "both.toml: not TOML: "),
    ],
)
def test_a_file_is_read_as_strictly_as_by_the_server(
    tmp_path: Path, door: ModuleType, network: str, why: str
) -> None:
    said = refused(door, tmp_path, network, "--host", "300.0.0.1")
    assert why in said
    assert "cannot be served on" not in said


def test_a_python_without_the_project_goes_on_in_the_venv(tmp_path: Path) -> None:
    shutil.copytree(SCRIPTS, tmp_path / "scripts")
    door = tmp_path / "scripts" / "run_with_config.py"
    bare = [sys.executable, "-S", "-E", door, "both.toml", "--gpu", "--port", "1"]
    refused = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stderr[:27]) == (2, "hanabi-gpu is not installed")
    inside = tmp_path / "elsewhere" / "bin" / "python"
    inside.parent.mkdir(parents=True)
    inside.write_text('#!/bin/sh\necho inside "$@"\n')
    command = inside.with_name("hanabi-gpu")
    command.touch()
    for each in (inside, command):
        each.chmod(0o755)
    on_path = tmp_path / "path"  # as pipx puts it there
    on_path.mkdir()
    (on_path / "hanabi-gpu").symlink_to(command)
    env = {**os.environ, "PATH": f"{on_path}:{os.environ['PATH']}"}
    assert subprocess.check_output(bare, text=True, env=env) == f"inside {door} both.toml --gpu --port 1\n"
    inside.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n')  # it has no project either
    lost = subprocess.run(bare, capture_output=True, text=True, check=False, env=env, timeout=60)
    assert (lost.returncode, lost.stderr[:27]) == (2, "hanabi-gpu is not installed")
