"""A run told what to do: commands and what follows from them, with real workers and a real learner."""

import math
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_run import PATIENCE, SMALL, newest, until

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.states import State
from engine.game.rules import STRUCK_OUT
from engine.machine.cores import cores
from engine.records import hanablive
from engine.run.run import Run
from engine.store import album
from engine.store.directory import Directory
from hanabi_tui.foreground.embedded import EmbeddedLearner
from hanabi_tui.settings import Given, load


class Live:
    """A run in a thread of this process, and all it has told."""

    def __init__(self, folder: Path) -> None:
        words = [word.removeprefix("--").replace("-", "_") for word in SMALL]
        flags = dict(zip(words[::2], SMALL[1::2], strict=True))
        config = load(Given(flags={**flags, "checkpoint_dir": str(folder)}), {}).config
        self.folder, self.directory = folder, Directory(folder)
        self.learner = EmbeddedLearner(config, folder)
        self.run = Run(config, self.directory, self.learner.connect)
        self.told: list[e.AnyEvent] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        for event in self.run.events():
            self.told.append(event)

    def tell(self, command: c.Command) -> c.Reply:
        return self.run.command(command).result(PATIENCE)

    def wait(self, true: Callable[[], bool], what: str) -> None:
        until(lambda: true() or not self._thread.is_alive(), what)
        assert true(), f"the run ended: {self.told[-3:]}"

    def of(self, kind: type) -> list:
        return [event for event in list(self.told) if isinstance(event, kind)]

    @property
    def step(self) -> int:
        return max((event.step for event in self.of(e.Progress)), default=0)

    def end(self) -> None:
        if self._thread.is_alive():
            self.run.command(c.Stop())
        self._thread.join(PATIENCE)
        self.learner.stop()
        self.directory.release()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    it = Live(tmp_path_factory.mktemp("live") / "run")
    it.wait(lambda: it.run.state is State.TRAINING and it.step > 40, "training")
    yield it
    it.end()


def test_pause_stops_learning_and_resume_goes_on(live: Live) -> None:
    assert live.tell(c.Pause(reason="to look")) == c.Done(text="paused: to look")
    live.wait(lambda: live.of(e.StateChanged)[-1].reason == "to look", "paused")
    parts = live.run._parts
    assert parts is not None
    live.wait(lambda: parts.training.idle, "the last answers")
    step = parts.training.counters.step
    threading.Event().wait(1.0)
    assert parts.training.counters.step == step
    assert isinstance(live.tell(c.Resume()), c.Done)
    assert live.tell(c.Resume()) == c.Refused(why="the run is training, not paused")
    step, told = live.step, len(live.told)
    live.wait(lambda: live.step > step, "steps again")
    first = next(event for event in live.told[told:] if isinstance(event, e.Progress))
    assert first.trained_per_second > 0, "the pause is part of no rate"
    assert math.isfinite(first.loss)


def test_a_checkpoint_is_saved_when_it_is_asked_for(live: Live) -> None:
    saved = len(live.of(e.GenerationSaved))
    assert isinstance(live.tell(c.Checkpoint()), c.Done)
    live.wait(lambda: len(live.of(e.GenerationSaved)) > saved, "a generation")


def test_an_evaluation_is_played_when_it_is_asked_for(live: Live) -> None:
    assert isinstance(live.tell(c.Evaluate()), c.Done)
    live.wait(lambda: bool(live.of(e.Evaluated)), "an evaluation")
    (score,) = live.of(e.Evaluated)[-1].scores
    assert (score.players, score.games, score.best_possible) == (2, 50, 5)
    assert 0 <= score.mean <= score.kept <= 5


def test_the_time_of_an_evaluation_is_that_of_its_weights_however_long_it_was_played(live: Live) -> None:
    # a generation saved meanwhile is not older than it: who goes back there keeps the score
    evaluated = len(live.of(e.Evaluated))
    live.tell(c.Set(key="evaluation_games", value="60000"))
    live.tell(c.Evaluate())
    live.wait(lambda: len(live.of(e.Evaluated)) > evaluated, "a long evaluation")
    live.tell(c.Set(key="evaluation_games", value="50"))
    one = live.of(e.Evaluated)[-1]
    before = [event for event in live.told[: live.told.index(one)] if isinstance(event, e.Progress)]
    assert one.seconds < before[-1].seconds - 0.5, "training went on while it was played"
    assert all(event.step <= one.step for event in before if event.seconds <= one.seconds)


