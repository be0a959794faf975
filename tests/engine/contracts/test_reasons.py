"""Why a run is paused, by the beginnings of its reasons."""

import pytest

from engine.contracts.commands import Pause
from engine.contracts.reasons import DISK, ILL, LEARNER, asked_for, by_itself, waits


@pytest.mark.parametrize(
    ("reason", "waiting", "alone"),
    [
        ("the learner is gone: silence for 4.5 s", True, True),
        ("the learner cannot be reached: refused", True, True),
        ("cannot write: No space left on device", True, True),
        ("loss nan at step 5: that step moved no weights", False, True),
        ("loss nan at step 5: that step moved no weights; cannot write: full", False, True),
        ("the score fell to 3.00, 14.0 below the best of this run", False, True),
        ("asked to", False, False),
        ("lunch", False, False),
        ("lunch; the learner is gone: asleep", False, False),
        ("", False, False),
    ],
)
def test_who_asked_for_a_pause_is_told_by_its_reason(reason: str, waiting: bool, alone: bool) -> None:
    assert (waits(reason), by_itself(reason)) == (waiting, alone)


@pytest.mark.parametrize("words", [*LEARNER, *DISK, *ILL, "loss ", " cannot\n write now", "lunch", ""])
def test_no_words_of_a_person_begin_as_the_runs_own(words: str) -> None:
    reason = asked_for(words)
    assert not by_itself(reason)
    assert not by_itself(" ".join(reason.split()))
    assert reason.endswith(words)


def test_words_that_begin_otherwise_stay_as_they_are() -> None:
    for words in ("lunch", "asked to", "no loss", Pause().reason):
        assert asked_for(words) == words
