"""One life of a learner: what ends it, and what does not."""

import contextlib
import sys
from pathlib import Path

import pytest
from plain_learner import PlainLearner

from remote import serving
from remote.serving import _Teller, _Watch


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
def test_a_full_disk_below_the_log_is_no_failure_of_the_learner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "EVERY", 0.0)
    learner = PlainLearner()
    learner.step = 1
    teller = _Teller(learner)
    full = Path("/dev/full").open("w")  # noqa: SIM115
    monkeypatch.setattr(sys, "stdout", full)
    try:
        teller.tell()
        learner.step = 2
        teller.tell()
    finally:
        monkeypatch.undo()
        with contextlib.suppress(OSError):  # it tries once more
            full.close()


def test_a_call_that_hangs_is_noticed_by_looks_and_not_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HANGS", 3)
    busy: list[float | None] = [None, 1.0, 2.0, 3000.0, 1.0, 2.0, None, 1.0, 2.0, 3.0]  # once it was stopped
    watch = _Watch(lambda: busy.pop(0))
    for _ in range(3):
        watch.look()
    with pytest.raises(RuntimeError, match="has not come back for 3000 s"):
        watch.look()
    for _ in range(5):
        watch.look()
    with pytest.raises(RuntimeError):
        watch.look()
