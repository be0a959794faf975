"""Training, turn by turn: take in what workers played, have the learner learn from it, hand out its weights.

Workers and learner go on at once, as far as the pace allows; in serial mode they take turns strictly.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec
import numpy as np

from engine.contracts.learner import Learner, Snapshot, Trained, Welcome
from engine.contracts.states import State
from engine.settings.config import Config
from engine.store.manifest import Counters
from engine.store.replay import Replay
from engine.store.ring import BLOCK_SAMPLES
from engine.store.sample import SAMPLE
from engine.training.calls_ahead import CallsAhead
from engine.training.ending import share_done
from engine.training.pace import STEPS_PER_CALL, due, earned, far_ahead, is_warm
from engine.training.publishing import Publisher
from engine.training.schedule import learning_rate, step
from engine.training.sickness import sickness
from engine.training.tally import Tally
from engine.training.underway import Underway
from engine.training.waiting import answered
from engine.workers.crew import Crew
from engine.workers.crew_news import Chunk, Incident

EXTENDS_IN_FLIGHT = 8
"""Calls with samples that may be without an answer; while there are more, workers wait."""

SAMPLES_PER_EXTEND = 8192
"""Samples of one call, at most."""


@dataclass(frozen=True)
class Cut:
    """All of a generation but the workers' games: the state after the steps sent so far."""

    counters: Counters
    pending: bytes  # samples that are in no block of the replay
    snapshot: Future[Snapshot]


