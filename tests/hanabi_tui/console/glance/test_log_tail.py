"""Which lines of the log tell of something wrong."""

import pytest

from engine.contracts.events import AnyEvent, Notice, StateChanged
from engine.contracts.log_lines import line, words
from hanabi_tui.console.glance.log_tail import is_warning


def paused(reason: str) -> StateChanged:
    return StateChanged(time=1e9, step=7, state="paused", reason=reason)


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        (paused("asked to"), False),
        (paused("lunch"), False),
        (paused("lunch; the learner is gone: asleep"), False),
        (paused("the learner cannot be reached: refused"), True),
        (paused("cannot write: disk full"), True),
        (paused("loss nan at step 7: that step moved no weights"), True),
        (StateChanged(time=1e9, step=7, state="training"), False),
        (StateChanged(time=1e9, step=7, state="failed", reason="no"), True),
        (Notice(time=1e9, step=7, text="the learner is back; nothing was lost"), False),
        (Notice(time=1e9, step=7, text="a worker is slow", warning=True), True),
    ],
)
def test_what_went_wrong_is_marked_and_what_a_person_did_is_not(event: AnyEvent, wrong: bool) -> None:
    assert is_warning(line(event)) is wrong
    assert is_warning(words(event)) is wrong
