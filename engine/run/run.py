"""A run: one training in one directory, from start to stop, as a stream of events.

Whoever holds a run asks it for events and does with them what it likes; the run goes on as long as it is
asked. Commands come in by `command`, from any thread. What the run stands on is its newest generation: after
whatever end, the next start goes on from there, and brings replay and database to where they stood then.
"""

import contextlib
import os
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.learner import (
    AwaitedError,
    BarredError,
    BusyError,
    LearnerError,
    MismatchError,
    UnsureError,
)
from engine.contracts.states import State
from engine.contracts.vitals import Link, Vitals
from engine.errors import EngineError
from engine.run.answering import answer, answer_early
from engine.run.ground import Ground, RunError, completed, open_ground
from engine.run.inbox import Inbox
from engine.run.incidents import take_in
from engine.run.keeping import Keeper
from engine.run.meeting import Meeting
from engine.run.reporting import Reporter
from engine.run.standing import Standing
from engine.run.taking_up import Connect, Parts
from engine.run.telling import Teller
from engine.run.vital_signs import VitalSigns
from engine.settings.config import Config
from engine.store.directory import Directory
from engine.store.generations import Counters, Generation
from engine.store.metrics import MetricsError, NotRecordedError
from engine.store.replay import ReplayError
from engine.training.progress import progress_of
from engine.training.tally import Tally
from engine.training.training import Training
from engine.workers.crew_news import Incident, Lost

HOPELESS = (BarredError, MismatchError, RunError, ReplayError, MetricsError)
"""What keeps a run from beginning until a person has done something."""

_TURN = 0.02
"""Seconds a turn waits for workers, and a command for its turn."""

_LONGEST = 5.0
"""Seconds that count of one turn at most: who slept, or was stopped, did not train."""