class Training:
    """One run's way of learning.

    Attributes:
      config: may be replaced while it runs; what of it may change then is marked `live`.
      counters: how far it is; `step` counts steps whose outcome is known.
      tally: since whoever reads it emptied it.
      holding: in serial mode, whether to stop as soon as everything is quiet.
      begun: whether samples have come in, in this process.
      sick: why learning makes no sense any more; empty: it does.
      tainted: whether it once made none since the generation that the run goes back to: samples tell of such
        values. Whoever goes back says when they are gone.
    """

    def __init__(self, config: Config, replay: Replay, crew: Crew, learner: Learner) -> None:
        self.config, self.replay, self.crew, self.learner = config, replay, crew, learner
        self.counters = Counters()
        self.tally = Tally()
        self.holding = False
        self.sick = ""
        self.tainted = self.begun = False
        self.weights_age, self.weights_lag = 0.0, 0
        self._next = 1
        self._underway, self._ahead = Underway(), CallsAhead()
        self._incarnation = ""  # of the learner that is trusted
        self._others: list[Incident] = []
        self._held: list[Chunk] = []
        self._publisher = Publisher(crew)

    def stand_at(self, counters: Counters) -> None:
        """Go on from these counters; replay and learner stand there already."""
        self.counters = msgspec.structs.replace(counters)
        self._next = counters.step + 1
        self._underway.forget()
        self._publisher = Publisher(self.crew)
        self.sick = ""
        self.tally = Tally()

    def forget_after(self, cut: Cut) -> None:
        """Forget what was collected after a generation was cut: the run ends with it."""
        self.counters = msgspec.structs.replace(cut.counters)
        self.replay.stand_at(cut.counters.samples, np.frombuffer(cut.pending, dtype=SAMPLE))

    def trust(self, welcome: Welcome) -> None:
        """From now on the learner, which said this, is what has all that it was sent."""
        self._incarnation = welcome.incarnation
        self.crew.ask(self.learner)

    def distrust(self) -> None:
        """The learner may stand anywhere: the run must go back with it before it goes on."""
        self._incarnation = ""

    def stands_between(self, welcome: Welcome) -> bool:
        """Whether a learner that was out of reach made what it was sent, or a part of it, and nothing else.

        Then nothing is lost, and `carry_on` goes on with it; a new life of it has to be brought here first.
        """
        return welcome.incarnation == self._incarnation and self.counters.step <= welcome.step < self._next

    def carry_on(self, learner: Learner, welcome: Welcome) -> None:
        """Go on with a learner that `stands_between`: ask it again for all that it did not answer."""
        self.learner = learner
        self.crew.ask(learner)
        self._publisher.forget()
        self._underway.send_again(learner, welcome.mirrored[1])

    def mirror_all(self, mirrored: tuple[int, int]) -> Iterator[None]:
        """Have the learner hold all that can be drawn; it holds `mirrored`, of this run, already.

        Goes on when it is asked to, until all is there.
        """
        first, end = self.replay.oldest, self.replay.serial * BLOCK_SAMPLES
        if mirrored[0] <= first <= mirrored[1]:
            first = min(mirrored[1], end)
            if mirrored[1] > end:  # what it holds beyond is void here, and must be so there
                self._underway.extend(self.learner, end, np.empty(0, SAMPLE))
        for start in range(first, end, SAMPLES_PER_EXTEND):
            self._mirror(range(start, min(start + SAMPLES_PER_EXTEND, end)))
            while self._underway.extends > EXTENDS_IN_FLIGHT:
                yield from self._one_answer()
        while self._underway.extends:
            yield from self._one_answer()

    def _one_answer(self) -> Iterator[None]:
        yield from answered(self._underway.oldest)
        self._take_answers()

    def restart_workers(self, games: list[bytes]) -> None:
        """Have the workers go on from these games instead. Waits. Raises CrewError."""
        self._held.clear()
        self.crew.restart(games)

    def renew_workers(self) -> None:
        """Have the workers begin anew; what they play, or have played and not handed in, is dropped."""
        self._held.clear()
        self.crew.renew()
        self.drop_games(len(self.crew))

    def drop_games(self, workers: int) -> int:
        """Count the unfinished games of so many workers as dropped; how many these are."""
        games = workers * self.config.simulation.games_per_worker
        self.counters.dropped += games
        return games

    def write_waiting(self) -> None:
        """Write the samples that the disk refused, if it did. Raises OSError where it does so again."""
        if self.replay.refused is not None:
            self._mirror(self.replay.add(np.empty(0, SAMPLE)))
            if self.replay.refused is not None:
                raise self.replay.refused

    def publish_first(self) -> Iterator[None]:
        """Hand out the weights as they are, before anybody plays; goes on when it is asked to."""
        yield from self._publisher.start(self.learner)

    def turn(self, timeout: float, *, active: bool) -> list[Incident]:
        """Do what there is to do, waiting at most `timeout` seconds for workers.

        Args:
          timeout: s.
          active: False while paused: nothing new is begun.

        Returns what concerns others. Raises LearnerError, ConnectionError, CrewError; OSError where the disk
        takes no samples: they wait, and nothing is lost or begun meanwhile.
        """
        for item in self.crew.collect(timeout):
            if isinstance(item, Chunk):
                self._take(item)
            else:
                self._others.append(item)
        self._take_answers()
        self._publisher.finish()
        if active and (lost := self.learner.lost) is not None:
            # nothing may be under way that would say so: workers that ask the learner only wait
            raise type(lost)(str(lost))
        if active and not self.sick:
            self.write_waiting()  # else steps would draw from other samples than they should
            self._learn()
            at_rest = not self._underway.steps and self._due == 0
            self._publisher.fetch(self.learner, self.counters.step, self.config, at_rest=at_rest)
            self._release()
        others, self._others = self._others, []  # kept until here, whatever was raised before
        return others

    @property
    def quiet(self) -> bool:
        """In serial mode: whether all steps are made, their weights handed out, and no worker plays."""
        return len(self._held) == len(self.crew) and self._caught_up

    @property
    def idle(self) -> bool:
        """Whether every step that was sent is answered."""
        return not self._underway.steps

    @property
    def progress(self) -> float:
        """Share of the whole run that is done, 0..1; NaN where it has no end."""
        return share_done(self.config, self.counters)

    @property
    def ended(self) -> bool:
        """Whether the run is as long as was set; one without an end never is."""
        return self.progress >= 1

    @property
    def learning_rate(self) -> float:
        """Of the next step."""
        return learning_rate(self.config, self._share_ahead)

    @property
    def _share_ahead(self) -> float:
        """Share of the run that is done at the next step."""
        # by the number of the step, not by how many are answered: it must not hang on when answers come
        return share_done(self.config, self.ahead)

    @property
    def ahead(self) -> Counters:
        """How far the run is when all steps that were sent are made."""
        trained = self.counters.trained + self._underway.samples
        return msgspec.structs.replace(self.counters, step=self._next - 1, trained=trained)

    def cut(self) -> Cut:
        """Ask for what a generation needs."""
        return Cut(self.ahead, self.replay.pending.tobytes(), self.learner.snapshot())

    # collecting

    def _take(self, chunk: Chunk) -> None:
        self._mirror(self.replay.add(chunk.samples))
        samples, played = len(chunk.samples), chunk.played
        self.counters.samples += samples
        self.begun = True
        self.counters.games += played.games
        self.counters.credit += earned(self.config, samples, played.games)
        self.tally.collect(samples, played.games, played.points)
        age = self._publisher.handed.age(played.step)
        self.weights_age = self.weights_age if age is None else age
        self.weights_lag = max(0, self.counters.step - played.step)  # a learner that is asked is ahead of us
        self._held.append(chunk)

    def _mirror(self, numbers: range) -> None:
        first = max(numbers.start, numbers.stop - self.replay.slots)  # what is gone again need not be sent
        for start in range(first, numbers.stop, SAMPLES_PER_EXTEND):
            samples = self.replay.read(start, min(start + SAMPLES_PER_EXTEND, numbers.stop))
            self._underway.extend(self.learner, start, samples)

    def _release(self) -> None:
        """Let workers play on, unless they are far enough ahead."""
        if self.config.general.serial:
            wait = self.holding or not self._caught_up
        else:
            ahead = far_ahead(self.config, self.counters.credit, self._calls)
            wait = (ahead and self.warm) or self._underway.extends > EXTENDS_IN_FLIGHT
        if not wait:
            for chunk in self._held:
                self.crew.give_back(chunk)
            self._held.clear()

    # learning

    @property
    def _caught_up(self) -> bool:
        """Whether all is learned that may be, and workers have the weights that came of it."""
        published = not self._publisher.busy and self._publisher.handed.step == self.counters.step
        return not self._underway and self._due == 0 and published

    @property
    def warm(self) -> bool:
        """Whether enough was collected to begin to learn."""
        return is_warm(self.config, self.replay)

    @property
    def working(self) -> State:
        """The state of a run that does this."""
        return State.TRAINING if self.warm else State.COLLECTING

    @property
    def _due(self) -> int:
        """Steps that may be sent now."""
        return due(self.config, self.counters.credit, self._next) if self.warm else 0

    @property
    def _calls(self) -> int:
        """Calls with steps that may be under way."""
        return self._ahead.allowed(self.learner.round_trip)

    def _learn(self) -> None:
        while self._underway.trains < self._calls and (count := min(self._due, STEPS_PER_CALL)):
            share, trained = self._share_ahead, self.ahead.trained
            numbers = range(self._next, self._next + count)
            steps = [step(self.config, self.replay, number, share, trained) for number in numbers]
            self._underway.train(self.learner, steps)
            self._next += count
            self.counters.credit -= count

    def _take_answers(self) -> None:
        """Take in what came of steps and samples."""
        before = self._underway.trains
        for asked, outcome in self._underway.answered():
            self._note(outcome, len(asked.slots))
        for _ in range(before - self._underway.trains):
            self._ahead.note()

    def _note(self, outcome: Trained, samples: int) -> None:
        self.counters.step = outcome.number
        self.counters.trained += samples
        self.tally.learn(outcome, samples)
        self._publisher.note(outcome.number)
        self.sick = self.sick or sickness(outcome)
        self.tainted |= bool(self.sick)
