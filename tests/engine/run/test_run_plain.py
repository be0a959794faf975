"""Runs of odd shapes, with plain workers and a plain learner."""

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from plain_run import PlainCrew, PlainRun
from small_run import newest

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.orders import Evaluate, Evaluated
from engine.contracts.states import State
from engine.machine.program import program
from engine.store.generations import Generations
from engine.store.history import read
from engine.store.manifest import read_manifest
from engine.workers.crew_news import GivenUp


def test_a_run_that_ends_before_it_is_warm_ends_all_the_same(tmp_path: Path) -> None:
    large = "--buffer-size 100000 --warm-up 100000 --games-per-worker 1".split()
    flags = ["--minutes", "0.001", "--num-iterations", "0", *large]
    run = PlainRun(tmp_path / "run", *flags, serial=False)
    run.finish()
    assert run.of(e.GenerationSaved)[-1].step == 0
    assert run.of(e.Evaluated)[-1].final


def test_a_buffer_smaller_than_a_chunk_will_do(tmp_path: Path) -> None:
    flags = "--buffer-size 1024 --games-per-worker 100 --warm-up 700".split()
    PlainRun(tmp_path / "run", *flags, serial=False).finish()
    assert newest(tmp_path / "run").manifest.step == 180


class RunAway(PlainRun):
    """A run whose learner's values run away."""

    def attend(self, name: str, call: Callable[[], Any]) -> Any:
        made = call()
        return [msgspec.structs.replace(each, loss=5e6) for each in made] if name == "train" else made


def test_a_loss_beyond_all_scores_pauses_the_run_with_the_reason(tmp_path: Path) -> None:
    run = RunAway(tmp_path / "run")
    for event in run.events():
        if isinstance(event, e.StateChanged) and event.state is State.PAUSED:
            assert "loss 5e+06 at step 1, where no game is worth more than 25" in event.reason
            run.run.command(c.Stop())
    assert run.run.state is State.STOPPED


def test_a_run_says_which_program_made_it(tmp_path: Path) -> None:
    run = PlainRun(tmp_path / "run")
    for event in run.events():
        if isinstance(event, e.Begun):
            run.run.command(c.Stop())
    (begun,) = run.of(e.Begun)
    assert {name: getattr(begun, name) for name in ("version", "commit", "torch", "numpy")} == asdict(
        program()
    )
    with read(tmp_path / "run/run.db") as history:
        assert begun in [kept.event for kept in history.events()]


def test_a_generation_that_is_saved_once_more_keeps_its_score(tmp_path: Path) -> None:
    run, scores = PlainRun(tmp_path / "run"), list[float | None]()
    for event in run.events():
        match event:
            case e.Progress() if event.step > 20 and run.run.state is State.TRAINING:
                run.run.command(c.Pause(reason="a look"))
                run.run.command(c.Evaluate())
            case e.Evaluated():
                run.run.command(c.Checkpoint())
            case e.GenerationSaved() if run.run.state is State.PAUSED:
                scores.append(newest(tmp_path / "run").manifest.score)
                run.run.command(c.Checkpoint() if len(scores) < 3 else c.Stop())
    assert scores == [3.0] * 3


