"""Signals come at any moment, also while a line is being written that nobody reads."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import eventually
from small_run import heed_signals

import engine

BLOCKED = """
import fcntl, os, sys, time
from hanabi_tui.foreground import signals
from hanabi_tui.foreground.log_format import Format
from hanabi_tui.foreground.voice import Voice

class Run:
    told = []
    def command(self, command):
        self.told.append(type(command).__name__)

run, voice = Run(), Voice(Format())
signals.TWICE = float(sys.argv[1])
heard = signals.Signals(run, voice)
fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 4096)
print("ready", file=sys.stderr, flush=True)
voice.say("x" * 100_000)
voice.say(heard.news)
voice.say(f"told: {run.told}")
"""


def blocked(twice: float) -> subprocess.Popen[str]:
    """A process that has gone to say more than its pipe holds."""
    process = subprocess.Popen(
        [sys.executable, "-c", BLOCKED, str(twice)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # buffered, as where a run is somebody's command
        env={**os.environ, "PYTHONUNBUFFERED": "", "PYTHONPATH": str(Path(engine.__file__).parents[1])},
        preexec_fn=heed_signals,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "ready\n"
    assert eventually(lambda: is_asleep(process.pid))
    return process


def is_asleep(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "S"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_while_a_line_waits_for_its_reader_breaks_nothing(number: int) -> None:
    with blocked(twice=1.0) as process:
        process.send_signal(number)
        time.sleep(0.1)
        said, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (0, "")
    line, stopping, told, _ = said.split("\n")
    assert line == "x" * 100_000
    assert stopping == "Stopping with a checkpoint; once more stops at once."
    assert told == "told: ['Stop']"


def test_a_second_stop_ends_a_run_whose_terminal_is_frozen() -> None:
    with blocked(twice=0.0) as process:
        until = time.monotonic() + 60
        while process.poll() is None:  # two that come before either is heeded are one
            assert time.monotonic() < until
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        assert process.returncode == 128 + signal.SIGINT
