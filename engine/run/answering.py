"""What a run does when it is told something, and what it replies."""

import time
from typing import Protocol

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.reasons import asked_for
from engine.contracts.states import OVER, State
from engine.errors import ConfigError
from engine.run.standing import Standing
from engine.run.taking_up import Parts
from engine.settings.keys import value_of
from engine.settings.live import read_live, with_value
from engine.store.manifest import GenerationError, open_generation
from engine.training.ending import ends_by
from engine.workers.muster import workers_of

_STEPS = "train_steps_per_iteration"


class Commanded(Protocol):
    """A run, as commands see it."""

    @property
    def state(self) -> State:
        """Where it is."""

    @property
    def ill(self) -> bool:
        """Whether it paused because learning made no sense any more."""

    def pause(self, reason: str) -> None:
        """Rest until `go_on`."""

    def go_on(self) -> str:
        """End a pause that was asked for; returns what the run still waits for, empty if for nothing."""

    def go_back(self) -> None:
        """Stand at the newest generation."""

    def stop(self) -> None:
        """Save a generation and end."""

    def tell(self, event: e.AnyEvent) -> None:
        """Tell whoever listens."""


def answer(command: c.Command, run: Commanded, parts: Parts) -> c.Reply:
    """Carry out a command. What raises is a trouble of the run's, met while it did."""
    match command:
        case _ if run.state in OVER:  # by a command that came in the same turn
            return c.Refused(why=f"the run is {run.state}")
        case c.Pause() | c.Restore() if run.state is State.STOPPING:
            return c.Refused(why="the run is stopping")
        case c.Pause(reason=reason):
            run.pause(reason)
            return c.Done(text=f"paused: {asked_for(reason)}")
        case c.Resume():
            return _resume(run)
        case c.Checkpoint():
            parts.keeper.wanted = True
            return c.Done(text="a generation will be saved")
        case c.Evaluate():
            parts.examiner.wanted = True
            return c.Done(text="an evaluation will begin")
        case c.Restore(step=step):
            return _restore(step, run, parts)
        case c.Set(key=key, value=value):
            return _set(key, value, run, parts)
        case c.RestartWorkers():
            return _restart_workers(parts)
        case c.Stop():
            run.stop()
            saves = run.state is State.STOPPING
            return c.Done(text="the run saves a generation and stops" if saves else "the run stops")


def answer_early(command: c.Command, standing: Standing) -> c.Reply:
    """Carry out a command that comes before the run has met its learner."""
    match command:
        case _ if standing.over:
            return c.Refused(why=f"the run is {standing.state}")
        case c.Stop():
            standing.enter(State.STOPPING)
            standing.enter(State.STOPPED, "before it reached its learner")
            return c.Done(text="the run stops")
        case _ if not standing.trouble.what:
            return c.Refused(why="the run has only begun to start; soon it trains, or says what it waits for")
        case c.Pause(reason=reason):  # and stays so when its learner is there
            standing.pause(reason)
            return c.Done(text=f"paused: {asked_for(reason)}")
        case c.Resume():
            return c.Done(text=f"it tries again: {standing.go_on(State.STARTING)}")
    return c.Refused(why="the run waits for its learner")


def _resume(run: Commanded) -> c.Reply:
    if run.state is not State.PAUSED:
        return c.Refused(why=f"the run is {run.state}, not paused")
    missing = run.go_on()
    return c.Done(text=f"it will go on as soon as it can: {missing}" if missing else "training goes on")


def _restore(step: int, run: Commanded, parts: Parts) -> c.Reply:
    generations = parts.keeper.generations
    try:
        generation = open_generation(generations.path_of(step))
    except GenerationError as error:
        have = ", ".join(str(int(path.stem)) for path in generations.paths())
        return c.Refused(why=f"{error}; there are {have}")
    moved = generations.set_aside(after=step)
    run.go_back()
    text = f"restored {generation.path}; {len(moved)} later ones are set aside"
    if parts.training.tainted:
        text += "; the samples since are dropped, for values had run away"
    if run.ill:  # what it was paused for never happened
        missing = run.go_on()
        text += f"; it goes on as soon as it can: {missing}" if missing else "; training goes on from there"
    run.tell(e.Notice(time=time.time(), step=step, text=text))
    return c.Done(text=text)


def _restart_workers(parts: Parts) -> c.Reply:
    training = parts.training
    if training.config.general.serial:
        return c.Refused(why="a serial run deals its decks in one order: restart the run instead")
    training.renew_workers()
    return c.Done(text=f"{len(training.crew)} workers start anew; their unfinished games are dropped")


def _set(key: str, value: str, run: Commanded, parts: Parts) -> c.Reply:
    training = parts.training
    try:
        known, wanted = read_live(key, value)
        changed = with_value(training.config, known, wanted)
    except ConfigError as error:
        return c.Refused(why=str(error))
    if why := ends_by(training.config, changed, training.ahead):
        return c.Refused(why=why)
    old, new = (known.shown(value_of(config, known)) for config in (training.config, changed))
    training.config = changed
    crew, before = training.crew, len(training.crew)
    crew.resize(workers_of(changed))
    training.drop_games(max(0, before - len(crew)))
    step = training.counters.step
    run.tell(e.SettingChanged(time=time.time(), step=step, key=key, old=old, new=new))
    text = f"{key} = {new} (was {old}), from the next step on"
    if key == _STEPS and changed.iteration.num_iterations:
        done = training.counters.step // changed.iteration.train_steps_per_iteration
        text += f"; by that it is at iteration {done:,} of {changed.iteration.num_iterations:,}"
    if key == "games_per_iteration" and (ratio := changed.training.replay_ratio):
        text += f"; it decides nothing while replay_ratio is {ratio:g}"
    return c.Done(text=text)
