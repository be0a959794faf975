"""Every command that README and docs show is typed here, in another test, or stands below with the reason."""

import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from page_commands import (
    AFTER_A_RUN,
    BEGINS,
    BY_ITSELF,
    FOR_EVER,
    HERE_AND_THERE,
    IN_OTHER_TESTS,
    OF_A_LIVE_RUN,
    OTHERWISE,
    SMALL,
    TYPED,
    lines,
)
from small_run import PATIENCE, heed_signals, until
from typed import typed

from engine.game.kernels import CACHE_FOLDER
from engine.store.generations import Generations

ROOT = Path(__file__).parents[2]
NUMBERS = itertools.count()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def bare(command: str) -> str:
    """As it is typed in an environment that is active."""
    return command.replace(".venv/bin/", "").removeprefix("./")


def test_every_command_on_a_page_is_accounted_for_and_no_other() -> None:
    shown = {bare(command) for page in PAGES for command in typed(page.read_text(encoding="utf-8"))}
    elsewhere = set(itertools.chain(*map(lines, IN_OTHER_TESTS.values())))
    left = shown - set(TYPED) - elsewhere
    assert not [command for command in left if not any(re.match(rule, command) for rule in OTHERWISE)]
    assert set(TYPED) | elsewhere <= shown
    for rule in OTHERWISE:
        assert any(re.match(rule, command) for command in left), rule


def test_what_other_tests_type_stands_there() -> None:
    for name, commands in IN_OTHER_TESTS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not [command for command in lines(commands) if command not in text]


class Desk:
    """A folder to type commands in: a project in a HOME of its own, whose settings make all runs small."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "hanabi"
        self.folder.mkdir(parents=True)
        for name in ("docs", "Makefile", "constraints.txt", "pyproject.toml", ".venv"):
            if (ROOT / name).exists():
                (self.folder / name).symlink_to(ROOT / name)
        (self.folder / "distributed_config.toml").write_text(SMALL)
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}
        path = f"{Path(sys.executable).parent}:{clean['PATH']}"
        compiled = str(CACHE_FOLDER.parent.parent)  # a HOME of its own has no kernels yet
        own = {"HOME": str(home), "PATH": path, "PYTHONUNBUFFERED": "1", "NUMBA_CACHE_DIR": compiled}
        self.environment = {**clean, **own}

    def type(self, command: str, code: int = 0) -> str:
        """What a command says to its end, which must come with this exit code."""
        done = subprocess.run(
            ["bash", "-c", f"{command}\nexit $?"],  # not the last line: a shell in between, as people have
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, f"$ {command}\n{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def begin(self, command: str) -> Iterator["Begun"]:
        """A command that goes on, until the `with` block is left."""
        begun = Begun(self, command)
        try:
            yield begun
        finally:
            begun.process.kill()
            begun.process.wait()


class Begun:
    """A command that goes on; what it says goes into a file, so that it never waits for who reads it."""

    def __init__(self, desk: Desk, command: str) -> None:
        self._said = desk.folder.with_name(f"said-{next(NUMBERS)}")
        with self._said.open("wb") as file:
            self.process = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=desk.folder,
                env=desk.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                preexec_fn=heed_signals,
            )

    def says(self, words: str) -> None:
        """Wait until it does."""
        until(lambda: words in self._said.read_text() or self.process.poll() is not None, words)
        assert words in self._said.read_text(), self._said.read_text()

    def ends(self) -> None:
        """Wait for its end, which must be a good one."""
        assert self.process.wait(PATIENCE) == 0, self._said.read_text()


def test_what_needs_no_run_can_be_typed_one_after_the_other(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (desk.folder / "distributed_config.toml").unlink()
    for command in lines(BY_ITSELF):
        few = re.sub(r"--games \d\d+", "--games 20", re.sub(r"^make", "make -n", command))
        said = desk.type(few)
        assert said or ">" in command or command.startswith("cp "), command
    assert (desk.folder / "my_settings.toml").read_text().startswith("[network]")
    assert (tmp_path / ".hanabi-token").stat().st_mode & 0o077 == 0


def test_what_steers_a_live_run_can_be_typed_one_after_the_other(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with desk.begin("hanabi-tui --no-ui --metrics-port 9464") as run:
        run.says("saved")
        for command in lines(OF_A_LIVE_RUN):
            desk.type(_filled_in(command, desk), _expected(command))
        for command in lines(FOR_EVER):
            with desk.begin(command) as going_on:
                going_on.says("\n")
        assert '"paused: lunch"' in _asked_by_socket(desk)
        desk.type("hanabi-tui stop")
        run.ends()
    for command in lines(AFTER_A_RUN):
        desk.type(command, 2 if command.endswith("fresh") else 0)  # there is nobody to ask
    with desk.begin("hanabi-tui --no-ui") as again:
        again.says("goes on from")


def _filled_in(command: str, desk: Desk) -> str:
    """With a step that there is."""
    if "restore" not in command:
        return command if shutil.which(command.split()[0]) or command.startswith("cd") else "true"
    generation, _ = Generations(desk.folder / "checkpoints" / "generations").newest()
    assert generation is not None
    return f"hanabi-tui restore {generation.manifest.step}"


def _expected(command: str) -> int:
    return 3 if "--quiet-if-locked" in command else 0


def _asked_by_socket(desk: Desk) -> str:
    """As `socat` would send it, which is not everywhere."""
    (told,) = re.findall(r"echo '(.*)' \|", HERE_AND_THERE)
    with socket.socket(socket.AF_UNIX) as way:
        folder = os.open(desk.folder / "checkpoints", os.O_RDONLY)
        way.connect(f"/proc/self/fd/{folder}/control.sock")
        os.close(folder)
        way.sendall(told.encode() + b"\n")
        way.shutdown(socket.SHUT_WR)  # that is what a pipe's end comes to
        return way.makefile(encoding="utf-8").readline()


def test_runs_begin_as_the_pages_show(tmp_path: Path) -> None:
    for number, command in enumerate(lines(BEGINS)):
        with Desk(tmp_path / str(number)).begin(command) as run:
            run.says("Training in ")
            run.process.terminate()
            run.ends()
    desk = Desk(tmp_path / "serial")
    (serial,) = (command for command in lines(HERE_AND_THERE) if "--serial" in command)
    assert "complete" in desk.type(serial)
