"""The course of a run that has met its learner: turn by turn, until it is over."""

import contextlib
import os
import time
from dataclasses import asdict

from engine.contracts import events as e
from engine.contracts.learner import (
    AwaitedError,
    BarredError,
    BusyError,
    LearnerError,
    MismatchError,
    UnsureError,
)
from engine.contracts.reasons import GONE, UNREACHED, UNWRITTEN
from engine.contracts.states import State
from engine.machine.program import program
from engine.run.answering import answer
from engine.run.inbox import Inbox
from engine.run.incidents import take_in
from engine.run.meeting import Meeting
from engine.run.reporting import Reporter
from engine.run.standing import Standing
from engine.run.taking_up import Parts
from engine.run.telling import Teller
from engine.store.metrics import MetricsError
from engine.training.calls_ahead import TURN
from engine.training.tally import Tally
from engine.workers.crew_news import Incident, Lost

_LONGEST = 5.0
"""Seconds that count of one turn at most: who slept, or was stopped, did not train."""


class Course:
    """Trains, watches, keeps and evaluates; waits for what is missing; does what it is told.

    Args:
      parts: what the run is made of.
      standing: of the run; it is over when this says so.
      meeting: brings the learner back where it was lost.
      teller: takes events.
      reporter: shows how the run fares.
    """

    def __init__(
        self, parts: Parts, standing: Standing, meeting: Meeting, teller: Teller, reporter: Reporter
    ) -> None:
        self._parts, self._standing, self._meeting = parts, standing, meeting
        self._teller, self._reporter = teller, reporter
        self._training, self._keeper, self._examiner = parts.training, parts.keeper, parts.examiner
        self._turned = time.monotonic()

    def begin(self) -> None:
        """The run begins in this process."""
        training, keeper = self._training, self._keeper
        self.tell(
            e.Begun(
                time=time.time(),
                step=training.counters.step,
                run=keeper.run,
                pid=os.getpid(),
                generation=keeper.newest,
                **asdict(program()),
            )
        )
        training.counters.finished = False
        self._standing.mended(training.working)
        if self.state is not State.PAUSED:
            self._standing.enter(training.working)

    def turn(self, inbox: Inbox) -> None:
        """Do what was said, and one turn of everything else; what is missing then is waited for."""
        try:
            inbox.hear(lambda command: answer(command, self, self._parts))
            if not self._standing.over:
                self._turn()
        except MismatchError:
            raise
        except (ConnectionError, LearnerError) as error:
            barred = isinstance(error, BarredError)  # somebody must act first: that is told apart
            refused = isinstance(error, LearnerError) and not isinstance(error, BusyError | BarredError)
            if refused or isinstance(error, UnsureError):
                self._training.distrust()
            in_vain = self._meeting.in_vain(self._keeper.newest)
            self._meeting.break_off()
            self._standing.wait_for(
                "learner",
                f"{UNREACHED if barred else GONE}: {error}",
                barred=barred,
                awaited=isinstance(error, AwaitedError),
                refused=refused or in_vain,
            )
        except (OSError, MetricsError) as error:
            # half gone back is not gone back
            apart = self._meeting.break_off() or self._standing.trouble.what == "learner"
            self._standing.wait_for("learner" if apart else "disk", f"{UNWRITTEN}: {error}")

    def _turn(self) -> None:
        training, keeper = self._training, self._keeper
        self._count_time()
        if self._meeting.due:
            self._meeting.turn(self._parts)
            self._reporter.turn()  # no Progress: counters may be ahead of where run.db has gone back to
            return
        serial = training.config.general.serial
        if self.state is State.STOPPING and training.sick and serial:
            self._standing.enter(State.STOPPED, f"without a last generation: {training.sick}")
            return
        at_rest = self.state in (State.PAUSED, State.STOPPING) or training.ended
        # what is serial comes to rest at the same point, however it is stopped
        training.holding = at_rest or keeper.busy
        to_rest = serial and not training.quiet and not training.sick
        refused = self._standing.trouble.what == "disk" and training.replay.refused is not None
        # what the disk refused is tried again where that is due, not at every turn
        for incident in training.turn(TURN, active=(not at_rest or to_rest) and not refused):
            self._hear(incident)
            if self._meeting.due:
                return
        self._examiner.turn(training)
        self._keep()
        self._watch()
        if self._standing.trains:
            self._reporter.tell_progress()
        self._reporter.turn()

    def _count_time(self) -> None:
        training, now = self._training, time.monotonic()
        # the first chunk comes when kernels are compiled and workers are warm
        meets = self._meeting.due
        if self._standing.trains and training.begun and not (meets or training.ended):
            training.counters.seconds += min(now - self._turned, _LONGEST)
        self._turned = now
        if not self._standing.trains:  # a pause is part of no rate
            training.tally = Tally()
            self._reporter.put_off()

    def _hear(self, incident: Incident) -> None:
        for event in take_in(incident, self._parts):
            self.tell(event)
        if isinstance(incident, Lost) and self._training.config.general.serial:
            self.go_back()  # its next life would play other games

    def _keep(self) -> None:
        training, keeper = self._training, self._keeper
        if self._standing.trouble.what == "disk":
            if not self._standing.trouble.due:
                return
            self._teller.record()
            training.write_waiting()
            keeper.wanted = keeper.wanted or not keeper.busy  # whether there is room shows by writing
        saved = keeper.turn(training, self._examiner.step)
        if saved is None:
            return
        self.tell(saved)
        self._standing.mended(training.working)
        if keeper.busy:
            return  # that one was cut before the end; the last is on its way
        ended = State.STOPPED if self.state is State.STOPPING else State.COMPLETED
        if ended is State.STOPPED or (training.counters.finished and training.ended):
            assert keeper.kept is not None
            with contextlib.suppress(
                OSError
            ):  # what is left is sound; a serial run strikes it out at its start
                training.forget_after(keeper.kept)
            self._standing.enter(ended)

    def _watch(self) -> None:
        """Change state if what has happened says so."""
        training, examiner = self._training, self._examiner
        if self._standing.trains:
            if training.sick or (examiner.collapsed and not examiner.final):
                self._standing.pause(training.sick or examiner.collapsed, ill=True)
                examiner.collapsed = ""
            else:
                self._standing.enter(training.working)
        if not training.ended:
            # also where it shall be longer now than it was
            examiner.final = examiner.done = training.counters.finished = False
        if not self._standing.trains or not training.ended:
            return
        if not examiner.final and not examiner.busy and training.idle:
            examiner.final = examiner.wanted = True
        elif examiner.done and not training.counters.finished:
            training.counters.finished = self._keeper.wanted = True

    # what commands do

    @property
    def state(self) -> State:
        """Where the run is."""
        return self._standing.state

    @property
    def ill(self) -> bool:
        """Whether it paused because learning made no sense any more."""
        return self._standing.ill

    def pause(self, reason: str) -> None:
        """Rest until `go_on`."""
        self._standing.pause(reason)

    def go_on(self) -> str:
        """End a pause that was asked for; returns what the run still waits for, empty if for nothing."""
        self._training.sick = ""
        self._examiner.forgive()
        return self._standing.go_on(self._training.working)

    def go_back(self) -> None:
        """Stand at the newest generation, as soon as can be."""
        with contextlib.suppress(MetricsError):  # then it cannot forget now either
            self._teller.record()  # else it would be kept behind what is forgotten
        self._meeting.go_back(self._parts)

    def stop(self) -> None:
        """Save a generation and end; at once, where the learner is gone."""
        self._keeper.wanted = True
        self._standing.stop()

    def tell(self, event: e.AnyEvent) -> None:
        """Tell whoever listens."""
        self._teller.tell(event)
