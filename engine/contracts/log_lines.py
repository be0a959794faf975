"""Log lines: what a run says of itself, as plain text, one line for each event.

    12:04:31  step  12,400  games  231 k (1,530/s)  samples 14.2 M ( 98 k/s)  trained 12.7 M ( 52 k/s)  …

`line` turns one event into text. `Lines` does so for all events of a run and lets Progress through only now
and then: its lines tell of the whole time since the line before. Both know no clock but the events' own.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from engine.contracts.events import (
    AnyEvent,
    Begun,
    Evaluated,
    GenerationDamaged,
    GenerationSaved,
    Notice,
    Progress,
    ReplayDamaged,
    Score,
    SettingChanged,
    StateChanged,
    WorkerLost,
)
from engine.contracts.figures import in_words, number, percent, short, size
from engine.machine.printable import shown

COLUMNS = 150
"""How wide a line of Progress or of an evaluation may be. Reasons and notices are as long as they are."""

ROOM = COLUMNS - len("12:04:31  ")


class Lines:
    """Events in, lines out; Progress at most every `interval` seconds, with means over the time between.

    Attributes:
      interval: seconds between two lines of Progress; may be changed at any time.
    """

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._said: Progress | None = None  # the last one that was in a line
        self._since: list[Progress] = []

    def of(self, event: AnyEvent) -> tuple[str, ...]:
        """The lines to print now. A change of state first brings the Progress that waits."""
        return tuple(line(each) for each in self.thinned(event))

    def thinned(self, event: AnyEvent) -> tuple[AnyEvent, ...]:
        """The events that are told now, an event for each line."""
        match event:
            case Progress():
                if self._said is not None and event.step < self._said.step:  # the run went back
                    self._said, self._since = None, []
                self._since.append(event)
                # a clock that was set back must not silence the run
                waits = self._said is not None and 0 <= event.time - self._said.time < self.interval
                return () if waits else self._progress()
            case StateChanged():
                return (*self._progress(), event)
            case _:
                return (event,)

    def _progress(self) -> tuple[AnyEvent, ...]:
        if not self._since:
            return ()
        said = mean_since(self._said, self._since)
        self._said, self._since = self._since[-1], []
        return (said,)


def mean_since(before: Progress | None, since: Sequence[Progress]) -> Progress:
    """What several Progress say together: the newest, with means over all of them.

    Rates are what the totals grew by, over the seconds trained; losses and the gradient are weighted by the
    optimizer steps they stand for, scores by the games.

    Args:
      before: the one that came before them, None if there was none: then the first stands for no time.
      since: one or more, in order.
    """
    newest = since[-1]
    starts = [before or since[0], *since[:-1]]
    steps = [one.step - start.step for start, one in zip(starts, since, strict=True)]
    games = [one.games - start.games for start, one in zip(starts, since, strict=True)]
    if len(since) == 1:
        return newest
    seconds = newest.seconds - starts[0].seconds

    def rate(total: Callable[[Progress], int], said: float) -> float:
        return (total(newest) - total(starts[0])) / seconds if seconds > 0 else said

    return msgspec.structs.replace(
        newest,
        games_per_second=rate(lambda one: one.games, newest.games_per_second),
        samples_per_second=rate(lambda one: one.samples, newest.samples_per_second),
        trained_per_second=rate(lambda one: one.trained, newest.trained_per_second),
        loss=_mean((one.loss for one in since), steps),
        belief_loss=_mean((one.belief_loss for one in since), steps),
        gradient_norm=_mean((one.gradient_norm for one in since), steps),
        training_score=_mean((one.training_score for one in since), games),
    )


def _mean(values: Iterable[float], weights: Sequence[int]) -> float:
    """The weighted mean of what is known; NaN if nothing is."""
    pairs = zip(values, weights, strict=True)
    known = [(value, weight) for value, weight in pairs if weight > 0 and not math.isnan(value)]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else math.nan


def line(event: AnyEvent) -> str:
    """One event as a line of text, with the local time of day in front."""
    return f"{time.strftime('%H:%M:%S', time.localtime(event.time))}  {words(event)}"


def words(event: AnyEvent) -> str:
    """The same without the time."""
    said = " ".join(_said(event).split())  # reasons may have line ends in them
    if isinstance(event, Progress):
        said = _progress(event)
    return shown(said)


def _said(event: AnyEvent) -> str:
    match event:
        case StateChanged():
            return f"{event.state}: {event.reason}" if event.reason else event.state
        case Begun(generation=-1):
            return f"run {event.run} begins, in process {event.pid}{_program(event)}"
        case Begun():
            since = f"run {event.run} goes on from generation {event.generation:,}"
            return f"{since}, in process {event.pid}{_program(event)}"
        case Evaluated():
            return _evaluated(event)
        case GenerationSaved():
            return f"generation {event.step:,} saved: {size(event.size)} in {event.path}"
        case SettingChanged():
            return f"{event.key} is {event.new} from now on, was {event.old}"
        case Notice():
            return f"{'WARNING: ' if event.warning else ''}{event.text}"
        case Progress():
            return ""
        case _:
            return f"WARNING: {_damage(event)}"


def _program(event: Begun) -> str:
    """`: hanabi-tui 0.1.0 (3f2a1b9c04d7), torch 2.9.1, numpy 2.3.5`, as far as it is known."""
    commit = f" ({event.commit[:12]})" if event.commit else ""
    parts = (("hanabi-tui", event.version + commit), ("torch", event.torch), ("numpy", event.numpy))
    known = ", ".join(f"{name} {version.strip()}" for name, version in parts if version)
    return f": {known}" if known else ""


def _damage(event: GenerationDamaged | ReplayDamaged | WorkerLost) -> str:
    match event:
        case GenerationDamaged():
            return f"a generation is damaged and not used: {event.why}, in {event.path}"
        case ReplayDamaged():
            return f"the replay was damaged, {event.samples:,} samples are lost: {event.why}"
        case WorkerLost():
            return (
                f"worker {event.worker} is lost, a new one takes its place, "
                f"{event.games:,} unfinished games are dropped: {event.why}"
            )


class Part(NamedTuple):
    """A part of a line of Progress.

    Attributes:
      label: the words by which it is known.
      fields: which fields it shows.
      text: how; empty: nothing to say.
      expendable: which parts go first when the line is too long, the highest; 0: none.
    """

    label: str
    fields: tuple[str, ...]
    text: Callable[[Progress], str]
    expendable: int = 0


def _rate(total: float, each_second: float) -> str:
    return f"{short(total):>6} ({short(each_second, 2):>5}/s)"


PARTS = (
    Part("step", ("step",), lambda p: f"step {p.step:>7,}"),
    Part("games", ("games", "games_per_second"), lambda p: f"games {_rate(p.games, p.games_per_second)}"),
    Part(
        "samples",
        ("samples", "samples_per_second"),
        lambda p: f"samples {_rate(p.samples, p.samples_per_second)}",
    ),
    Part(
        "trained",
        ("trained", "trained_per_second"),
        lambda p: f"trained {_rate(p.trained, p.trained_per_second)}",
    ),
    Part("loss", ("loss",), lambda p: f"loss {number(p.loss, 3):>5}"),
    Part(
        "belief",
        ("belief_loss",),
        lambda p: f"belief {number(p.belief_loss, 2)}" if p.belief_loss > 0 else "",
        1,
    ),
    Part("score", ("training_score",), lambda p: f"score {number(p.training_score, 1):>4}"),
    Part(
        "replay",
        ("replay_fill",),
        lambda p: f"replay {percent(p.replay_fill)}" if p.replay_fill < 1 else "",
        2,
    ),
    Part("weights", ("weights_age",), lambda p: f"weights {number(p.weights_age, 1)} s", 3),
    Part(
        "left", ("remaining",), lambda p: "" if math.isnan(p.remaining) else f"{in_words(p.remaining)} left"
    ),
)
"""A line of Progress, in order. What is unknown (NaN) is a dash; what goes without saying is left out: a full
replay, beliefs that are not learned, the end of a run without one."""


def _progress(event: Progress) -> str:
    for limit in (3, 2, 1, 0):
        texts = [part.text(event) for part in PARTS if part.expendable <= limit]
        said = "  ".join(text for text in texts if text)
        if len(said) <= ROOM:
            break
    return said


def _evaluated(event: Evaluated) -> str:
    which = "last evaluation" if event.final else "evaluation"
    start = f"{which} at step {event.step:,}: "
    best = " (best so far)" if event.best else ""
    if len(event.scores) == 1:
        score = event.scores[0]
        return f"{start}{_players(score)} {_mark(score)}{best}, {_shares(score)}"
    if not event.scores:
        return f"{start}nothing was played"
    full = "; ".join(f"{_players(score)} {_mark(score)}, {_shares(score)}" for score in event.scores)
    marks = ", ".join(f"{_players(score)} {_mark(score)}" for score in event.scores)
    short = ", ".join(f"{_players(score)} {score.mean:.2f}" for score in event.scores)
    means = [score.mean for score in event.scores]
    mean = f"{start}mean {event.mean:.2f}{best}"
    for details in (full, marks, short):
        if len(f"{mean}; {details}") <= ROOM:
            return f"{mean}; {details}"
    return f"{mean} over {len(means)} variants, {min(means):.2f} to {max(means):.2f}"


def _players(score: Score) -> str:
    return game(score.variant, score.players)


def game(variant: str, players: int) -> str:
    """What a score is of, in short: the full game goes without saying."""
    seats = f"{players} players"
    name = variant.removesuffix(f", {seats}")
    return seats if name == "full" else f"{name}, {seats}"


def _mark(score: Score) -> str:
    return f"{score.mean:.2f} ± {number(score.error, 2)}"


def _shares(score: Score) -> str:
    return f"{percent(score.perfect)} perfect, {percent(score.struck_out)} struck out"
