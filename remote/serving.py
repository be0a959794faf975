"""`python -m remote.serving`: one life of a learner, served on a socket until told to end.

Run by whoever keeps it alive: a run, for a learner of its own, or `hanabi-gpu`, which gives it the socket
that outlives it. After a failure that nobody foresaw, a device that is gone say, this life is over: it tells
who asked, and ends, for whoever keeps it alive to begin another.
"""

import argparse
import contextlib
import importlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from remote import unix
from remote.errors import AddressError
from remote.log_format import log_plainly
from remote.service import Service
from remote.session import HANGS, ServedLearner

PATIENCE = 10.0  # s that the call in progress has to end
TELLING = 0.5  # s that a failure has to reach whoever asked
BROKEN = 70  # exit code after a failure
EVERY = 60.0  # s between two lines about what the learner does

Make = Callable[[str, int, Path | None], ServedLearner]
"""Makes a learner on a device, with so many threads, that keeps copies of its own in a folder."""


def learning(
    device: str, threads: int, keep: Path | None, precision: str = "auto", compiled: bool = False
) -> ServedLearner:
    """The learner of this project, on `device` ("auto": a GPU where there is one); see networks.manner."""
    # by name and only here: torch takes seconds to load, and nothing else in this package wants it
    torch: Any = importlib.import_module("torch")
    if threads:
        torch.set_num_threads(threads)
    manner = importlib.import_module("engine.networks.manner").Manner(precision=precision, compiled=compiled)
    learner: ServedLearner = importlib.import_module("engine.learning.learning").Learning(
        device, keep, manner
    )
    return learner


def add_learner_flags(parser: argparse._ArgumentGroup | argparse.ArgumentParser) -> None:
    """The flags that say what a learner computes on, and how, wherever one is started."""
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps (%(default)s)")
    parser.add_argument("--threads", type=int, default=0, help="threads of the CPU; 0: torch's choice")
    parser.add_argument(
        "--precision",
        choices=["auto", "float32", "bfloat16"],
        default="auto",
        help="of inner sums; auto: bfloat16 on a CPU that has it and for a transformer on CUDA, else float32",
    )
    parser.add_argument(
        "--compile", action="store_true", help="by torch.compile: slow to begin, never tried on CUDA yet"
    )


def parser() -> argparse.ArgumentParser:
    """What the program takes."""
    made = argparse.ArgumentParser(
        prog="python -m remote.serving", description="One life of a learner, on a socket."
    )
    where = made.add_mutually_exclusive_group(required=True)
    where.add_argument("--socket", type=Path, help="where to listen; the folder must be yours alone")
    where.add_argument("--fd", type=int, help="a socket that listens already")
    add_learner_flags(made)
    made.add_argument("--keep", type=Path, help="folder for copies of snapshots")
    made.add_argument("--tell-device", type=int, metavar="FD", help="where to write which device it is")
    made.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    return made


def main(arguments: Sequence[str] | None = None, make: Make | None = None) -> int:
    """Serve the learner that `make` makes, this project's where that is None; the exit code."""
    chosen = parser().parse_args(arguments)
    log_plainly()
    make = make or partial(learning, precision=chosen.precision, compiled=chosen.compile)
    ends = _Ends(chosen.with_parent)
    try:
        learner = make(chosen.device, chosen.threads, chosen.keep)
        listener = unix.listen(chosen.socket) if chosen.socket else socket.socket(fileno=chosen.fd)
    except (AddressError, ValueError, RuntimeError) as error:  # a device that is not there: torch says which
        print(error, file=sys.stderr)
        return 1
    if chosen.tell_device is not None:
        os.write(chosen.tell_device, learner.status().device.partition(" ")[0].encode())
    served = f", serving on {chosen.socket}" if chosen.socket else ""
    _say(f"computing on {learner.status().device}{served}")
    return _serve(chosen.socket, learner, listener, ends)


def _serve(path: Path | None, learner: ServedLearner, listener: socket.socket, ends: "_Ends") -> int:
    """Serve until something ends it; the exit code. The socket at `path`, if it is its own, goes with it."""
    service = Service(learner, listener, token=os.environ.get("HANABI_AUTH_TOKEN", ""), broken=ends.break_off)
    teller, watch = _Teller(learner), _Watch(lambda: service.busy)

    def look() -> None:
        watch.look()
        teller.tell()

    why = ends.wait(look)
    failed = why == _Ends.FAILURE
    _say(f"ending: {why}")
    done = service.close(0.0 if failed else PATIENCE)
    if path is not None:
        unix.remove(path)
    code = BROKEN if failed else 0
    if not done:
        _say("the call in progress is given up")
        os._exit(code or 1)  # Python would wait for its thread
    return code


def _say(text: str) -> None:
    """Say it as `log_plainly` does; a full disk, on which the log lies, is no reason for a learner to end."""
    with contextlib.suppress(OSError):
        print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


class _Teller:
    """Says every so often what the learner does, if it does anything."""

    def __init__(self, learner: ServedLearner) -> None:
        self._learner = learner
        self._step, self._at = -1, time.monotonic()

    def tell(self) -> None:
        now = time.monotonic()
        if now - self._at < EVERY:
            return
        status = self._learner.status()
        if 0 <= self._step < status.step:
            rate = (status.step - self._step) / (now - self._at)
            memory = status.memory / 1e9
            _say(f"step {status.step:,}  {rate:,.1f} steps/s  {memory:.1f} GB  {status.device}")
        self._step, self._at = status.step, now


class _Watch:
    """Notices a call that hangs, as one may in a driver after a suspend; look about once a second.

    It counts looks, and no clock: who was stopped meanwhile saw nothing hang.
    """

    def __init__(self, busy: Callable[[], float | None]) -> None:
        """`busy` tells for how long the call in progress has been going on."""
        self._busy, self._before, self._looks = busy, 0.0, 0

    def look(self) -> None:
        """Raise RuntimeError for a call that has been in progress for HANGS looks."""
        busy = self._busy() or 0.0
        self._looks = self._looks + 1 if busy > self._before else 0
        self._before = busy
        if self._looks >= HANGS:
            raise RuntimeError(f"a call has not come back for {busy:.0f} s")


class _Ends:
    """What ends the service: a signal, the parent's end, a failure."""

    FAILURE = "the learner failed, and begins anew"

    def __init__(self, with_parent: bool) -> None:
        self._watched = [sys.stdin.fileno()] if with_parent else []
        # a pipe, for a handler that sets a threading.Event may meet the very lock it interrupted
        self._told, self._tell = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: os.write(self._tell, bytes([number])) and None)

    def break_off(self) -> None:
        """End: the learner cannot be trusted any more."""
        os.write(self._tell, b"\0")

    def wait(self, meanwhile: Callable[[], None]) -> str:
        """Wait for it; what it was. Every second, does something in between."""
        while True:
            ready, _, _ = select.select([self._told, *self._watched], [], [], 1.0)
            if not ready:
                try:
                    meanwhile()
                except Exception as error:  # a device that is gone can not even be asked how it fares
                    _say(f"the learner does not answer: {error}")
                    return self.FAILURE
            elif self._told in ready:
                number = os.read(self._told, 1)[0]
                if number:
                    return signal.Signals(number).name
                time.sleep(TELLING)
                return self.FAILURE
            elif not os.read(ready[0], 4096):
                return "the parent has ended"


if __name__ == "__main__":
    sys.exit(main())
