"""What is worth an alert, and what is done about one."""

from pathlib import Path

import pytest
from console import seen
from some_overview import overview

from engine.contracts.events import Begun, Evaluated, Score, StateChanged
from engine.contracts.states import State
from engine.control.messages import Message, Missed, News
from hanabi_tui.console.alarm import Alarm
from hanabi_tui.console.alerts import Alert, Watch, run_command
from hanabi_tui.console.app import Console
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.own.preferences import Preferences
from hanabi_tui.console.own.setup import Setup


def state(name: str, reason: str = "") -> News:
    return News(event=StateChanged(time=1.0, step=5, state=name, reason=reason))


def evaluated(mean: float, *, best: bool) -> News:
    score = Score(
        variant="full",
        players=2,
        games=100,
        mean=mean,
        error=0.1,
        kept=mean,
        perfect=0,
        struck_out=0,
        best_possible=25,
    )
    return News(event=Evaluated(time=1.0, step=1200, seconds=1, scores=(score,), best=best, final=False))


def begun(generation: int) -> News:
    return News(event=Begun(time=1.0, step=0, run="a-run", pid=7, generation=generation))


def kinds(watch: Watch, *messages: Message) -> list[str]:
    return [alert.kind for message in messages if (alert := watch.hear(message))]


def test_a_run_that_pauses_by_itself_is_an_alert_and_one_that_was_asked_to_is_none() -> None:
    watch = Watch()
    assert kinds(watch, state("paused", "asked to"), state("training"), state("paused", "lunch")) == []
    for reason in ("loss nan at step 5", "the score fell to 3.00", "the learner is gone: asleep"):
        assert kinds(watch, state("training"), state("paused", reason)) == ["paused"]


def test_a_laptop_that_is_away_is_one_alert_however_each_try_fails() -> None:
    tries = [
        state("paused", f"the learner is gone: {why}") for why in ("silence", "No route to host", "refused")
    ]
    barred = state("paused", "the learner cannot be reached: laptop shows a changed host key")
    full = state("paused", "cannot write: disk full")
    heard = (state("training"), *tries, barred, full, state("training"), tries[0])
    assert kinds(Watch(), *heard) == ["paused"] * 4


def test_the_end_is_told_once() -> None:
    for name in ("completed", "failed", "stopped"):
        assert kinds(Watch(), state(name), state(name)) == [name]


def test_a_new_best_is_told_but_not_the_first_score() -> None:
    watch = Watch()
    assert kinds(watch, evaluated(3, best=True), evaluated(2, best=False)) == []
    alert = watch.hear(evaluated(17.25, best=True))
    assert alert == Alert("best", "New best score: 17.25 ± 0.10, at step 1,200", bad=False)


def test_the_first_score_that_is_heard_is_not_the_first_of_a_run_that_is_older() -> None:
    best = evaluated(17.25, best=True)
    assert kinds(Watch(), overview(evaluated=evaluated(3, best=True).event), best) == ["best"]
    assert kinds(Watch(), overview(), best) == []
    assert kinds(Watch(), begun(generation=1200), best) == ["best"]
    assert kinds(Watch(), begun(generation=-1), best) == []


def test_the_first_score_of_a_run_begun_anew_is_no_best_one() -> None:
    watch, best = Watch(), evaluated(17.25, best=True)
    assert kinds(watch, overview(), begun(generation=1200), best) == ["best"]
    assert kinds(watch, overview(run="", began=9.0), begun(generation=-1), best) == []
    assert kinds(watch, best) == ["best"]
    assert kinds(watch, overview(run="another", began=19.0), best) == []  # its beginning was not heard
    assert kinds(watch, overview(run="another", began=29.0), best) == ["best"]  # started again


def test_what_changed_while_nothing_was_heard_is_told() -> None:
    gone = {"state": State.PAUSED, "reason": "the learner is gone: asleep"}
    watch = Watch()
    assert kinds(watch, overview(), Missed(count=3), overview(**gone)) == ["paused"]
    assert kinds(watch, overview(**gone), state("paused", "the learner is gone: refused")) == []
    assert kinds(watch, overview(), Missed(count=3), overview(state=State.FAILED, reason="a fault")) == [
        "failed"
    ]


def test_how_a_run_stands_when_it_is_first_met_is_no_news() -> None:
    gone = {"state": State.PAUSED, "reason": "the learner is gone: asleep"}
    watch = Watch()
    assert kinds(watch, overview(**gone), state("paused", "the learner is gone: refused")) == []
    assert kinds(watch, state("training"), state("paused", "the learner is gone: asleep")) == ["paused"]


def test_a_run_that_is_started_again_and_fails_for_the_same_reason_is_told_again() -> None:
    watch, failed = Watch(), {"state": State.FAILED, "reason": "the disk broke"}
    assert kinds(watch, overview(), state("failed", "the disk broke")) == ["failed"]
    assert kinds(watch, overview(began=9.0, **failed)) == ["failed"]
    assert kinds(watch, overview(began=19.0, state=State.STARTING), state("failed", "the disk broke")) == [
        "failed"
    ]


@pytest.mark.parametrize("before", list(State))
def test_a_run_that_is_gone_without_a_word_is_lost(before: State) -> None:
    alert = Watch().lost(before, "the connection broke")
    expected = before in (State.STARTING, State.COLLECTING, State.TRAINING, State.PAUSED)
    assert (alert is not None) is expected


async def test_an_alert_is_shown_rung_and_handed_to_the_users_command(tmp_path: Path) -> None:
    told = tmp_path / "told"
    preferences = Preferences(alert_command=f'echo "$HANABI_ALERT" > {told}; exit 3')
    console = Console(Model(tmp_path), Setup(preferences=preferences))
    async with console.run_test(size=(100, 24), notifications=True) as pilot:
        Alarm(console).hear(state("paused", "the score fell [bold]far[/]"))
        await seen(pilot, "The run paused: the score fell [bold]far[/]", "alert_command: it ended with 3")
        assert told.read_text() == "paused\n"


async def test_a_command_of_the_users_is_told_what_it_is_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = Alert("paused", "The run paused: $(touch hacked) 'quoted'", bad=True)
    monkeypatch.chdir(tmp_path)
    told = tmp_path / "told"
    assert await run_command(f'printf "%s|%s" "$HANABI_ALERT" "$HANABI_ALERT_TEXT" > {told}', alert) == ""
    assert told.read_text() == f"paused|{alert.text}"
    assert not (tmp_path / "hacked").exists()
    assert "not found" in await run_command("no-such-program", alert)
    assert await run_command("exit 3", alert) == "it ended with 3"
