"""A whole run on a borrowed learner: what it sends, and how soon a silent link is missed and found again.

The run, OpenSSH's sshd with keys of its own, the slow link and `hanabi-gpu` are all on this machine. The link
falls silent by stopping the proxy: connections stay open, and nothing comes through any more.
"""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec

from benchmarks.measure import Measure
from benchmarks.runs import a_run
from benchmarks.ways import RATE, ROUND_TRIP, a_learner_process, a_slow_process, an_sshd, flags_to, sshd_at
from engine.store.directory import STATE, Saved

FLAGS = ["--replay-ratio", "8", "--checkpoint-interval", "600", "--log-interval", "1"]
TRAINING = 45.0
"""Seconds of training that bytes are counted over."""

SILENT, OUTAGES = 8.0, 3
PATIENCE = 120.0


def measures() -> Iterator[Measure]:
    """Every figure of a run."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sshd = stack.enter_context(an_sshd(folder))
        near, proxy = stack.enter_context(a_slow_process(sshd.port))
        learner = stack.enter_context(a_learner_process(folder))
        process = stack.enter_context(
            a_run(
                folder / "run",
                *FLAGS,
                *flags_to(sshd_at(sshd, near, folder), learner),
                end=signal.SIGKILL,  # no last generation over the slow link
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )
        run = Lines(process, folder / "run")
        run.wait("training")
        yield bytes_sent(run)
        outages = [outage(run, proxy) for _ in range(OUTAGES)]
    way = f"{ROUND_TRIP} ms and {RATE} Mbit/s"
    yield Measure(f"borrowed: silent link until paused, {way}", max(o[0] for o in outages), "s", "lower", 5)
    yield Measure(
        f"borrowed: link back until training again, {way}", max(o[1] for o in outages), "s", "lower", 2
    )


class Lines:
    """A run, and what it says."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process, self.folder = process, folder
        self._said: list[tuple[float, str]] = []
        self._more = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self._said.append((time.monotonic(), line))
                self._more.notify_all()

    def wait(self, words: str, since: float = 0.0) -> float:
        """When a line with these words came, after a time (s, monotonic)."""

        def found() -> list[float]:
            return [at for at, line in self._said if at > since and words in line]

        with self._more:
            if not self._more.wait_for(found, PATIENCE):
                raise SystemExit(f"the run never said {words!r}:\n" + "".join(line for _, line in self._said))
            return found()[0]

    @property
    def saved(self) -> Saved:
        """What it shows of itself."""
        return msgspec.json.decode((self.folder / STATE).read_bytes(), type=Saved)


def bytes_sent(run: Lines) -> Measure:
    """Bytes both ways for each sample trained, of a run that is past its start."""
    time.sleep(10)
    first = run.saved
    time.sleep(TRAINING)
    last = run.saved
    assert first.link is not None
    assert last.link is not None
    trained = last.counters.trained - first.counters.trained
    sent = last.link.sent + last.link.received - first.link.sent - first.link.received
    return Measure(
        "borrowed: bytes for each sample trained, replay ratio 8", sent / trained, "bytes", "lower", 40
    )


def outage(run: Lines, proxy: "subprocess.Popen[str]") -> tuple[float, float]:
    """Seconds until the run says that it is paused, and from the end of the silence until it trains."""
    began = time.monotonic()
    os.kill(proxy.pid, signal.SIGSTOP)
    paused = run.wait("paused", began) - began
    time.sleep(max(0.0, SILENT - paused))
    ended = time.monotonic()
    os.kill(proxy.pid, signal.SIGCONT)
    again = run.wait("nothing was lost", ended) - ended
    run.wait(" trained ", ended)
    time.sleep(5.0)
    return paused, again
