"""How fast the run is, and how much it has done."""

from collections.abc import Iterable
from itertools import pairwise

from engine.contracts.events import Progress
from hanabi_tui.console.charts.lately import lately
from hanabi_tui.console.glance.rows import Columns, measured
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.pieces import Line, quiet, strong
from hanabi_tui.quantities import DASH, count, rate

LONGEST = 10.0
"""Seconds between two Progress over which a rate says something; more, and the run was paused between."""

COLUMNS = Columns(8, 8, 4)
"""Of the panel."""

BEHIND = 6
"""Cells of a total."""


def speed_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """Games, samples, training and steps a second, their last minutes, and totals."""
    recent, newest, now = sight.recent, sight.last, sight.progress
    steps = steps_per_second(recent)
    rates = {
        "games": (now and now.games_per_second, [(one.time, one.games_per_second) for one in recent]),
        "samples": (now and now.samples_per_second, [(one.time, one.samples_per_second) for one in recent]),
        "trained": (now and now.trained_per_second, [(one.time, one.trained_per_second) for one in recent]),
        "steps": (now and steps and steps[-1][1], steps),
    }
    totals = {
        "games": newest and newest.games,
        "samples": newest and newest.samples,
        "trained": newest and newest.trained,
        "steps": newest and newest.step,
    }
    width = COLUMNS.curve(room.width, BEHIND)
    return tuple(
        measured(
            room.width,
            COLUMNS,
            label,
            strong(rate(value) if value else DASH if now is None else "0"),
            "/s",
            lately(points, now.time if now else sight.now, width),
            quiet(DASH if totals[label] is None else count(totals[label] or 0)),
        )
        for label, (value, points) in rates.items()
    )


def steps_per_second(recent: Iterable[Progress]) -> list[tuple[float, float]]:
    """Optimizer steps a second, each with its moment, from one Progress to the next."""
    found = []
    for before, after in pairwise(recent):
        passed, made = after.time - before.time, after.step - before.step
        if 0 < passed <= LONGEST and made >= 0:
            found.append((after.time, made / passed))
    return found
