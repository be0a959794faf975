"""`hanabi-tui --no-ui --inference remote`: workers that ask the learner how to move."""

import os
import signal
from pathlib import Path

from small_run import SmallRun, assert_agrees


def test_a_run_whose_learner_is_killed_goes_on_and_counts_everything_once(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    with SmallRun(directory, "--inference", "remote") as run:
        run.wait_for("saved", times=2)
        os.kill(run.learner, signal.SIGKILL)
        run.wait_for("the learner is gone")
        run.wait_for("went back to generation")
        run.wait_for(" trained ")
        run.wait_for("saved")
        run.stop()
    assert_agrees(directory)
