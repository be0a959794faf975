"""A process of its own that talks to Weights & Biases: JSON lines in, calls of `wandb` out.

The first line says how to begin, each other one is what to log. It ends with its standard input; whatever
goes wrong ends it too, with the reason as the last line of its standard error. It imports nothing of ours, so
that it can be started by its file name.
"""

import json
import os
import sys
import threading
from typing import Any

NOT_INSTALLED = 3
"""Exit status: there is no wandb here."""

FINISHING_SECONDS = 60.0
"""How long it may go on when the run is gone."""


def main() -> int:
    """Serve until the input ends. Returns the exit status."""
    os.umask(0o077)
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    begin = json.loads(sys.stdin.readline())
    try:
        import wandb

        # what wandb finds out by itself stays here: the command line may have secrets in it
        wanted: dict[str, Any] = {
            "console": "off",
            "silent": True,
            "disable_git": True,
            "disable_code": True,
            "x_disable_meta": True,
            "x_save_requirements": False,
        }
        known = getattr(wandb.Settings, "model_fields", wanted)  # older ones know fewer
        settings = wandb.Settings(**{key: value for key, value in wanted.items() if key in known})
        run = wandb.init(**begin, resume="allow", settings=settings)
        run.define_metric("*", step_metric="step")  # a run that goes back to a generation repeats steps
        for line in sys.stdin:
            run.log(json.loads(line))
        run.finish()
    except Exception as error:
        print(" ".join(f"{type(error).__name__}: {error}".split()), file=sys.stderr)
        missing = isinstance(error, ModuleNotFoundError) and error.name == "wandb"
        return NOT_INSTALLED if missing else 1
    return 0


def _end_with(run: int) -> None:
    """Outlive the run, whose process this is, by FINISHING_SECONDS at most."""
    pause = threading.Event()
    while os.getppid() == run:
        pause.wait(1.0)
    pause.wait(FINISHING_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # what wandb would still like to do at the exit may take for ever
