"""Meeting the learner: for the first time, and again whenever it was lost."""

import time
from collections.abc import Generator, Iterator

from engine.contracts import events as e
from engine.contracts.learner import AwaitedError, BusyError
from engine.contracts.reasons import UNREACHED, UNWRITTEN
from engine.run.ground import Ground, Tell
from engine.run.standing import Standing
from engine.run.taking_up import Connect, Parts, go_back, meet_again, take_up
from engine.store.metrics import MetricsError

_GLANCE = 0.02
"""Seconds between two looks at whether it is time to try again."""


class Meeting:
    """Brings a run and its learner together, a little further with each turn; the run does more in between.

    Args:
      connect: brings the run to its learner.
      standing: of the run, which waits for its learner.
      tell: takes events.
    """

    def __init__(self, connect: Connect, standing: Standing, tell: Tell) -> None:
        self._connect, self._standing, self._tell = connect, standing, tell
        self._work: Iterator[None] | None = None
        self._back_at: int | None = None  # the generation that was gone back to, with the learner there is

    def first(self, ground: Ground) -> Generator[None, None, Parts | None]:
        """Wait for the learner as long as it takes; None: the run was over before."""
        while not self._standing.over:
            work = take_up(ground, self._connect)
            try:
                while not self._standing.over:
                    next(work)
                    yield
            except StopIteration as done:
                return done.value
            except (ConnectionError, BusyError) as error:
                awaited = isinstance(error, AwaitedError)
                self._standing.wait_for("learner", f"{UNREACHED}: {error}", awaited=awaited)
            except (OSError, MetricsError) as error:
                self._standing.wait_for("disk", f"{UNWRITTEN}: {error}")
            while not (self._standing.trouble.due or self._standing.over):
                time.sleep(_GLANCE)
                yield
        return None

    @property
    def due(self) -> bool:
        """Whether run and learner are not together."""
        return self._work is not None or self._standing.trouble.what == "learner"

    def turn(self, parts: Parts) -> None:
        """Go a little further. Raises what `taking_up` does; whoever hears of it breaks off."""
        if self._work is None:
            if not self._standing.trouble.due:
                time.sleep(_GLANCE)
                return
            self._work = self._again(parts)
        for _ in self._work:
            return
        self._work = None

    def go_back(self, parts: Parts) -> None:
        """Stand at the newest generation, as soon as can be."""
        parts.training.distrust()
        if self._standing.trouble.what != "learner":
            self._work = go_back(parts, parts.training.learner, self._tell)
        elif self.break_off():  # it may be on its way to a generation that was just set aside
            self._standing.trouble.hurry()

    def in_vain(self, newest: int) -> bool:
        """Whether the run, whose newest generation this is, has won nothing with this learner."""
        return self._back_at == newest

    def break_off(self) -> bool:
        """Something went wrong: begin anew the next time. Returns whether anything was under way."""
        under_way, self._work = self._work is not None, None
        return under_way

    def _again(self, parts: Parts) -> Iterator[None]:
        before = parts.training.counters.step
        kept = yield from meet_again(parts, self._connect, self._tell)
        self._back_at = None if kept else parts.keeper.newest
        after = parts.training.counters.step
        text = "the learner is back; "
        text += "nothing was lost" if kept else f"from step {before} the run went back to generation {after}"
        self._tell(e.Notice(time=time.time(), step=after, text=text, warning=before != after))
        self._standing.mended(parts.training.working)
