"""A real terminal to try programs in, driven through tmux."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is missing")


class Tmux:
    """A terminal of 80 × 24 with a shell in it, on a socket of its own."""

    def __init__(self, socket: Path, variables: dict[str, str]) -> None:
        self._variables = os.environ | variables
        self._base = ["tmux", "-S", str(socket), "-f", "/dev/null"]
        shell = [
            "env",
            "PS1=ready> ",
            *(f"{name}={value}" for name, value in variables.items()),
            "bash",
            "--norc",
        ]
        self("new-session", "-d", "-x", "80", "-y", "24", *shell)
        self.until(lambda screen: "ready>" in screen)

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._base, *arguments], env=self._variables, capture_output=True, text=True, check=True
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self("send-keys", *keys)

    def screen(self, *options: str) -> str:
        return self("capture-pane", "-p", *options)

    def until(self, wanted: Callable[[str], bool], seconds: float = 60) -> str:
        """The screen once it is as wanted."""
        deadline = time.monotonic() + seconds
        while not wanted(screen := self.screen()):
            assert time.monotonic() < deadline, f"not seen in {seconds} s:\n{screen}"
            time.sleep(0.02)
        return screen

    def run(self, command: list[str]) -> None:
        """Type a command into the shell; its exit code and the terminal's modes are printed around it."""
        self.press("-l", f"stty -g; {shlex.join(command)}; echo left with $?; stty -g")
        self.press("Enter")

    def child(self) -> int:
        """The process that the shell started."""
        shell = self("display-message", "-p", "#{pane_pid}").strip()
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text())

    def assert_left_as_it_was(self, code: int) -> None:
        screen = self.until(
            lambda screen: f"left with {code}" in screen and screen.rstrip().endswith("ready>")
        )
        modes = [line for line in screen.splitlines() if line.count(":") > 10]
        assert len(modes) == 2 and modes[0] == modes[1]
        assert "Move " not in screen  # the alternate screen is gone
        assert self("display-message", "-p", "#{cursor_flag}").strip() == "1"
