"""Where a run stands: it goes on when nobody asks for a pause and nothing is missing, and not before."""

import pytest

from engine.contracts import commands as c
from engine.contracts.states import State, StateError
from engine.run.answering import answer_early
from engine.run.standing import Standing


class Told:
    """A standing that collects, and all its changes."""

    def __init__(self) -> None:
        self.changes: list[tuple[State, str]] = []
        self.standing = Standing(lambda: self.changes.append((self.standing.state, self.standing.reason)))
        self.standing.enter(State.COLLECTING)
        self.changes.clear()


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_change_is_told_once_and_an_impossible_one_is_a_fault(told: Told) -> None:
    told.standing.enter(State.TRAINING)
    told.standing.enter(State.TRAINING)
    assert told.changes == [(State.TRAINING, "")]
    with pytest.raises(StateError, match="from training to stopped"):
        told.standing.enter(State.STOPPED)


def test_what_is_missing_pauses_and_its_return_ends_the_pause(told: Told) -> None:
    told.standing.wait_for("learner", "asleep")
    assert not told.standing.trains
    told.standing.mended(State.TRAINING)
    told.standing.mended(State.TRAINING)
    assert told.changes == [(State.PAUSED, "asleep"), (State.TRAINING, "")]
    assert told.standing.trains


def test_a_pause_that_was_asked_for_never_reads_as_one_of_the_runs_own(told: Told) -> None:
    told.standing.pause("loss of power, soon")
    assert told.standing.reason == "asked to: loss of power, soon"
    told.standing.pause("loss nan at step 5", ill=True)
    assert told.standing.reason == "loss nan at step 5"


def test_a_pause_that_was_asked_for_outlasts_what_was_missing(told: Told) -> None:
    told.standing.pause("lunch")
    told.standing.wait_for("disk", "full")
    assert told.standing.reason == "lunch; full"
    told.standing.mended(State.TRAINING)
    assert (told.standing.state, told.standing.reason) == (State.PAUSED, "lunch")
    assert told.standing.go_on(State.TRAINING) == ""
    assert told.standing.state is State.TRAINING


def test_a_run_that_waits_can_be_held_besides_and_let_go_again(told: Told) -> None:
    told.standing.wait_for("learner", "asleep")
    told.standing.pause("lunch")
    assert told.standing.reason == "lunch; asleep"
    assert told.standing.go_on(State.TRAINING) == "asleep"
    assert told.changes[-1] == (State.PAUSED, "asleep")
    told.standing.mended(State.TRAINING)
    assert told.standing.state is State.TRAINING


def test_who_says_go_on_hears_what_is_missing_and_has_it_tried_at_once(told: Told) -> None:
    told.standing.pause("lunch")
    told.standing.wait_for("learner", "asleep")
    assert not told.standing.trouble.due
    assert told.standing.go_on(State.TRAINING) == "asleep"
    assert told.standing.trouble.due
    told.standing.mended(State.TRAINING)
    assert told.standing.state is State.TRAINING


@pytest.mark.parametrize("missing_first", [True, False])
def test_a_run_without_its_learner_stops_at_once(told: Told, missing_first: bool) -> None:
    if missing_first:
        told.standing.wait_for("learner", "asleep")
        told.standing.stop()
    else:
        told.standing.stop()
        told.standing.wait_for("learner", "asleep")
    assert (told.standing.state, told.standing.reason) == (State.STOPPED, "without a last generation: asleep")
    assert told.standing.over


def test_a_run_whose_disk_is_full_tries_once_more_when_it_stops(told: Told) -> None:
    told.standing.wait_for("disk", "full")
    told.standing.stop()
    assert told.standing.state is State.STOPPING
    assert told.standing.trouble.due
    told.standing.wait_for("disk", "full")
    assert told.standing.reason == "without a last generation: full"


def test_a_run_can_be_held_while_it_waits_for_its_first_learner() -> None:
    standing = Standing(lambda: None)
    refused = answer_early(c.Pause(reason="mine"), standing)
    assert isinstance(refused, c.Refused)
    assert "only begun to start" in refused.why
    standing.wait_for("learner", "asleep")
    assert answer_early(c.Pause(reason="mine"), standing) == c.Done(text="paused: mine")
    assert standing.reason == "mine; asleep"
    standing.mended(State.TRAINING)  # the learner is there
    assert (standing.state, standing.reason) == (State.PAUSED, "mine")
    assert standing.go_on(State.TRAINING) == ""
    assert standing.state is State.TRAINING


def test_a_run_held_before_its_first_learner_can_be_let_go_before_it() -> None:
    standing = Standing(lambda: None)
    standing.wait_for("learner", "asleep")
    answer_early(c.Pause(reason="mine"), standing)
    assert answer_early(c.Resume(), standing) == c.Done(text="it tries again: asleep")
    assert standing.reason == "asleep"
    standing.mended(State.TRAINING)
    assert standing.state is State.TRAINING


def test_before_it_has_a_learner_a_run_can_be_stopped_or_told_to_try_again() -> None:
    standing = Standing(lambda: None)
    standing.wait_for("learner", "asleep")
    assert answer_early(c.Resume(), standing) == c.Done(text="it tries again: asleep")
    assert standing.trouble.due
    assert answer_early(c.Checkpoint(), standing) == c.Refused(why="the run waits for its learner")
    assert answer_early(c.Stop(), standing) == c.Done(text="the run stops")
    assert standing.state is State.STOPPED
    assert answer_early(c.Resume(), standing) == c.Refused(why="the run is stopped")
