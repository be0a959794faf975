"""Where the run is and why, what can be done about it, how far it is."""

import math
import shlex

from engine.contracts.reasons import ASKED, DISK, LEARNER, by_itself
from engine.contracts.states import State
from hanabi_tui.console.actions import EVERYWHERE
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.pieces import (
    Line,
    Piece,
    accent,
    apart,
    bad,
    bar,
    fitting,
    plain,
    quiet,
    strong,
    warning,
    wrapped,
)
from hanabi_tui.console.signs import PARTS
from hanabi_tui.console.wording import SHAPES
from hanabi_tui.quantities import clock, count, minute, percent, roughly, size, span

YOUNG = 20.0
"""Seconds of training before which nobody can say how long the rest takes."""


def run_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """State with its reason, what to do, progress: three lines or more, as many as the reason takes."""
    reason = _reason(sight)
    told = [(plain("  " + line),) for line in wrapped(reason, room.width - 2, room.height - 3)]
    advice = [(quiet("  " + line),) for line in wrapped(_advice(sight), room.width - 2, 2)]
    lines: list[Line] = [_head(sight, room), *told]
    return (*lines, *advice[: max(room.height - len(lines) - 1, 1)], _progress(sight, room))


def _head(sight: Sight, room: Room) -> Line:
    model = sight.model
    if sight.lost:
        if model.overview is None:
            return (warning("? no run"), quiet(" is seen"))
        left: Line = (bad("? disconnected"), quiet(f", was {model.state} when last heard"))
        return left
    since = f"since {clock(model.since, sight.now)}, {span(sight.now - model.since)}" if model.since else ""
    left = (Piece(f"{SHAPES[model.state]} {model.state}", PARTS[model.state]),)
    return apart(room.width, left, (quiet(since),))


def _reason(sight: Sight) -> str:
    model = sight.model
    if sight.lost:
        return model.why
    if model.state is State.STARTING and not model.reason:
        return _starting(sight)
    if model.state is State.COLLECTING and not model.reason:
        return "the first games are played; learning begins when there is enough to learn from"
    return "" if model.reason == ASKED else model.reason


def _starting(sight: Sight) -> str:
    """What a run that starts does, in order."""
    vitals, overview = sight.model.vitals, sight.model.overview
    where = vitals.link.where if vitals and vitals.link else ""
    if vitals is None or vitals.link is None or vitals.link.round_trip is None:
        return f"waits for the learner{f' on {where}' if where else ''}"
    age = f" for {span(sight.now - overview.began)}" if overview else ""
    return f"the learner is there; loads weights, prepares the replay and starts workers{age}"


def _advice(sight: Sight) -> str:
    """What the run does now, or what a person can do."""
    model, directory = sight.model, shlex.quote(str(sight.model.directory))
    if sight.lost:
        if model.overview is None:
            return f"This console goes on looking. {_named('start', sight)} begins one, or goes on."
        said = model.progress.time if model.progress else model.since
        return f"What is shown is from {clock(said, sight.now)}. This console goes on looking for the run."
    match model.state:
        case State.PAUSED:
            return _what_now(sight)
        case State.STARTING:
            return "Graphics cards and kernels take half a minute to get ready at the first start."
        case State.COLLECTING:
            return _collecting(sight)
        case State.STOPPING:
            return "The last generation is being saved; then the run ends."
        case State.STOPPED:
            return f"The same command goes on from here: hanabi-tui --checkpoint-dir {directory}"
        case State.COMPLETED:
            return (
                "It is as long as was set. To train on, raise minutes or num_iterations and start it again."
            )
        case State.FAILED:
            return f"To look for the cause: hanabi-tui doctor --checkpoint-dir {directory}"
        case _:
            return ""


def _what_now(sight: Sight) -> str:
    model, reason = sight.model, sight.model.reason
    if reason.startswith(LEARNER) and ("host key" in reason or "trust" in reason):
        return "Look at the host key on the Connection page (7), and accept it there if it is the right one."
    if reason.startswith(LEARNER):
        return "It tries again by itself; “Reconnect now” is on page 7."
    if reason.startswith(DISK):
        free = model.vitals.free if model.vitals else None
        left = f" ({size(free)} free)" if free is not None else ""
        return f"Make room on the disk of {model.directory}{left}; it goes on by itself."
    if not by_itself(reason):
        return f"Somebody asked for it. Nothing is lost; {_named('pause', sight)} goes on."
    return (
        f"{_named('pause', sight)} goes on as it is; page 5, Checkpoints, can restore an earlier generation."
    )


def _named(name: str, sight: Sight) -> str:
    """What a person does for something: the action's label, and its key."""
    label = next(each.label for each in EVERYWHERE if each.name == name)
    key = sight.key_of(name)
    return f"“{label}” ({key})" if key else f"“{label}”"


def _collecting(sight: Sight) -> str:
    progress, wanted = sight.last, sight.setting("iteration", "warm_up")
    if progress is None or not wanted:
        return ""
    return f"{count(min(progress.samples, wanted))} of {count(wanted)} samples are there."


def _progress(sight: Sight, room: Room) -> Line:
    progress = sight.last
    if progress is None:
        return (quiet("  nothing was trained yet"),)
    trained = (quiet("trained "), strong(span(progress.seconds)))
    left = (quiet(_remaining(sight)),)
    done = f"step {count(progress.step)}, iteration {count(progress.iteration)}"
    if math.isnan(progress.share):
        return fitting(
            room.width, (*trained, quiet(f"  ·  {done}  ·  "), *left), (*trained, quiet("  "), *left)
        )
    share = Piece(f"{percent(progress.share):>6} ", strong("").part)
    rest: Line = (share, *trained, quiet("  "), *left)
    full: Line = (share, *trained, quiet(f"  ·  {done}  ·  "), *left)
    width = room.width // 4
    return fitting(
        room.width,
        (accent(bar(progress.share, width)), *full),
        (accent(bar(progress.share, width)), *rest),
        (accent(bar(progress.share, 10)), *rest),
        rest,
    )


def _remaining(sight: Sight) -> str:
    progress = sight.last
    if progress is None or math.isnan(progress.share):
        return "it has no end: minutes and num_iterations are 0"
    if progress.share >= 1:
        return "all of it is done"
    if math.isnan(progress.remaining) or progress.seconds < YOUNG:
        return "time left: not known yet"
    left = f"about {roughly(progress.remaining)} left"
    if sight.lost or sight.over:
        return left
    if not sight.working:
        return f"{left}, once it goes on"
    return f"{left}, until {minute(sight.now + progress.remaining, sight.now)}"