class SlowToTell(PlainCrew):
    """A crew that tells of an evaluation when generations have been saved since; no two scores are alike."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._asked_for, self._turns, self._later = 0, 0, list[tuple[int, Evaluated]]()

    def evaluate(self, order: Evaluate, weights: np.ndarray, step: int) -> None:
        super().evaluate(order, weights, step)
        self._asked_for += 1
        outcome = self._others.pop()
        points = np.full(order.games, self._asked_for % 200, np.uint8).tobytes()
        self._later.append((self._turns + 12, msgspec.structs.replace(outcome, points=(points,))))

    def collect(self, timeout: float) -> list[Any]:
        self._turns += 1
        self._others += [outcome for due, outcome in self._later if due == self._turns]
        return super().collect(timeout)


def test_a_generation_has_the_score_of_its_own_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plain_run.PlainCrew", SlowToTell)
    flags = "--num-iterations 40 --keep-generations 1000".split()
    run = PlainRun(tmp_path / "run", *flags, serial=False)
    for event in run.events():
        if isinstance(event, e.GenerationSaved):
            run.run.command(c.Evaluate())  # mostly as the next one is cut
    outcomes, before = run.of(e.Evaluated), -1
    for path in reversed(Generations(tmp_path / "run" / "generations").paths()):
        manifest = read_manifest(path)
        own = [outcome.mean for outcome in outcomes if before < outcome.step <= manifest.step]
        assert manifest.score == (own[-1] if own else None), path
        before = manifest.step
    assert len(outcomes) > 3


def test_a_run_that_is_complete_goes_on_where_it_has_no_end_any_more(tmp_path: Path) -> None:
    PlainRun(tmp_path / "run", serial=False).finish()
    endless = PlainRun(tmp_path / "run", "--num-iterations", "0", "--minutes", "0", serial=False)
    for event in endless.events():
        if isinstance(event, e.Progress) and event.step > 200:
            endless.run.command(c.Stop())
    assert endless.run.state is State.STOPPED
    assert newest(tmp_path / "run").manifest.step > 200


def test_a_serial_run_goes_on_with_other_games_says_so_and_stands_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = PlainRun(tmp_path / "run")
    for event in begun.events():
        if isinstance(event, e.Progress) and event.step > 40:
            begun.run.command(c.Stop())
    stopped = newest(tmp_path / "run").manifest.step
    monkeypatch.setattr(PlainCrew, "fit", lambda crew, kept: False)
    run = PlainRun(tmp_path / "run")
    for event in run.events():
        if isinstance(event, e.GenerationSaved):
            monkeypatch.setattr(PlainCrew, "fit", lambda crew, kept: True)
    assert run.run.state is State.COMPLETED
    assert any("new ones are dealt" in notice.text for notice in run.of(e.Notice))
    assert run.of(e.GenerationSaved)[0].step < stopped + 24  # sooner than it is due


def test_iterations_that_are_counted_otherwise_do_not_end_a_run(tmp_path: Path) -> None:
    run, replies = PlainRun(tmp_path / "run"), list[Future[c.Reply]]()
    for event in run.events():
        if isinstance(event, e.Progress) and event.step > 60 and not replies:
            asked = (
                ("train_steps_per_iteration", "5"),
                ("train_steps_per_iteration", "10"),
                ("num_iterations", "30"),
            )
            replies = [run.run.command(c.Set(key=key, value=value)) for key, value in asked]
    few, enough, more = (reply.result(0) for reply in replies)
    assert isinstance(few, c.Refused) and "all 9 iterations are done at step" in few.why
    assert isinstance(enough, c.Done) and "it is at iteration" in enough.text and "of 9" in enough.text
    assert isinstance(more, c.Done)
    assert newest(tmp_path / "run").manifest.step == 300


def test_who_stops_while_run_db_is_locked_keeps_a_last_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.metrics.LOCK_SECONDS", 0.01)
    run, lock = PlainRun(tmp_path / "run", serial=False), None
    for event in run.events():
        if isinstance(event, e.Progress) and event.step > 20 and lock is None:
            lock = sqlite3.connect(tmp_path / "run" / "run.db", isolation_level=None)
            lock.execute("BEGIN IMMEDIATE")
            run.run.command(c.Stop())
            stopped_at = event.step
    assert (run.run.state, run.run.reason) == (State.STOPPED, "")
    assert newest(tmp_path / "run").manifest.step >= stopped_at


class RestoredOnTheWayBack(PlainRun):
    """A run whose learner is lost; while another is loaded, somebody restores an older generation."""

    lost = restored = False

    def attend(self, name: str, call: Callable[[], Any]) -> Any:
        if name == "train" and len(self.of(e.GenerationSaved)) == 5 and not self.lost:
            self.lost = True
            self.new_learner()
            raise ConnectionError("the learner was killed")
        if name == "load" and self.lost and not self.restored:
            self.restored = True
            assert isinstance(self.run.command(c.Restore(step=32)).result(60), c.Done)
        return call()


def test_a_generation_restored_while_the_run_goes_back_is_the_one_it_goes_back_to(tmp_path: Path) -> None:
    run = RestoredOnTheWayBack(tmp_path / "run")
    run.finish()
    assert any("went back to generation 32" in notice.text for notice in run.of(e.Notice))
    assert not any("went back to generation 104" in notice.text for notice in run.of(e.Notice))


def test_a_restore_that_meets_a_locked_database_is_made_when_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.metrics.LOCK_SECONDS", 0.01)
    run = PlainRun(tmp_path / "run")
    for event in run.events():
        if isinstance(event, e.GenerationSaved) and len(run.of(e.GenerationSaved)) == 5:
            lock = sqlite3.connect(tmp_path / "run" / "run.db", isolation_level=None, check_same_thread=False)
            lock.execute("BEGIN IMMEDIATE")
            run.run.command(c.Restore(step=32))
            threading.Timer(0.5, lock.rollback).start()
    assert any("cannot write" in change.reason for change in run.of(e.StateChanged))
    steps = [saved.step for saved in run.of(e.GenerationSaved)]
    assert steps[4] > 56 >= steps[5], "the generation after the one that was restored"
    assert run.run.state is State.COMPLETED


def test_a_run_whose_evaluations_kill_workers_completes_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def evaluate(crew: PlainCrew, order: Evaluate, weights: object, step: int) -> None:
        crew._others.append(GivenUp(order.number, "killed by signal 11"))

    monkeypatch.setattr(PlainCrew, "evaluate", evaluate)
    run = PlainRun(tmp_path / "run")
    run.finish()
    assert run.of(e.Evaluated) == []
    said = "the evaluation is given up: workers die of it, the last one: killed by signal 11"
    assert said in [notice.text for notice in run.of(e.Notice) if notice.warning]


class Lost(PlainRun):
    """A run whose learner goes, and does not come back."""

    gone = False

    def attend(self, name: str, call: Callable[[], Any]) -> Any:
        self.gone |= name == "train" and bool(self.of(e.GenerationSaved))
        if self.gone:
            raise ConnectionError("gone for good")
        return call()


def test_whoever_says_stop_twice_to_a_run_without_its_learner_hears_so(tmp_path: Path) -> None:
    run, replies = Lost(tmp_path / "run"), []
    for event in run.events():
        if isinstance(event, e.StateChanged) and event.state is State.PAUSED and not replies:
            replies = [run.run.command(each) for each in (c.Stop(), c.Stop(), c.Pause(reason="tea"))]
    assert [reply.result() for reply in replies] == [
        c.Done(text="the run stops"),
        *[c.Refused(why="the run is stopped")] * 2,
    ]
    assert run.run.state is State.STOPPED
    assert "without a last generation: the learner is gone" in run.run.reason


def test_an_evaluation_asked_for_while_the_learner_is_away_is_played(tmp_path: Path) -> None:
    class Away(PlainRun):
        away = False

        def attend(self, name: str, call: Callable[[], Any]) -> Any:
            if name == "train" and self.of(e.GenerationSaved) and not self.away:
                self.away = True
                self.new_learner()
                raise ConnectionError("away")
            return call()

    run = Away(tmp_path / "run", "--evaluation-interval", "0")
    for event in run.events():
        if isinstance(event, e.StateChanged) and event.state is State.PAUSED:
            run.run.command(c.Evaluate())
    assert [one.final for one in run.of(e.Evaluated)] == [False, True]


class RunsAwayOnce(PlainRun):
    """A run whose learner's values run away, until an older generation was restored."""

    away = False

    def attend(self, name: str, call: Callable[[], Any]) -> Any:
        made = call()
        if name != "train" or not self.away:
            return made
        return [msgspec.structs.replace(each, loss=5e6) for each in made]


