"""Real runs: the user's own command in a process of its own, whatever this shell has set for its runs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "hanabi_tui"]


def clean_environment() -> dict[str, str]:
    """The environment, but for settings."""
    return {key: value for key, value in os.environ.items() if not key.startswith("HANABI_")}


@contextmanager
def a_run(
    directory: Path, *flags: str, end: signal.Signals = signal.SIGTERM, **how: Any
) -> Iterator["subprocess.Popen[str]"]:
    """A run of the `cpu` preset that evaluates nothing, as long as the `with` block lasts.

    Args:
      directory: of the run.
      flags: further ones.
      end: the signal that ends it.
      how: further arguments of Popen; nobody hears it but where they say so.
    """
    told = ["--no-ui", "--preset", "cpu", "--evaluation-interval", "0", "--checkpoint-dir", str(directory)]
    how = {"stdout": subprocess.DEVNULL, **how}
    run = subprocess.Popen([*COMMAND, *told, *flags], env=clean_environment(), text=True, **how)
    try:
        yield run
    finally:
        run.send_signal(end)
        run.wait()
