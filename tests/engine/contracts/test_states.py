"""The states of a run: the table, and nothing but the table."""

import pytest

from engine.contracts.states import OVER, TRANSITIONS, State, StateError, check


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_only_what_the_table_names_is_allowed(before: State, after: State) -> None:
    if after in TRANSITIONS[before]:
        check(before, after)
        return
    with pytest.raises(StateError, match=f"cannot go from {before} to {after}; allowed are ") as refusal:
        check(before, after)
    assert all(state in str(refusal.value) for state in TRANSITIONS[before])


def test_what_is_over_stays_over_and_says_so() -> None:
    assert {"stopped", "completed", "failed"} == OVER  # also as the strings that they are on disk
    with pytest.raises(StateError, match="none: it is over"):
        check(State.STOPPED, State.TRAINING)


def test_every_state_can_be_reached_and_every_run_can_fail_or_stop() -> None:
    reached = {State.STARTING}
    for _ in State:
        reached |= {after for before in reached for after in TRANSITIONS[before]}
    assert reached == set(State)
    for state in set(State) - OVER:
        assert State.FAILED in TRANSITIONS[state]
        assert state is State.STOPPING or State.STOPPING in TRANSITIONS[state]


def test_nothing_leads_back_from_stopping() -> None:
    assert TRANSITIONS[State.STOPPING] == {State.STOPPED, State.FAILED}
