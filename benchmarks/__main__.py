"""`python -m benchmarks NAME [--json]`: print one line a measure; exit 1 if a goal is missed."""

import argparse
import importlib
import sys

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


if __name__ == "__main__":
    sys.exit(main())
