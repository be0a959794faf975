"""Runs of odd shapes, with plain workers and a plain learner."""

from pathlib import Path

from plain_run import PlainRun
from small_run import newest

from engine import events as e


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