class Run:
    """One process's part in a run.

    Attributes:
      id: the run's, over all its processes.
      hopeless: whether it failed in a way that starting it again would not change.
    """

    def __init__(
        self,
        config: Config,
        directory: Directory,
        connect: Connect,
        link: Callable[[], Link | None] = lambda: None,
    ) -> None:
        self.config, self._directory = config, directory
        self.id = uuid.uuid4().hex
        self.hopeless = False
        self._inbox, self._reporter = Inbox(), Reporter(directory, link)
        self._vital_signs = VitalSigns(directory.path, link)
        self._ground: Ground | None = None
        self._parts: Parts | None = None
        self._turned, self._found = time.monotonic(), ""
        self._teller, self._standing = Teller(), Standing(self._changed)
        self._meeting = Meeting(connect, self._standing, self.tell)

    @property
    def state(self) -> State:
        """Where it is."""
        return self._standing.state

    @property
    def reason(self) -> str:
        """Why it is there; empty: as a matter of course."""
        return self._standing.reason

    @property
    def ill(self) -> bool:
        """Whether it paused because learning made no sense any more."""
        return self._standing.ill

    def command(self, command: c.Command) -> Future[c.Reply]:
        """Tell the run something, from any thread; the reply comes when what it did was told."""
        return self._inbox.put(command)

    def events(self) -> Iterator[e.AnyEvent | Vitals]:
        """Run; ends in a final state. Failures are a state too; only faults of this program raise."""
        try:
            for _ in self._live():
                yield from self._drain()
        except (EngineError, ConnectionError, OSError) as error:
            before = self._parts is None  # later, the other side may be mended meanwhile
            self.hopeless = before and isinstance(error, HOPELESS) and not isinstance(error, NotRecordedError)
            self._standing.enter(State.FAILED, str(error))
        finally:
            if self._ground is not None:
                self._ground.stop()
            self._inbox.hear(lambda _: c.Refused(why=f"the run is {self.state}"))
            self._inbox.reply()
        self._save_state()
        yield from self._drain()
        if self._ground is not None:
            with contextlib.suppress(MetricsError):  # it was said already
                self._ground.database.close()

    def _live(self) -> Iterator[None]:
        self.tell(e.StateChanged(time=time.time(), step=0, state=State.STARTING))
        yield
        end = completed(self.config, self._directory)
        if end is not None:
            self.id = end.manifest.run
            self._standing.enter(State.COMPLETED, "it was completed before")
            self._save_state_of(end)
            return
        self._ground = open_ground(self.config, self._directory, self.id, self.tell)
        self._found = self._ground.database.found
        self.id = self._ground.keeper.run
        parts = yield from self._meet_first(self._ground)
        if parts is None:
            return
        self._parts, self._teller.database = parts, self._ground.database
        self.tell(
            e.Begun(
                time=time.time(),
                step=parts.training.counters.step,
                run=self.id,
                pid=os.getpid(),
                generation=parts.keeper.newest,
            )
        )
        parts.training.counters.finished = False
        self._turned = time.monotonic()
        working = parts.training.working
        self._standing.mended(working)
        if self.state is not State.PAUSED:
            self._standing.enter(working)
        while not self._standing.over:
            self._try_turn(parts)
            yield

    def _meet_first(self, ground: Ground) -> Generator[None, None, Parts | None]:
        meeting = self._meeting.first(ground)
        while True:
            self._inbox.hear(lambda command: answer_early(command, self._standing))
            try:
                next(meeting)
            except StopIteration as done:
                return done.value
            self._save_now_and_then()
            yield

    def _try_turn(self, parts: Parts) -> None:
        try:
            self._inbox.hear(lambda command: answer(command, self, parts))
            if not self._standing.over:
                self._turn(parts)
        except MismatchError:
            raise
        except (ConnectionError, LearnerError) as error:
            barred = isinstance(error, BarredError)  # somebody must act first: that is told apart
            refused = isinstance(error, LearnerError) and not isinstance(error, BusyError | BarredError)
            if refused or isinstance(error, UnsureError):
                parts.training.distrust()
            self._meeting.break_off()
            self._standing.wait_for(
                "learner",
                f"the learner cannot be reached: {error}" if barred else f"the learner is gone: {error}",
                barred=barred,
                awaited=isinstance(error, AwaitedError),
                refused=refused,
            )
        except (OSError, MetricsError) as error:
            # half gone back is not gone back
            apart = self._meeting.break_off() or self._standing.trouble.what == "learner"
            self._standing.wait_for("learner" if apart else "disk", f"cannot write: {error}")

    def _turn(self, parts: Parts) -> None:
        """One turn of everything."""
        training, keeper, examiner = parts.training, parts.keeper, parts.examiner
        self._count_time(training)
        if self._meeting.due:
            self._meeting.turn(parts)
            self._save_now_and_then()  # no Progress: counters may be ahead of where run.db has gone back to
            return
        if self.state is State.STOPPING and training.sick and self.config.general.serial:
            self._standing.enter(State.STOPPED, f"without a last generation: {training.sick}")
            return
        at_rest = self.state in (State.PAUSED, State.STOPPING) or training.ended
        # what is serial comes to rest at the same point, however it is stopped
        training.holding = at_rest or keeper.busy
        to_rest = self.config.general.serial and not training.quiet and not training.sick
        for item in training.turn(_TURN, active=not at_rest or to_rest):
            self._hear(item, parts)
            if self._meeting.due:
                return
        examiner.turn(training)
        self._keep(keeper, training)
        self._watch(parts)
        self._report(training)

    def _keep(self, keeper: Keeper, training: Training) -> None:
        if self._standing.trouble.what == "disk":
            if not self._standing.trouble.due:
                return
            self._teller.record()
            keeper.wanted = True  # whether there is room shows by writing
        saved = keeper.turn(training)
        if saved is None:
            return
        self.tell(saved)
        self._standing.mended(training.working)
        if keeper.busy:
            return  # that one was cut before the end; the last is on its way
        ended = State.STOPPED if self.state is State.STOPPING else State.COMPLETED
        if ended is State.STOPPED or training.counters.finished:
            assert keeper.kept is not None
            training.forget_after(keeper.kept)
            self._standing.enter(ended)

    def _hear(self, incident: Incident, parts: Parts) -> None:
        for event in take_in(incident, parts, self.config, self._directory):
            self.tell(event)
        if isinstance(incident, Lost) and self.config.general.serial:
            self.go_back(parts)  # its next life would play other games

    def _watch(self, parts: Parts) -> None:
        """Change state if what has happened says so."""
        training, examiner = parts.training, parts.examiner
        if self._standing.trains:
            if training.sick or (examiner.collapsed and not examiner.final):
                self._standing.pause(training.sick or examiner.collapsed, ill=True)
                examiner.collapsed = ""
            else:
                self._standing.enter(training.working)
        if not training.ended:
            examiner.final = examiner.done = False  # also where it shall be longer now than it was
        if not self._standing.trains or not training.ended:
            return
        if not examiner.final and not examiner.busy and training.idle:
            examiner.final = examiner.wanted = True
        elif examiner.done and not training.counters.finished:
            training.counters.finished = parts.keeper.wanted = True

    # commands

    def pause(self, reason: str) -> None:
        """Rest until `go_on`."""
        self._standing.pause(reason)

    def go_on(self, parts: Parts) -> str:
        """End a pause that was asked for; returns what the run still waits for, empty if for nothing."""
        parts.training.sick = ""
        parts.examiner.forgive()
        return self._standing.go_on(parts.training.working)

    def go_back(self, parts: Parts) -> None:
        """Stand at the newest generation, as soon as can be."""
        self._meeting.go_back(parts)

    def stop(self, parts: Parts) -> None:
        """Save a generation and end; at once, where the learner is gone."""
        parts.keeper.wanted = True
        self._standing.stop()

    # telling

    def tell(self, event: e.AnyEvent) -> None:
        """Tell whoever listens."""
        self._teller.tell(event)

    def _changed(self) -> None:
        step = self._parts.training.counters.step if self._parts else 0
        self.tell(e.StateChanged(time=time.time(), step=step, state=self.state, reason=self.reason))
        self._save_state()

    def _drain(self) -> Iterator[e.AnyEvent | Vitals]:
        if self._standing.trouble.what != "disk":
            try:
                self._teller.record()
            except MetricsError as error:
                # who stops goes on: the last generation is worth more than what run.db tells of it; and who
                # waits for its learner, perhaps to go back with it, does not forget that: news can wait
                waits = self._standing.trouble.what == "learner" or self.state is State.STOPPING
                if waits:
                    self._tell_found()
                elif not self._standing.over:
                    self._standing.wait_for("disk", f"cannot write: {error}")
        yield from self._teller.news()
        self._inbox.reply()

    def _tell_found(self) -> None:
        """A run.db that was found damaged meanwhile, and replaced, is said loudly, whatever else there is."""
        found = self._ground.database.found if self._ground else ""
        if found != self._found:
            self._found = found
            step = self._parts.training.counters.step if self._parts else 0
            self.tell(e.Notice(time=time.time(), step=step, text=found, warning=True))

    def _count_time(self, training: Training) -> None:
        now = time.monotonic()
        # the first chunk comes when kernels are compiled and workers are warm
        if self._standing.trains and training.begun and not training.ended:
            training.counters.seconds += min(now - self._turned, _LONGEST)
        self._turned = now
        if not self._standing.trains:  # a pause is part of no rate
            training.tally = Tally()
            self._reporter.put_off()

    def _report(self, training: Training) -> None:
        if self._standing.trains and self._reporter.progress_due():
            self.tell(progress_of(training))
        self._save_now_and_then()

    def _save_now_and_then(self) -> None:
        if self._reporter.save_due():
            self._save_state()
        if self._vital_signs.due():
            learner = self._parts.training.learner if self._parts else None
            self._teller.mention(self._vital_signs.take(learner))
            if remark := self._vital_signs.remark():
                step = self._parts.training.counters.step if self._parts else 0
                self.tell(e.Notice(time=time.time(), step=step, text=remark, warning=True))

    def _save_state(self) -> None:
        if self._parts is not None:
            newest, counters = self._parts.keeper.newest, self._parts.training.counters
            self._reporter.save(self.id, self.state, self.reason, newest, counters)
        elif self._ground is not None:
            self._save_state_of(self._ground.generation)

    def _save_state_of(self, generation: Generation | None) -> None:
        counters = generation.manifest.counters if generation else Counters()
        newest = counters.step if generation else -1
        self._reporter.save(self.id, self.state, self.reason, newest, counters)