def test_an_evaluation_leaves_games_to_look_at_and_they_are_the_ones_played(live: Live) -> None:
    live.tell(c.Evaluate())
    live.wait(lambda: bool(album.entries(live.directory.games)), "games")
    found = {entry.kind: entry for entry in album.entries(live.directory.games)}
    assert {"first", "best", "worst"} <= set(found)
    for entry in found.values():
        game = hanablive.load(entry.path.read_bytes(), entry.path.name)
        assert str(game.variant) == "very-small, 2 players"
        end = game.positions[-1]
        assert entry.score == (0 if end["ending"] == STRUCK_OUT else end["points"])
    assert found["worst"].score <= found["first"].score <= found["best"].score


def test_games_that_cannot_be_kept_are_a_warning_and_no_end(live: Live) -> None:
    shutil.rmtree(live.directory.games, ignore_errors=True)
    live.directory.games.write_text("a file stands where the folder should")
    evaluated = len(live.of(e.Evaluated))
    live.tell(c.Evaluate())
    live.wait(lambda: len(live.of(e.Evaluated)) > evaluated, "an evaluation")
    live.wait(lambda: any("were not kept" in notice.text for notice in live.of(e.Notice)), "a warning")
    assert live.run.state is State.TRAINING
    live.directory.games.unlink()


def test_a_live_setting_changes_with_the_next_step_and_is_told(live: Live) -> None:
    reply = live.tell(c.Set(key="learning_rate", value="3e-4"))
    assert reply == c.Done(text="learning_rate = 0.0003 (was 0.001), from the next step on")
    live.wait(lambda: bool(live.of(e.SettingChanged)), "the change told")
    told = live.of(e.SettingChanged)[-1]
    assert (told.key, told.old, told.new) == ("learning_rate", "0.001", "0.0003")
    live.wait(lambda: live.of(e.Progress)[-1].learning_rate == pytest.approx(3e-4), "the new rate")


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("learning_rate", "7", "allowed"),
        ("learning_rate", "quick", "allowed"),
        ("d_model", "64", "cannot change while the run runs"),
        ("learning_rat", "1e-3", "did you mean learning_rate"),
        ("batch_size", "60000", "above"),
        ("num_workers", str(4 * cores() + 1), "each wants one of its own"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_nothing_changes(
    live: Live, key: str, value: str, why: str
) -> None:
    before = live.run.config
    reply = live.tell(c.Set(key=key, value=value))
    assert isinstance(reply, c.Refused)
    assert why in reply.why
    assert live.run.config == before


def test_an_older_generation_is_restored_and_later_ones_are_set_aside(live: Live) -> None:
    live.tell(c.Checkpoint())
    step = live.step
    live.wait(lambda: live.step > step + 100, "some more steps")
    early = sorted(int(path.name) for path in (live.folder / "generations").glob("0*"))[-2]
    refused = live.tell(c.Restore(step=early + 1))
    assert isinstance(refused, c.Refused)
    assert str(early) in refused.why
    assert isinstance(live.tell(c.Restore(step=early)), c.Done)
    assert list((live.folder / "generations" / "set-aside").glob("*/0*"))

    def restoring() -> list[e.Notice]:
        return [notice for notice in live.of(e.Notice) if f"{early:09d}" in notice.text]

    live.wait(lambda: bool(restoring()), "what was restored")
    restored = live.told.index(restoring()[0])

    def since() -> list[e.Progress]:
        return [event for event in live.told[restored:] if isinstance(event, e.Progress)]

    live.wait(lambda: any(one.step > early for one in since()), "progress")
    again = since()[0]
    before = [event for event in live.told[:restored] if isinstance(event, e.Progress)][-1]
    # it trains on from there: its clock went back, but for what has passed since
    assert again.seconds < before.seconds + 1
    assert early <= again.step


def test_stop_saves_a_generation_and_ends(tmp_path: Path) -> None:
    it = Live(tmp_path / "run")
    it.wait(lambda: it.step > 20, "steps")
    assert isinstance(it.tell(c.Stop()), c.Done)
    it.end()
    assert it.run.state is State.STOPPED
    assert it.of(e.StateChanged)[-1].state == "stopped"
    assert newest(tmp_path / "run").manifest.step == it.of(e.GenerationSaved)[-1].step
