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


def test_a_learner_that_is_gone_is_noticed_where_nothing_is_learned(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    # no step is earned, no generation due and no evaluation: only workers have to do with the learner
    idle = "--replay-ratio 0.000001 --checkpoint-interval 3600 --evaluation-interval 0".split()
    with SmallRun(directory, "--inference", "remote", *idle) as run:
        run.wait_for("step", times=3)
        os.kill(run.learner, signal.SIGKILL)
        run.wait_for("the learner is gone")
        run.wait_for("the learner is back")
        run.stop()