def test_samples_of_values_that_ran_away_go_with_what_was_learned_of_them(tmp_path: Path) -> None:
    run = RunsAwayOnce(tmp_path / "run", "--num-iterations", "60", serial=False)
    asked, samples, dropped = False, 0, 0
    for event in run.events():
        match event:
            case e.Progress():
                run.away = not asked and event.step > 100
                dropped, samples = max(dropped, samples - event.samples), event.samples
                if asked:
                    run.run.command(c.Stop())
            case e.StateChanged(state=State.PAUSED) if not asked:
                asked, run.away = True, False
                folders = (tmp_path / "run" / "generations").glob("0*")
                run.run.command(c.Restore(step=min(int(path.name) for path in folders)))
            case _:
                pass
    assert any("the samples since are dropped" in notice.text for notice in run.of(e.Notice))
    assert dropped > 0
    assert run.run.state is State.STOPPED


def test_that_values_ran_away_is_known_to_the_next_start_too(tmp_path: Path) -> None:
    run = RunsAwayOnce(tmp_path / "run", "--num-iterations", "60", serial=False)
    for event in run.events():
        match event:
            case e.Progress():
                run.away = event.step > 100
            case e.StateChanged(state=State.PAUSED):
                break  # and is killed
            case _:
                pass
    saved = run.directory.saved()
    assert saved is not None and saved.tainted
    # all that was collected lies behind the generation that the run goes back to
    folder = Generations(run.directory.generations)
    folder.set_aside(after=min(int(path.name) for path in folder.paths()))
    run.directory.release()
    kept = newest(tmp_path / "run").manifest.counters.samples
    assert samples_at_start(tmp_path / "run") == kept
    folder.set_aside(after=min(int(path.name) for path in folder.paths()))
    kept = newest(tmp_path / "run").manifest.counters.samples
    assert samples_at_start(tmp_path / "run") > kept, "where none did, they stay"


