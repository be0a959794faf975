"""What a run says, taken into the model."""

from pathlib import Path

import pytest
from some_events import evaluated, progress
from some_overview import overview

from engine.contracts.events import Begun, Notice, SettingChanged, StateChanged
from engine.contracts.states import State
from engine.contracts.vitals import Vitals
from engine.control.messages import Missed, News, Overview
from engine.store.directory import Saved
from engine.store.manifest import Counters
from hanabi_tui.console.live.intake import lose, recall, take_in
from hanabi_tui.console.live.model import LINES, Model


def after(*messages: Overview | News | Missed) -> Model:
    model = Model(Path("checkpoints"))
    for message in messages:
        take_in(message, model)
    return model


def begun(run: str) -> Begun:
    return Begun(time=10.0, step=0, run=run, pid=7, generation=-1)


def test_where_the_run_went_back_later_evaluations_count_no_more() -> None:
    model = after(overview(), *(News(event=evaluated(number, 3.0)) for number in (1, 2, 3)))
    take_in(News(event=progress(4)), model)
    assert (model.evaluated, model.went_back) == (evaluated(3, 3.0), 0)
    take_in(News(event=Notice(time=99.0, step=20, text="restored generations/000000020")), model)
    assert (model.evaluations, model.went_back) == ([evaluated(1, 3.0), evaluated(2, 3.0)], 1)
    take_in(overview(progress=progress(1), evaluated=None), model)  # what was missed meanwhile
    assert (model.evaluated, model.went_back) == (evaluated(1, 3.0), 2)


def test_an_overview_is_how_things_stand() -> None:
    model = after(overview("one", "two", progress=progress(3), evaluated=evaluated(1, 17.0)))
    assert model.connected and model.state is State.TRAINING and model.since == 2.0
    assert list(model.lines) == ["one", "two"] and model.lines_seen == 2
    assert model.progress == progress(3)
    assert model.evaluated == evaluated(1, 17.0) and model.evaluations == [evaluated(1, 17.0)]


def test_news_change_it() -> None:
    vitals = Vitals(time=5.0)
    notice = Notice(time=5.0, step=1, text="ahem")
    model = after(
        overview(),
        News(event=progress(4), lines=("line",)),
        News(event=StateChanged(time=9.0, step=4, state="paused", reason="lunch")),
        News(event=SettingChanged(time=9.0, step=4, key="batch_size", old="64", new="20_000")),
        News(event=vitals),
        News(event=notice),
        Missed(count=3),
    )
    assert model.progress == progress(4) and list(model.lines) == ["line"]
    assert (model.state, model.reason, model.since) == (State.PAUSED, "lunch", 9.0)
    assert model.settings["training"] == {"learning_rate": 0.01, "batch_size": 20_000}
    assert model.vitals == vitals and model.missed == 3
    assert [type(event).__name__ for event in model.events] == ["StateChanged", "SettingChanged", "Notice"]
    take_in(News(event=StateChanged(time=11.0, step=4, state="paused", reason="tea")), model)
    assert (model.reason, model.since) == ("tea", 9.0)  # it rests since then, whatever for


def test_a_console_that_attaches_again_hears_no_line_twice() -> None:
    model = after(overview("a", "b", "c"))
    lose(model, "gone")
    assert (model.connected, model.why) == (False, "gone")
    take_in(overview("b", "c", "d"), model)
    assert list(model.lines) == ["a", "b", "c", "d"] and model.connected and model.why == ""


@pytest.mark.parametrize("state", [State.FAILED, State.TRAINING])
def test_a_run_that_is_not_live_stands_as_its_process_left_it(state: State) -> None:
    model, saved = (
        Model(Path("checkpoints")),
        Saved(
            run="abc",
            state=str(state),
            reason="the disk broke",
            pid=7,
            updated=9.0,
            generation=3,
            counters=Counters(),
        ),
    )
    recall(saved, model)
    assert (model.state, model.reason, model.since) == (state, "the disk broke", 9.0)
    recall(Saved(run="abc", state="dreaming", pid=7, updated=10.0, generation=3, counters=Counters()), model)
    assert model.state is state and model.since == 9.0


def test_another_run_in_the_same_directory_begins_with_nothing() -> None:
    model = after(overview(progress=progress(3), evaluated=evaluated(1, 17.0)), overview(run="def"))
    assert model.progress is None and model.evaluated is None and model.evaluations == []


def test_a_run_that_begins_is_another_one_than_that_which_was_moved_aside() -> None:
    """Both were met before they had an id: a console that starts a run hears it from its first moment on."""
    model = after(overview(run=""), News(event=begun("one")), News(event=progress(3)))
    take_in(News(event=evaluated(1, 17.0)), model)
    met = model.met
    take_in(overview(run="", began=9.0), model)
    assert model.progress is not None and model.evaluations  # who only starts may be the same run
    take_in(News(event=begun("another")), model)
    assert model.progress is None and model.evaluations == [] and model.run == "another"
    assert [type(event).__name__ for event in model.events] == ["Begun"]
    assert model.met != met


def test_a_run_that_is_started_again_is_the_same_one() -> None:
    model = after(overview(progress=progress(3), evaluated=evaluated(1, 17.0)), News(event=Vitals(time=5.0)))
    lose(model, "gone")
    take_in(overview(run="", began=9.0), model)
    starting = model.met
    take_in(News(event=begun("abc")), model)
    assert model.progress == progress(3) and model.evaluations == [evaluated(1, 17.0)] and model.pulses
    assert model.met != starting  # its files are of this process only now


def test_what_is_remembered_has_a_limit() -> None:
    model = after(overview(), *(News(event=progress(1), lines=tuple("x" * 100)) for _ in range(300)))
    assert len(model.lines) == LINES and model.lines_seen == 30_000
