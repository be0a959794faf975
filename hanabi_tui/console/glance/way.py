"""The way to the learner in full, and its history as a strip."""

import math
from collections.abc import Sequence
from statistics import median

from hanabi_tui.console.charts.lately import lines_lately
from hanabi_tui.console.glance.link import link_lines, link_of, trip_points
from hanabi_tui.console.glance.rows import row
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.live.link_history import Stretch, Way, cells, sums
from hanabi_tui.console.pieces import Line, Part, Piece, accent, apart, fitting, plain, quiet, strong
from hanabi_tui.quantities import clock, milliseconds, percent, some, span

SIGNS = {Way.UP: "█", Way.PAUSED: "=", Way.GONE: "×", Way.OFF: "·"}
"""A sign for each way, so that a strip needs no colours."""

PARTS = {Way.UP: Part.GOOD, Way.PAUSED: Part.WARNING, Way.GONE: Part.BAD, Way.OFF: Part.QUIET}

WORDS = {Way.UP: "up", Way.PAUSED: "paused or starting", Way.GONE: "learner gone", Way.OFF: "no run"}

TRANSPORTS = {
    "ssh": "through its sshd",
    "dialled": "it dials in here",
    "direct": "by plain TCP, not encrypted",
}

SPANS = ((600, "10 minutes"), (3_600, "hour"), (21_600, "6 hours"), (86_400, "day"), (604_800, "week"))
"""What a strip may show: s, and how that is called after “the last”."""


def way_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """Which learner, where, how it is reached; then all that is measured of the way."""
    lines = [row("learner", *_which(sight))]
    if link_of(sight) is None:
        return (*lines, *link_lines(sight, room))
    return (*lines, *link_lines(sight, Room(room.width, 5)), *_statistics(sight, room))[: room.height]


def _which(sight: Sight) -> Line:
    network = sight.model.settings.get("network", {})
    host, transport = str(network.get("gpu_host", "")), str(network.get("transport", ""))
    if not sight.model.settings:
        return (quiet("not known yet"),)
    if not host and transport != "dialled":
        return (
            strong("on this machine"),
            quiet(", embedded; choose a host below to see whether it could lend one"),
        )
    return (strong(f"borrowed from {host or 'a laptop'}"), quiet(f", {TRANSPORTS.get(transport, transport)}"))


def _statistics(sight: Sight, room: Room) -> tuple[Line, ...]:
    """Round trips over all that is remembered."""
    known = trip_points(sight.model.pulses)
    if len(known) < 2:
        return ()
    values = [trip for _, trip in known]
    said = (
        strong(milliseconds(median(values))),
        quiet(" typical, "),
        strong(milliseconds(min(values))),
        quiet(" to "),
        strong(milliseconds(max(values))),
    )
    over = quiet(f" over {span(known[-1][0] - known[0][0])}")
    return (fitting(room.width, row("lately", *said, over), row("lately", *said), row("lately", said[0])),)


def trip_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """Round trips as one curve as wide as the room, and what its height is."""
    pulses = sight.model.pulses
    length = max(pulses[-1].time - pulses[0].time, 60.0) if pulses else 60.0
    slot = max(2.0, math.ceil(length / max(room.width, 1)))
    curve = lines_lately(trip_points(pulses), sight.now, room.width, max(room.height - 1, 1), slot)
    over = span(slot * room.width)
    highest = max((trip for _, trip in trip_points(pulses)), default=math.nan)
    said = quiet(f"over {over}, {milliseconds(highest)} at the highest")
    return (*((accent(line),) for line in curve), (said,))


def strip_lines(sight: Sight, room: Room, seconds: float) -> tuple[Line, ...]:
    """A cell for each slice of the last time; its ends; how long it was how."""
    start, history = sight.now - seconds, sight.link
    if not history:
        return ((quiet("nothing happened yet: the history begins with the run"),),)
    strip = drawn(cells(history, start, sight.now, room.width))
    ends = apart(room.width, (quiet(clock(start, sight.now)),), (quiet("now"),))
    return (strip, ends, *legend(history, start, sight.now, room))[: room.height]


def drawn(ways: Sequence[Way | None]) -> Line:
    """Cells as signs, equal neighbours as one piece."""
    pieces: list[Piece] = []
    for way in ways:
        sign, part = (" ", Part.PLAIN) if way is None else (SIGNS[way], PARTS[way])
        if pieces and pieces[-1].part is part and pieces[-1].text[-1] == sign:
            pieces[-1] = Piece(pieces[-1].text + sign, part)
        else:
            pieces.append(Piece(sign, part))
    return tuple(pieces)


def legend(history: Sequence[Stretch], start: float, end: float, room: Room) -> tuple[Line, ...]:
    """What each sign means, how long it was so, and how often."""
    totals = sums(history, start, end)
    known = sum(total.seconds for total in totals.values())
    if not known:
        return ()
    lines: list[Line] = []
    for way, total in totals.items():
        if not total.seconds and way is not Way.UP:
            continue
        said: Line = (
            Piece(SIGNS[way], PARTS[way]),
            plain(f" {WORDS[way]} "),
            strong(percent(total.seconds / known)),
        )
        times = quiet(f", {some(total.times, 'time')}, the longest {span(total.longest)}")
        lines.append(fitting(room.width, (*said, times), said) if way is not Way.UP else said)
    return tuple(lines)


def outage_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """The last times that the learner was gone, the newest first, and why."""
    outages = [stretch for stretch in sight.link if stretch.way is Way.GONE]
    if not outages:
        return ((quiet("the learner was never gone" if sight.link else "nothing happened yet"),),)
    return tuple(
        (quiet(f"{clock(one.start, sight.now)}  "), strong(span(one.end - one.start)), plain(f"  {one.why}"))
        for one in outages[: -room.height - 1 : -1]
    )