def samples_at_start(path: Path) -> int:
    """Samples that a run stands at when it goes on; it learns a little, and is killed."""
    run, found = PlainRun(path, "--num-iterations", "60", serial=False), 0
    for event in run.events():
        if isinstance(event, e.Begun):
            assert run.run._parts is not None
            training = run.run._parts.training
            chunk = training.config.simulation.chunk_samples
            found = training.counters.samples - 3 * chunk  # of the first turn
        elif isinstance(event, e.Progress) and event.step > 150:
            break
    saved = run.directory.saved()
    assert saved is not None and not saved.tainted
    run.directory.release()
    return found


def test_a_run_that_is_made_longer_while_it_saves_its_last_generation_goes_on(tmp_path: Path) -> None:
    class Longer(PlainRun):
        asked = False

        def attend(self, name: str, call: Callable[[], Any]) -> Any:
            if name == "snapshot" and any(one.final for one in self.of(e.Evaluated)) and not self.asked:
                self.asked = True
                said = self.run.command(c.Set(key="num_iterations", value="12"))
                assert isinstance(said.result(60), c.Done)
            return call()

    run = Longer(tmp_path / "run")
    run.finish()
    assert [one.step for one in run.of(e.Evaluated) if one.final] == [180, 240]
    assert newest(tmp_path / "run").manifest.step == 240


def test_a_learner_that_dies_again_before_anything_was_won_is_met_less_and_less_often(tmp_path: Path) -> None:
    class Mortal(PlainRun):
        deaths = 0

        def attend(self, name: str, call: Callable[[], Any]) -> Any:
            if name == "train" and self.deaths < 3 and self.of(e.GenerationSaved):
                self.deaths += 1
                self.new_learner()
                raise ConnectionError("dead")
            return call()

    run = Mortal(tmp_path / "run")
    in_vain = [
        run.run._standing.trouble._refused
        for event in run.events()
        if isinstance(event, e.StateChanged) and event.state is State.PAUSED
    ]
    assert in_vain == [False, True, True]
    assert run.run.state is State.COMPLETED


@pytest.mark.parametrize(
    ("room", "least", "most"),
    [(8192, 0.7, 1.0), (2048, 0.4, 0.8)],  # of a hundred steps undone the smaller one has samples for a third
)
def test_samples_that_stay_when_a_run_goes_back_earn_their_steps_again(
    tmp_path: Path, room: int, least: float, most: float
) -> None:
    class Mortal(PlainRun):
        died = False

        def attend(self, name: str, call: Callable[[], Any]) -> Any:
            if name == "train" and not self.died and self.learner.step >= 100:
                self.died = True
                self.new_learner()
                raise ConnectionError("dead")
            return call()

    flags = ["--buffer-size", str(room), "--checkpoint-interval", "3600"]
    run = Mortal(tmp_path / "run", *flags, serial=False)
    run.finish()
    assert [notice.text for notice in run.of(e.Notice) if "went back" in notice.text]
    counters, training = newest(tmp_path / "run").manifest.counters, run.run._parts.training.config.training
    allowed = training.replay_ratio * counters.samples
    assert least * allowed < counters.trained <= most * allowed


def test_the_time_that_going_back_takes_is_no_training(tmp_path: Path) -> None:
    class Slow(PlainRun):
        back = False

        def attend(self, name: str, call: Callable[[], Any]) -> Any:
            if self.back and name == "hello":
                time.sleep(1.0)
            return call()

    run, later = Slow(tmp_path / "run", serial=False), []
    for event in run.events():
        match event:
            case e.GenerationSaved() if len(run.of(e.GenerationSaved)) == 3 and not run.back:
                run.back = True
                run.run.command(c.Restore(step=run.of(e.GenerationSaved)[1].step))
            case e.Progress() if any("restored" in notice.text for notice in run.of(e.Notice)):
                later.append(event.seconds)
            case _:
                pass
    assert later[0] < 0.9
