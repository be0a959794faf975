"""The guide's scripts are doors to the commands, with the guide's flags."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def ran(name: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPTS / name] if name.endswith(".py") else [SCRIPTS / name]
    return subprocess.run(
        [*command, *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=60
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
        ("run_gpu_server.sh", "--port 5555 --auth-token t --device auto --host 300.0.0.1", 2, "300.0.0.1"),
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


def test_a_settings_file_gives_the_gpu_its_port_and_its_token(tmp_path: Path) -> None:
    (tmp_path / "both.toml").write_text('[network]\ngpu_port = 1\nauth_token = "0123456789abcdef"\n')
    done = ran("run_with_config.py", "both.toml", "--gpu", "--host", "300.0.0.1", cwd=tmp_path)
    assert done.returncode == 2
    assert "300.0.0.1:1 cannot be served on" in done.stderr  # not refused for want of a token
