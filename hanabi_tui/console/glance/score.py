"""How well the run plays: the newest evaluation, the best one, and the published marks."""

import math
from collections.abc import Sequence

from engine.contracts.events import Evaluated, Score
from hanabi_tui.console.charts.figure import Goal
from hanabi_tui.console.charts.marks_to_beat import PUBLISHED
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.pieces import Line, fitting, good, plain, quiet, strong
from hanabi_tui.quantities import clock, count, number, percent, roughly


def score_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """Each variant's score, then the marks to beat, then when that was and whether it is the best."""
    newest = sight.evaluations[-1] if sight.evaluations else sight.model.evaluated
    if newest is None or not newest.scores:
        return _none_yet(sight)
    scores = [_score(score, room) for score in newest.scores]
    to_beat = [
        _marks(score, PUBLISHED[score.players], room)
        for score in newest.scores
        if score.players in PUBLISHED and _is_full(score)
    ]
    when = _when(newest, sight, room)
    lines = [*scores, *to_beat, when] if len(scores) == 1 else [*scores, when, *to_beat]
    return tuple(lines[: room.height])


def _none_yet(sight: Sight) -> tuple[Line, ...]:
    model = sight.model
    progress = sight.last
    if not model.connected and progress is None:
        return ((quiet("nothing is known yet"),),)
    every = sight.setting("general", "evaluation_interval")
    if not every:
        first: Line = (quiet("no evaluation before the end of the run (evaluation_interval is 0)"),)
    else:
        left = every - progress.seconds if progress else every
        when = f"in {roughly(left)} of training" if left > 0 else "soon"
        first = (quiet("no evaluation yet; the first comes "), strong(when))
    if progress is None or math.isnan(progress.training_score):
        return (first,)
    while_exploring = (
        quiet("while exploring: "),
        strong(number(progress.training_score, 2)),
        quiet(" points"),
    )
    return (first, while_exploring)


def _is_full(score: Score) -> bool:
    """Whether it is the game that others publish scores of."""
    return score.variant.removesuffix(f", {score.players} players") == "full"


def _score(score: Score, room: Room) -> Line:
    name = f"{score.players} players"
    if not _is_full(score):
        name = f"{score.variant.removesuffix(f', {name}')}, {name}"
    start = (
        quiet(f"{name}  "),
        strong(f"{score.mean:.2f} ± {number(score.error, 2)}"),
        quiet(f" of {score.best_possible}"),
    )
    perfect = (quiet("   "), strong(percent(score.perfect)), quiet(" perfect"))
    lost = (quiet("   "), strong(percent(score.struck_out)), quiet(" struck out"))
    games = (quiet(f"   {score.games:,} games"),)
    return fitting(
        room.width, (*start, *perfect, *lost, *games), (*start, *perfect, *lost), (*start, *perfect), start
    )


def _marks(score: Score, marks: Sequence[Goal], room: Room) -> Line:
    """What was published for so many players: passed, or how much is missing."""
    passed = [f"{mark.name} {mark.value:.2f}" for mark in marks if score.mean > mark.value]
    ahead = [mark for mark in marks if score.mean <= mark.value]
    beaten: Line = (good("√ beats "), plain(passed[-1])) if passed else ()
    all_beaten: Line = (good("√ beats "), plain(", ".join(passed))) if passed else ()
    gap: Line = (quiet("  ·  "),) if passed else ()
    if not ahead:
        end = quiet(": all that is published without search")
        return fitting(room.width, (*all_beaten, end), (*beaten, end), beaten)
    first = ahead[0]
    to_go = (
        quiet("to beat "),
        plain(f"{first.name} {first.value:.2f}"),
        quiet(f", {first.value - score.mean:.2f} to go"),
    )
    rest = "".join(f", {mark.name} {mark.value:.2f}" for mark in ahead[1:])
    return fitting(
        room.width,
        (*all_beaten, *gap, *to_go, quiet(f"; then{rest[1:]}" if rest else "")),
        (*beaten, *gap, *to_go, quiet(f"; then{rest[1:]}" if rest else "")),
        (*beaten, *gap, *to_go),
        to_go,
    )


def _when(newest: Evaluated, sight: Sight, room: Room) -> Line:
    when = f"at step {count(newest.step)}, {roughly(sight.now - newest.time)} ago"
    if newest.final:
        when += ", the last one"
    best = max(sight.evaluations, key=lambda event: event.mean, default=newest)
    if newest.best or newest.mean >= best.mean:
        return fitting(room.width, (good("▲ best so far"), quiet(f"  {when}")), (good("▲ best so far"),))
    where = f"{best.mean:.2f} at step {count(best.step)}, {clock(best.time, sight.now)}"
    return fitting(
        room.width, (quiet(f"{when}; the best was "), plain(where)), (quiet("the best was "), plain(where))
    )
