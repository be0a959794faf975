"""`python -m benchmarks NAME [--json]`: print one line a measure; exit 1 if a goal is missed."""

import argparse
import importlib
import os
import sys

from engine.machine.memory import keeping_memory

NAMES = ("engine", "training", "learning", "remote", "borrowed", "device", "console")


def main() -> int:
    """Run the benchmarks named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=[*NAMES, "all"])
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    reached = True
    for name in NAMES if arguments.name == "all" else [arguments.name]:
        for measure in importlib.import_module(f"benchmarks.{name}").measures():
            print(measure.as_json() if arguments.json else measure, flush=True)
            reached &= measure.reached
    return 0 if reached else 1


def as_workers_do() -> None:
    """Begin again as a process that keeps freed memory, as workers and learners are: some measure theirs."""
    kept = keeping_memory()
    if any(os.environ.get(name) != value for name, value in kept.items()):
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks", *sys.argv[1:]], kept)


if __name__ == "__main__":
    as_workers_do()
    sys.exit(main())
