"""Which evaluations count, by what a run says."""

from some_events import evaluated, progress

from engine.contracts.events import Begun, GenerationSaved, Notice, StateChanged
from engine.contracts.scores import Scores

ONE, TWO, THREE = (evaluated(number, 3.0) for number in (1, 2, 3))  # of steps 10, 20 and 30


def after(*events: object) -> Scores:
    scores = Scores()
    for event in events:
        scores.hear(event)
    return scores


def test_steps_rise_and_evaluations_come_late() -> None:
    saved = GenerationSaved(time=1.0, step=15, path="a", size=1)  # written while the run went on
    scores = after(progress(2), ONE, progress(3), TWO, saved, progress(4), THREE)
    assert (scores.counting, scores.last, scores.step) == ([ONE, TWO, THREE], THREE, 40)


def test_where_the_run_goes_back_later_ones_count_no_more() -> None:
    for event in (
        progress(2),
        Notice(time=9.0, step=20, text="restored"),
        Begun(time=9.0, step=20, run="a", pid=7, generation=20),
        StateChanged(time=9.0, step=20, state="training"),
    ):
        scores = after(progress(4), ONE, TWO, THREE)
        assert scores.hear(event) and scores.counting == [ONE, TWO]
        assert not scores.hear(progress(3))
    assert after(progress(4), ONE, progress(0)).last is None


def test_who_starts_knows_of_no_step_yet() -> None:
    scores = after(progress(4), ONE)
    assert not scores.hear(StateChanged(time=9.0, step=0, state="starting"))
    assert not scores.hear(Notice(time=9.0, step=0, text="run.db was mended"))
    assert scores.last == ONE


def test_another_run_has_none() -> None:
    scores = after(progress(4), ONE)
    scores.clear()
    assert (scores.last, scores.hear(progress(1))) == (None, False)
