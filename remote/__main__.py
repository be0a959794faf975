"""`python -m remote --socket PATH`: serve a learner on a Unix socket until told to end."""

import argparse
import importlib
import logging
import os
import select
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from remote import unix
from remote.errors import AddressError
from remote.service import Service
from remote.session import ServedLearner

PATIENCE = 10.0  # s that the call in progress has to end


def learning(device: str, threads: int) -> ServedLearner:
    """The learner of this project, on `device` ("auto": a GPU where there is one)."""
    # by name and only here: torch takes seconds to load, and nothing else in this package wants it
    torch: Any = importlib.import_module("torch")
    if threads:
        torch.set_num_threads(threads)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    learner: ServedLearner = importlib.import_module("engine.learning").Learning(device)
    return learner


def main(arguments: Sequence[str] | None = None, make: Callable[[str, int], ServedLearner] = learning) -> int:
    """Serve the learner that `make` gives for a device and a number of threads; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m remote", description="Serve a learner on a Unix socket.")
    parser.add_argument(
        "--socket", type=Path, required=True, help="where to listen; the folder must be yours alone"
    )
    parser.add_argument("--device", choices=["cpu", "cuda", "auto"], default="auto")
    parser.add_argument("--threads", type=int, default=0, help="threads of the CPU; 0: torch's choice")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stdout)

    ends = _Ends(chosen.with_parent)
    learner = make(chosen.device, chosen.threads)
    try:
        listener = unix.listen(chosen.socket)
    except AddressError as error:
        print(error, file=sys.stderr)
        return 1
    service = Service(learner, listener)
    print(f"serving on {chosen.socket}", flush=True)
    print(f"ending: {ends.wait()}", flush=True)
    done = service.close(PATIENCE)
    unix.remove(chosen.socket)
    if not done:
        print("the call in progress is given up", flush=True)
        os._exit(1)  # Python would wait for its thread
    return 0


class _Ends:
    """What ends the service: a signal, or the parent's end."""

    def __init__(self, with_parent: bool) -> None:
        self._watched = [sys.stdin.fileno()] if with_parent else []
        # a pipe, for a handler that sets a threading.Event may meet the very lock it interrupted
        self._told, tell = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: os.write(tell, bytes([number])) and None)

    def wait(self) -> str:
        """Wait for it; what it was."""
        while True:
            ready, _, _ = select.select([self._told, *self._watched], [], [])
            if self._told in ready:
                return signal.Signals(os.read(self._told, 1)[0]).name
            if not os.read(ready[0], 4096):
                return "the parent has ended"


if __name__ == "__main__":
    sys.exit(main())
