"""The wheel works without the source tree; and a laptop needs none of the console's libraries."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONSOLE = ("typer", "rich", "textual", "prometheus_client")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is unpacked, as pip would."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("engine", "remote", "hanabi_tui", "themes"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", made, source], check=True)
    (wheel,) = made.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(made / "site")
    return made / "site"


def ran(site: Path, code: str) -> subprocess.CompletedProcess[str]:
    """What Python says to some code that only knows the wheel and other people's libraries."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=site.parent,
        env={**environment, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_of_the_wheel_run_and_find_the_units_in_it(site: Path) -> None:
    done = ran(
        site,
        "import sys, hanabi_tui; print(hanabi_tui.__file__)\n"
        "from hanabi_tui.__main__ import main\n"
        "sys.argv[1:] = ['systemd', 'install', '--user', '--dry-run']\n"
        "main()",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(site))
    assert "Type=notify" in done.stdout


def test_what_lends_a_gpu_needs_nothing_of_the_console(site: Path) -> None:
    barred = f"import sys; sys.modules.update(dict.fromkeys({CONSOLE}))\n"
    done = ran(
        site,
        f"{barred}import engine.learning, remote.serving\n"
        "from hanabi_tui import systemd\n"
        "from remote.__main__ import main\n"
        "main(['--version'])",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("hanabi-gpu ")
    told = ran(site, f"{barred}from hanabi_tui.__main__ import main; main()")
    assert told.returncode == 2
    assert "pip install 'hanabi-tui[console]'" in told.stderr
    assert "Traceback" not in told.stderr


def test_both_commands_tell_the_versions_that_must_match(site: Path) -> None:
    both = "import sys; sys.argv[1:] = ['--version']\nfrom {}.__main__ import main; main()"
    server, laptop = (ran(site, both.format(name)).stdout for name in ("hanabi_tui", "remote"))
    assert server.removeprefix("hanabi-tui") == laptop.removeprefix("hanabi-gpu")
    assert "wire " in server
