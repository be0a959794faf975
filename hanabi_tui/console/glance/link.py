"""The way to the learner: where it is, how quick, how much went over it, how often it was lost."""

from collections.abc import Callable, Iterable
from itertools import pairwise

from engine.contracts.vitals import Link, Vitals
from hanabi_tui.console.charts.lately import lately
from hanabi_tui.console.glance.rows import LABEL, row
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.live.link_history import Stretch, Way, newest
from hanabi_tui.console.pieces import Line, Piece, accent, bad, fitting, good, plain, quiet, strong, warning
from hanabi_tui.quantities import DASH, clock, milliseconds, minute, size, some, span

LONGEST = 15.0
"""Seconds between two Vitals over which a rate says something."""


def link_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """Where, round trip, bytes each way, reconnects; in four lines where there is no room for five."""
    link = link_of(sight)
    if link is None:
        why = "waits for the first measurement" if sight.model.connected else "nothing is known yet"
        return ((quiet(why),),)
    sent = _bytes(sight, room, "sent", lambda one: one.sent)
    received = _bytes(sight, room, "received", lambda one: one.received)
    if room.height < 5:
        return (where(sight, link, room), _trip(sight, link, room, again=True), sent, received)[: room.height]
    return (where(sight, link, room), _trip(sight, link, room), sent, received, _again(sight, link, room))


def link_of(sight: Sight) -> Link | None:
    """How the way was when last heard."""
    return sight.model.vitals.link if sight.model.vitals else None


def where(sight: Sight, link: Link, room: Room) -> Line:
    """State of the link, where the learner is, since when."""
    if sight.over:
        state, start = quiet("■ the run is over"), None
    elif not sight.model.connected:
        state, start = warning("? not known"), None
    elif link.round_trip is None and not link.connects:
        state, start = warning("… not there yet"), None
    elif link.round_trip is None:
        gone = sight.link[-1] if sight.link and sight.link[-1].way is Way.GONE else None
        state, start = bad("× gone"), gone.start if gone else None
    else:
        state, start = good("● up"), _up_since(sight.link)
    said: Line = (state, plain("  "), strong(link.where))
    if start is None:
        return said
    age = span(sight.now - start)
    since = f"since {clock(start, sight.now)}"
    return fitting(
        room.width,
        (*said, quiet(f"  {since}, {age}")),
        (*said, quiet(f"  {since}")),
        (*said, quiet(f" {age}")),
        said,
    )


def _up_since(history: Iterable[Stretch]) -> float | None:
    """Since when the learner is there: a pause for another reason does not take it away."""
    start = None
    for stretch in reversed([*history]):
        if stretch.way not in (Way.UP, Way.PAUSED) or stretch.why == "starting":
            break
        start = stretch.start
    return start


def _trip(sight: Sight, link: Link, room: Room, *, again: bool = False) -> Line:
    trip = row("round trip", strong(milliseconds(link.round_trip if sight.model.connected else None)))
    if again:
        return (*trip, quiet(f"  {_reconnects(link)}"))
    width = min(max(room.width - LABEL - 12, 0), 60)
    curve = lately(trip_points(sight.model.pulses), sight.now, width)
    return fitting(room.width, (*trip, plain("  "), accent(curve)), trip)


def trip_points(pulses: Iterable[Vitals]) -> list[tuple[float, float]]:
    """Moments and round trips, in s."""
    return [
        (one.time, one.link.round_trip)
        for one in pulses
        if one.link is not None and one.link.round_trip is not None
    ]


def _bytes(sight: Sight, room: Room, label: str, total: Callable[[Link], int]) -> Line:
    link, connected = link_of(sight), sight.model.connected
    assert link is not None
    rate = byte_rate(sight.model.pulses, total) if connected else None
    fast: Piece = strong(DASH if rate is None else f"{size(rate)}/s")
    said = row(label, fast)
    return fitting(room.width, (*said, quiet(f"  {size(total(link))} in all")), said)


def byte_rate(pulses: Iterable[Vitals], total: Callable[[Link], int]) -> float | None:
    """Bytes a second over the last few Vitals; None: not known."""
    known = [(one.time, total(one.link)) for one in list(pulses)[-4:] if one.link is not None]
    if len(known) < 2 or any(not 0 < after[0] - before[0] < LONGEST for before, after in pairwise(known)):
        return None
    (began, first), (ended, last) = known[0], known[-1]
    return (last - first) / (ended - began) if last >= first else None


def _reconnects(link: Link) -> str:
    return some(max(link.connects - 1, 0), "reconnect")


def _again(sight: Sight, link: Link, room: Room) -> Line:
    said = row("reconnects", strong(f"{max(link.connects - 1, 0):,}"))
    gone = newest(sight.link, Way.GONE)
    if gone is None:
        return said
    at, length = minute(gone.start, sight.now), span(gone.end - gone.start)
    return fitting(
        room.width,
        (*said, quiet(f"  last lost at {at} for {length}")),
        (*said, quiet(f"  {at} for {length}")),
        said,
    )
