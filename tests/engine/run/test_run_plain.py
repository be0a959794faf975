"""Runs of odd shapes, with plain workers and a plain learner."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from plain_run import PlainRun
from small_run import newest

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.states import State


def test_a_run_that_ends_before_it_is_warm_ends_all_the_same(tmp_path: Path) -> None:
    large = "--buffer-size 100000 --warm-up 100000 --games-per-worker 1".split()
    flags = ["--minutes", "0.001", "--num-iterations", "0", *large]
    run = PlainRun(tmp_path / "run", *flags, serial=False)
    run.finish()
    assert run.of(e.GenerationSaved)[-1].step == 0
    assert run.of(e.Evaluated)[-1].final


def test_a_buffer_smaller_than_a_chunk_will_do(tmp_path: Path) -> None:
    flags = "--buffer-size 1024 --games-per-worker 100 --warm-up 700".split()
    PlainRun(tmp_path / "run", *flags, serial=False).finish()
    assert newest(tmp_path / "run").manifest.step == 180


class RunAway(PlainRun):
    """A run whose learner's values run away."""

    def attend(self, name: str, call: Callable[[], Any]) -> Any:
        made = call()
        return [msgspec.structs.replace(each, loss=5e6) for each in made] if name == "train" else made


def test_a_loss_beyond_all_scores_pauses_the_run_with_the_reason(tmp_path: Path) -> None:
    run = RunAway(tmp_path / "run")
    for event in run.events():
        if isinstance(event, e.StateChanged) and event.state is State.PAUSED:
            assert "loss 5e+06 at step 1, where no game is worth more than 25" in event.reason
            run.run.command(c.Stop())
    assert run.run.state is State.STOPPED
