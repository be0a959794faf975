"""A run: one training in one directory, from start to stop, as a stream of events.

Whoever holds a run asks it for events and does with them what it likes; the run goes on as long as it is
asked. Commands come in by `command`, from any thread. What the run stands on is its newest generation: after
whatever end, the next start goes on from there, and brings replay and database to where they stood then.
"""

import contextlib
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.learner import BarredError, MismatchError
from engine.contracts.reasons import UNWRITTEN
from engine.contracts.states import State
from engine.contracts.vitals import Link, Vitals
from engine.errors import EngineError
from engine.run.answering import answer_early
from engine.run.course import Course
from engine.run.ground import Ground, RunError, completed, open_ground
from engine.run.inbox import Inbox
from engine.run.meeting import Meeting
from engine.run.reporting import Reporter
from engine.run.standing import Standing
from engine.run.taking_up import Connect, Parts
from engine.run.telling import Teller
from engine.settings.config import Config
from engine.store.directory import Directory
from engine.store.metrics import MetricsError, NotRecordedError
from engine.store.ring import ReplayError

HOPELESS = (BarredError, MismatchError, RunError, ReplayError, MetricsError)
"""What keeps a run from beginning until a person has done something."""


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
        self.id = uuid.uuid4().hex
        self.hopeless = False
        self._config, self._directory = config, directory
        self._inbox, self._teller = Inbox(), Teller()
        self._standing = Standing(self._changed)
        self._reporter = Reporter(directory, link, self._standing, self._teller)
        self._meeting = Meeting(connect, self._standing, self._teller.tell)
        self._ground: Ground | None = None
        self._parts: Parts | None = None

    @property
    def state(self) -> State:
        """Where it is."""
        return self._standing.state

    @property
    def reason(self) -> str:
        """Why it is there; empty: as a matter of course."""
        return self._standing.reason

    @property
    def config(self) -> Config:
        """The settings as they are now."""
        return self._parts.training.config if self._parts else self._config

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
        self._reporter.save()
        yield from self._drain()
        if self._ground is not None:
            with contextlib.suppress(MetricsError):  # it was said already
                self._ground.database.close()

    def _live(self) -> Iterator[None]:
        self._teller.tell(e.StateChanged(time=time.time(), step=0, state=State.STARTING))
        yield
        end = completed(self._config, self._directory)
        if end is not None:
            self.id = end.manifest.run
            self._reporter.begins(self.id, end)
            self._standing.enter(State.COMPLETED, "it was completed before")
            return
        ground = open_ground(self._config, self._directory, self.id, self._teller.tell)
        self._ground, self.id = ground, ground.keeper.run
        self._reporter.begins(self.id, ground.generation, tainted=ground.tainted)
        self._teller.keep_in(ground.database)
        parts = yield from self._meet_first(ground)
        if parts is None:
            return
        self._parts = parts
        self._reporter.goes_on(parts)
        course = Course(parts, self._standing, self._meeting, self._teller, self._reporter)
        course.begin()
        while not self._standing.over:
            course.turn(self._inbox)
            yield

    def _meet_first(self, ground: Ground) -> Generator[None, None, Parts | None]:
        meeting = self._meeting.first(ground)
        while True:
            self._inbox.hear(lambda command: answer_early(command, self._standing))
            try:
                next(meeting)
            except StopIteration as done:
                return done.value
            self._reporter.turn()
            yield

    def _changed(self) -> None:
        self._teller.tell(
            e.StateChanged(time=time.time(), step=self._reporter.step, state=self.state, reason=self.reason)
        )
        self._reporter.save()

    def _drain(self) -> Iterator[e.AnyEvent | Vitals]:
        # what is told before run.db has gone back to where the run stands is kept afterwards
        if self._parts is not None and self._standing.trouble.what != "disk":
            try:
                self._teller.record()
            except MetricsError as error:
                # who stops goes on: the last generation is worth more than what run.db tells of it; and who
                # waits for its learner, perhaps to go back with it, does not forget that: news can wait
                if self._standing.trouble.what == "learner" or self.state is State.STOPPING:
                    self._teller.tell_found(self._reporter.step)
                elif not self._standing.over:
                    self._standing.wait_for("disk", f"{UNWRITTEN}: {error}")
        yield from self._teller.news()
        self._inbox.reply()
