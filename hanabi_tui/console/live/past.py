"""What run.db knows of a run's life so far: evaluations, changes of state, the last minutes.

A view reads it in a thread, when it is first looked at and when a run is met anew, and joins it with what the
console has heard since.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.contracts.events import AnyEvent, Evaluated, Progress, StateChanged
from engine.contracts.states import State
from engine.control.messages import Overview
from engine.store.directory import DATABASE
from engine.store.history import History, MetricsError, read
from hanabi_tui.console.live.link_history import Stretch, Way, stretches
from hanabi_tui.console.live.model import Model

LATEST = 2_000
"""Events, the last ones, among which the last minutes are looked for."""

MINUTES = 10.0
"""How many of the last ones are read second by second, at least if something happened before them."""


AGAIN = 5.0
"""Seconds between two tries, where nothing could be read."""


@dataclass(frozen=True)
class Past:
    """What was read.

    Attributes:
      changes: of state, oldest first, also those that the run went back behind: time did not.
      evaluations: those that count, oldest first.
      recent: Progress of the last minutes, oldest first.
      signs: when each process was heard last before the next one started, and the last one so far.
      why: why nothing is known; empty: all is.
    """

    changes: tuple[StateChanged, ...] = ()
    evaluations: tuple[Evaluated, ...] = ()
    recent: tuple[Progress, ...] = ()
    signs: tuple[float, ...] = ()
    why: str = ""


class Remembered:
    """What was read last, and whether it is time to read again.

    Attributes:
      past: what was read.
    """

    def __init__(self) -> None:
        self.past = Past(why="nothing was read yet")
        self._met: object = None
        self._tried = -AGAIN
        self._link: tuple[object, tuple[Stretch, ...]] = None, ()

    def due(self, model: Model) -> bool:
        """Whether to read now: a run was met, something was not heard, or the last try failed."""
        met = (model.met, model.went_back)
        now = time.monotonic()
        if met == self._met and (not self.past.why or now - self._tried < AGAIN):
            return False
        self._met, self._tried = met, now
        return True

    def link(self, model: Model, now: float) -> tuple[Stretch, ...]:
        """How the way to the learner fared; reckoned anew only when something happened.

        Until now, but where a run is not heard any more: nobody knows how long it lived after its last sign.
        """
        began = model.overview and model.overview.began
        newest = (id(self.past), began, len(model.events), model.events[-1] if model.events else None)
        if newest != self._link[0]:
            known = _begun(changes(self.past, model.events), model.overview)
            self._link = newest, stretches(known, now, _signs(self.past, model))
        found = self._link[1]
        if not found:
            return ()
        *before, last = found
        end = now if model.connected or last.way is Way.OFF else _last_sign(self.past, model)
        return (*before, last._replace(end=max(end, last.start)))

    async def read(self, directory: Path) -> None:
        """Read; the screen goes on meanwhile."""
        self.past = await asyncio.to_thread(read_past, directory)


def read_past(directory: Path) -> Past:
    """All of it; takes from milliseconds to a second, so not in the screen's thread. Raises nothing."""
    try:
        with read(directory / DATABASE) as history:
            changes, signs = list[StateChanged](), list[float]()
            when = deque[tuple[float, int]](maxlen=LATEST)
            for _, event, _ in history.events():
                if isinstance(event, StateChanged):
                    changes.append(event)
                    if event.state == State.STARTING:
                        signs.append(_sign_before(event.time, history, when))
                when.append((event.time, event.step))
            signs.append(_sign_before(float("inf"), history, when))
            return Past(tuple(changes), history.evaluations(), _recent(history, when), tuple(sorted(signs)))
    except MetricsError as error:
        return Past(why=str(error))


def _sign_before(moment: float, history: History, events: Sequence[tuple[float, int]]) -> float:
    """When a run was heard last before a moment, after these events; 0: never."""
    return max(events[-1][0] if events else 0.0, history.progress_before(moment))


def _signs(past: Past, model: Model) -> list[float]:
    """Moments with a run, oldest first: where it goes back, run.db forgets some that were heard."""
    heard = (*model.events, *model.recent, *model.pulses)
    return sorted((*past.signs, *(each.time for each in heard)))


def _last_sign(past: Past, model: Model) -> float:
    """The last of them; `since` of a run that was never heard is when its process wrote how it stands."""
    heard = (kept[-1].time for kept in (model.events, model.recent, model.pulses) if kept)
    return max(model.since, *past.signs[-1:], *heard)


def _recent(history: History, when: Sequence[tuple[float, int]]) -> tuple[Progress, ...]:
    """Progress after the last event that is old enough: steps are indexed, times are not."""
    if not when:
        return ()
    start = when[-1][0] - 60 * MINUTES
    step = next((step for time, step in reversed(when) if time <= start), when[0][1])
    return history.progress(steps=(step, float("inf")), points=2_000)


def changes(past: Past, heard: Iterable[AnyEvent]) -> list[StateChanged]:
    """Changes of state that were kept, and those that were heard since."""
    last = past.changes[-1].time if past.changes else 0.0
    known = set(past.changes[-50:])
    fresh = (event for event in heard if isinstance(event, StateChanged) and event.time >= last)
    return [*past.changes, *(event for event in fresh if event not in known)]


def _begun(known: list[StateChanged], overview: Overview | None) -> list[StateChanged]:
    """With the start of the process that is heard: nobody hears its first word, and it is kept later."""
    if overview is None:
        return known
    later = [change for change in known if change.time >= overview.began - 1.0]
    if any(change.state == State.STARTING for change in later):
        return known
    start = StateChanged(time=overview.began, step=0, state=State.STARTING, reason="")
    return [*known[: len(known) - len(later)], start, *later]


def evaluations(past: Past, heard: Iterable[Evaluated], stands: int = 0) -> list[Evaluated]:
    """All evaluations that count, oldest first: where the run went back, later ones do not.

    Args:
      past: what was read, maybe before the run went back.
      heard: evaluations since.
      stands: the step that the run stands at; 0: nobody knows.
    """
    last = past.evaluations[-1].time if past.evaluations else 0.0
    found: list[Evaluated] = []
    for event in (
        *(one for one in past.evaluations if not 0 < stands < one.step),
        *(event for event in heard if event.time > last),
    ):
        while found and found[-1].step > event.step:
            found.pop()
        found.append(event)
    return found


def recent(past: Past, heard: Sequence[Progress]) -> list[Progress]:
    """The last minutes: what was kept, and what was heard since."""
    first = heard[0].time if heard else float("inf")
    return [*(one for one in past.recent if one.time < first), *heard]
