"""Archive and wheel work without the source tree; and a laptop needs none of the console's libraries."""

import email
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from lent import lend_kernels, lend_libraries
from small_run import SERIAL

ROOT = Path(__file__).parents[1]
CONSOLE = ("typer", "rich", "textual", "prometheus_client")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
BESIDE = (
    "benchmarks/__main__.py",
    "docs/index.md",
    "mkdocs.yml",
    "systemd/hanabi-coordinator@.service",
    "scripts/setup_server.sh",
    "tests/test_packaging.py",
    "constraints.txt",
    "Makefile",
)
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "__pycache__", "build", "dist", "*.egg-info", ".*_cache")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody has who has only the source archive."""
    source, made = tmp_path_factory.mktemp("source") / "hanabi", tmp_path_factory.mktemp("sdist")
    shutil.copytree(ROOT, source, ignore=LEFT_OUT)
    subprocess.run([sys.executable, "-c", BUILD, made], cwd=source, check=True, capture_output=True)
    (archive,) = made.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(made, filter="data")
    shutil.rmtree(source)
    return made / archive.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the source archive makes."""
    made = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", made, unpacked], check=True)
    (wheel,) = made.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; only other people's libraries are this suite's."""
    place = tmp_path_factory.mktemp("clean") / "env"
    venv.create(place, symlinks=True)
    (site,) = place.glob("lib/python*/site-packages")
    lend_libraries(site)
    install = [sys.executable, "-m", "pip", "--python", place / "bin" / "python", "install", "--quiet"]
    subprocess.run([*install, "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    lend_kernels(site, place / "kernels")
    return place


def ran(clean: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A program of the clean environment, far from the source tree."""
    program, *rest = words
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("HANABI_", "PYTHON"))
    }
    return subprocess.run(
        [clean / "bin" / program, *rest],
        cwd=clean.parent,
        env={**environment, "NUMBA_CACHE_DIR": str(clean / "kernels")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_source_archive_has_what_stands_beside_the_packages(unpacked: Path) -> None:
    for name in BESIDE:
        assert (unpacked / name).is_file(), name


def test_what_comes_with_the_program_is_in_the_wheel_and_nothing_else_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        told = email.message_from_bytes(
            archive.read(next(name for name in names if name.endswith(".dist-info/METADATA")))
        )
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "engine",
        "hanabi_tui",
        "remote",
        "themes",
    }
    for part in ("units/hanabi-coordinator@.service", "commands/report.html.j2"):
        assert f"hanabi_tui/{part}" in names
    assert "themes/fireworks.toml" in names
    assert {"console", "gpu", "metrics", "wandb"} <= set(told.get_all("Provides-Extra", []))


def test_a_run_trains_and_is_reported_from_the_wheel(clean: Path) -> None:
    trained = ran(clean, "hanabi-tui", "--no-ui", *SERIAL, "--num-iterations", "2")
    assert trained.returncode == 0, trained.stdout + trained.stderr
    assert "This run is complete" in trained.stdout
    reported = ran(clean, "hanabi-tui", "report")
    assert reported.returncode == 0, reported.stderr
    assert (clean.parent / "checkpoints" / "report.html").exists()


def test_the_commands_of_the_wheel_find_the_units_in_it(clean: Path) -> None:
    done = ran(clean, "hanabi-tui", "systemd", "install", "--user", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"ExecStart={clean}/bin/hanabi-tui --no-ui" in done.stdout
    assert "Type=notify" in done.stdout


def test_what_lends_a_gpu_needs_nothing_of_the_console(clean: Path) -> None:
    barred = f"import sys; sys.modules.update(dict.fromkeys({CONSOLE}))\n"
    done = ran(
        clean,
        *("python", "-c"),
        f"{barred}import engine.learning.learning, remote.serving\n"
        "from hanabi_tui import systemd\n"
        "from remote.__main__ import main\n"
        "main(['--version'])",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("hanabi-gpu ")
    told = ran(clean, "python", "-c", f"{barred}from hanabi_tui.__main__ import main; main()")
    assert told.returncode == 2
    assert "pip install 'hanabi-tui[console]'" in told.stderr
    assert "Traceback" not in told.stderr


def test_both_commands_tell_the_versions_that_must_match(clean: Path) -> None:
    server, laptop = (ran(clean, name, "--version").stdout for name in ("hanabi-tui", "hanabi-gpu"))
    assert server.removeprefix("hanabi-tui") == laptop.removeprefix("hanabi-gpu")
    assert "wire " in server
