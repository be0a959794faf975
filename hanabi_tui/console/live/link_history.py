"""How the way to the learner fared over time, told from a run's events."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from engine.contracts.events import AnyEvent, StateChanged
from engine.contracts.reasons import LEARNER
from engine.contracts.states import OVER, State


class Way(StrEnum):
    """How the way to the learner was."""

    UP = "up"
    PAUSED = "paused"  # by somebody, or for another reason; the learner is there
    GONE = "gone"
    OFF = "off"  # no run


class Stretch(NamedTuple):
    """A time in which nothing changed.

    Attributes:
      way: how it was.
      start, end: s since the epoch.
      why: of a pause.
    """

    way: Way
    start: float
    end: float
    why: str = ""


def way_of(state: str, reason: str) -> Way:
    """What the state of a run says of its link."""
    if state in OVER:
        return Way.OFF
    if state == State.PAUSED:
        return Way.GONE if reason.startswith(LEARNER) else Way.PAUSED
    # who starts is not connected yet, who stops still is
    return Way.PAUSED if state == State.STARTING else Way.UP


def stretches(events: Iterable[AnyEvent], now: float, signs: Sequence[float] = ()) -> tuple[Stretch, ...]:
    """What came after what, oldest first, the last one until now.

    A process that was killed says no last word: from what is known last of it until the next one starts,
    there was no run.

    Args:
      events: of which changes of state tell how it was, and the others that there was a run.
      now: s since the epoch.
      signs: other moments at which there was a run, in their order.
    """
    found: list[Stretch] = []
    last = 0.0
    for event in events:
        if isinstance(event, StateChanged):
            if event.state == State.STARTING and found and found[-1].way is not Way.OFF:
                last = max(last, _last_before(event.time, signs))
                _begin(found, Stretch(Way.OFF, last, last, "it ended without a word"))
            why = event.reason or ("starting" if event.state == State.STARTING else "")
            _begin(found, Stretch(way_of(event.state, event.reason), event.time, event.time, why))
        last = event.time
    if found:
        found[-1] = found[-1]._replace(end=max(now, found[-1].start))
    return tuple(found)


def _last_before(moment: float, signs: Sequence[float]) -> float:
    place = bisect_left(signs, moment)
    return signs[place - 1] if place else 0.0


def _begin(found: list[Stretch], new: Stretch) -> None:
    """Add a stretch; one that goes on as before is no new one, but for another reason of a pause."""
    if found:
        before = found[-1]
        if before.way is new.way and (new.way is not Way.PAUSED or before.why == new.why):
            # the newest reason says most: each try to connect may fail in its own way
            found[-1] = before._replace(why=new.why or before.why)
            return
        found[-1] = before._replace(end=max(new.start, before.start))
    found.append(new)


_WORST = (Way.GONE, Way.PAUSED, Way.OFF, Way.UP)


def cells(history: Sequence[Stretch], start: float, end: float, number: int) -> tuple[Way | None, ...]:
    """A span of time in so many slices, each with the worst that happened in it; None: nothing is known."""
    worst: list[Way | None] = [None] * number
    width = (end - start) / max(number, 1)
    for stretch in history:
        if width <= 0 or stretch.end <= start or stretch.start >= end:
            continue
        first = max(int((stretch.start - start) / width), 0)
        last = min(int((stretch.end - start) / width), number - 1)
        for index in range(first, last + 1):
            known = worst[index]
            if known is None or _WORST.index(stretch.way) < _WORST.index(known):
                worst[index] = stretch.way
    return tuple(worst)


class Sum(NamedTuple):
    """Over a span of time: how long it was so (s), how often, and the longest of these (s)."""

    seconds: float
    times: int
    longest: float


def sums(history: Sequence[Stretch], start: float, end: float) -> dict[Way, Sum]:
    """How long the link was how, between two moments."""
    totals = dict.fromkeys(Way, Sum(0.0, 0, 0.0))
    for stretch in history:
        length = min(stretch.end, end) - max(stretch.start, start)
        if length > 0:
            seconds, times, longest = totals[stretch.way]
            totals[stretch.way] = Sum(seconds + length, times + 1, max(longest, length))
    return totals


def newest(history: Sequence[Stretch], way: Way) -> Stretch | None:
    """The last time that it was so."""
    return next((stretch for stretch in reversed(history) if stretch.way is way), None)
