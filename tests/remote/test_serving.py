"""One life of a learner: what ends it, and what does not."""

import contextlib
import sys
from pathlib import Path

import pytest
from plain_learner import PlainLearner

from remote import serving
from remote.serving import _Teller


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
