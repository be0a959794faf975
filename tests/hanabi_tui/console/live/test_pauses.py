"""Why a run is paused, by the beginnings of its reasons."""

import inspect

import pytest

from engine.run import course, examining, meeting, run
from engine.training import training
from hanabi_tui.console.live.pauses import DISK, ILL, LEARNER, by_itself, waits


def test_reasons_begin_as_the_engine_writes_them() -> None:
    written = "".join(inspect.getsource(module) for module in (run, course, meeting, training, examining))
    for beginning in LEARNER + DISK + ILL:
        assert f'f"{beginning}' in written, beginning


@pytest.mark.parametrize(
    ("reason", "waiting", "alone"),
    [
        ("the learner is gone: silence for 4.5 s", True, True),
        ("the learner cannot be reached: refused", True, True),
        ("cannot write: No space left on device", True, True),
        ("loss nan at step 5: that step moved no weights", False, True),
        ("the score fell to 3.00, 14.0 below the best of this run", False, True),
        ("asked to", False, False),
        ("lunch", False, False),
    ],
)
def test_who_asked_for_a_pause_is_told_by_its_reason(reason: str, waiting: bool, alone: bool) -> None:
    assert (waits(reason), by_itself(reason)) == (waiting, alone)
