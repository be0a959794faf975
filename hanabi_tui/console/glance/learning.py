"""How learning fares: losses, what it learns from, how old the weights are that play."""

import math
from collections.abc import Callable

from engine.contracts.events import Progress, WorkerLost
from hanabi_tui.console.charts.lately import lately
from hanabi_tui.console.glance.rows import Columns, measured, row
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.pieces import Line, fitting, plain, quiet, strong, warning
from hanabi_tui.quantities import DASH, count, number, percent, some

COLUMNS = Columns(10, 8, 8)
"""Of the panel."""


def learning_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """The most important first, as many as there is room for."""
    if sight.last is None:
        waiting = "nothing is learned yet" if sight.model.connected else "nothing is known yet"
        return ((quiet(waiting),),)
    lines = [
        _curved(sight, room, "loss", "points", lambda one: one.loss),
        _replay(sight, room),
        _weights(sight, room),
        _workers(sight),
    ]
    if sight.setting("training", "belief_weight") > 0:
        lines.insert(1, _curved(sight, room, "beliefs", "nats", lambda one: one.belief_loss))
    lines += [
        _curved(sight, room, "gradient", "", lambda one: one.gradient_norm),
        _rate(sight),
        _curved(sight, room, "exploring", "points", lambda one: one.training_score),
    ]
    return tuple(lines[: room.height])


def _curved(sight: Sight, room: Room, label: str, unit: str, value: Callable[[Progress], float]) -> Line:
    recent, newest = sight.recent, sight.last
    end = recent[-1].time if recent else sight.now
    points = [(one.time, value(one)) for one in recent]
    shown = number(value(newest), 3 if label == "loss" else 2) if newest else DASH
    curve = lately(points, end, COLUMNS.curve(room.width), from_zero=False)
    return measured(room.width, COLUMNS, label, strong(shown), unit, curve)


def _replay(sight: Sight, room: Room) -> Line:
    progress = sight.last
    assert progress is not None
    ratio = progress.trained / progress.samples if progress.samples else float("nan")
    wanted = sight.setting("training", "replay_ratio")
    each = (strong(number(ratio, 2)), quiet(" trained per sample"))
    fill = row("replay", strong(percent(progress.replay_fill)), quiet(" full"))
    long = (*fill, quiet(", "), *each)
    longer = (*long, quiet(f" (set: {wanted:g})")) if wanted else long
    return fitting(room.width, longer, long, (*fill, quiet(", ratio "), strong(number(ratio, 2))), fill)


def _weights(sight: Sight, room: Room) -> Line:
    progress = sight.last
    assert progress is not None
    age = row("weights", strong(_seconds(progress.weights_age)), quiet(" s old"))
    lag = (quiet(", "), strong(count(progress.weights_lag)), quiet(" steps behind"))
    return fitting(room.width, (*age, *lag), age)


def _seconds(age: float) -> str:
    return f"{age:.1f}" if math.isfinite(age) else DASH


def _workers(sight: Sight) -> Line:
    progress = sight.last
    assert progress is not None
    wanted = int(sight.setting("simulation", "num_workers"))
    said = row("workers", strong(f"{progress.workers}"), quiet(f" of {wanted} play" if wanted else " play"))
    if progress.workers < max(wanted, 1) and sight.working:
        return (*said, plain("  "), warning("! some are missing"))
    restarts = sum(isinstance(event, WorkerLost) for event in sight.model.events)
    return (*said, quiet(f", {some(restarts, 'restart')} lately")) if restarts else said


def _rate(sight: Sight) -> Line:
    progress = sight.last
    assert progress is not None
    return row("rate", strong(f"{progress.learning_rate:.2g}"), quiet(" (learning rate)"))
