"""What a run says of itself: frozen tagged events, for whoever listens (log lines, run.db, consoles, W&B).

Each field carries its unit, its meaning and how it is computed; `metrics` reads them, docs/metrics.md shows
them.
"""

import math
from typing import Annotated, get_type_hints

import msgspec
from msgspec import Meta


def _means(meaning: str, unit: str = "", how: str = "") -> Meta:
    return Meta(description=meaning, extra={"unit": unit, "how": how})


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What all events carry."""

    time: Annotated[float, _means("when it was said", "s", "seconds since the epoch")]
    step: Annotated[int, _means("optimizer steps made so far", "steps")]


class StateChanged(Event, frozen=True, kw_only=True, tag=True):
    """The run entered a state (`engine.contracts.states.State`)."""

    state: Annotated[str, _means("the state entered")]
    reason: Annotated[str, _means("why; empty: as a matter of course")] = ""


class Begun(Event, frozen=True, kw_only=True, tag=True):
    """A process took the run up: from nothing, or from a generation."""

    run: Annotated[str, _means("the run's id")]
    pid: Annotated[int, _means("the process")]
    generation: Annotated[int, _means("the step it goes on from, −1: from nothing")]
    version: Annotated[str, _means("of hanabi-tui; empty, here and in the next three: not known")] = ""
    commit: Annotated[
        str, _means("the git commit that it is run from; changes made since then are not seen")
    ] = ""
    torch: Annotated[str, _means("version of torch on this machine")] = ""
    numpy: Annotated[str, _means("version of numpy")] = ""


class Progress(Event, frozen=True, kw_only=True, tag=True):
    """How far the run is and how fast it goes; rates are means since the last one."""

    seconds: Annotated[float, _means("time trained", "s", "all processes of the run, pauses not counted")]
    iteration: Annotated[int, _means("iterations completed", "iterations")]
    games: Annotated[int, _means("games finished by the workers", "games")]
    samples: Annotated[int, _means("samples collected", "samples")]
    trained: Annotated[int, _means("samples trained on", "samples", "each time that one is in a batch")]
    games_per_second: Annotated[float, _means("games finished", "games/s", "mean since the last one")]
    samples_per_second: Annotated[float, _means("samples collected", "samples/s", "mean since the last one")]
    trained_per_second: Annotated[float, _means("samples trained on", "samples/s", "mean since the last one")]
    loss: Annotated[
        float,
        _means("Huber loss of values against targets", "points", "mean over steps; NaN: no step was made"),
    ]
    belief_loss: Annotated[
        float,
        _means(
            "cross-entropy of beliefs about own cards",
            "nats a card",
            "mean over steps; NaN: no step was made",
        ),
    ]
    gradient_norm: Annotated[
        float,
        _means("length of the gradient before it is clipped", how="mean over steps; NaN: no step was made"),
    ]
    learning_rate: Annotated[float, _means("learning rate of the next step")]
    training_score: Annotated[
        float,
        _means(
            "score while exploring, 0 if all lives were lost",
            "points",
            "mean over the games just finished; NaN: none was",
        ),
    ]
    replay_fill: Annotated[float, _means("share of the buffer that holds samples", "0–1")]
    weights_age: Annotated[
        float,
        _means("age of the weights that play", "s", "of those that the newest samples were played with"),
    ]
    weights_lag: Annotated[int, _means("how far the weights that play are behind the newest", "steps")]
    workers: Annotated[int, _means("workers that play", "processes")]
    share: Annotated[float, _means("how much of the whole run is done", "0–1", "NaN: it has no end")]
    remaining: Annotated[
        float, _means("training time left", "s", "what is left, at the mean speed so far; NaN: it has no end")
    ]


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How one variant was played."""

    variant: Annotated[str, _means("which game and how many play it, as `full, 2 players`")]
    players: Annotated[int, _means("how many play", "players")]
    games: Annotated[int, _means("games played", "games")]
    mean: Annotated[float, _means("strict score: 0 if all lives were lost", "points", "mean over games")]
    error: Annotated[float, _means("standard error of `mean`", "points", "standard deviation over √games")]
    kept: Annotated[float, _means("score, points kept when all lives are lost", "points", "mean over games")]
    perfect: Annotated[float, _means("games with all points", "0–1", "share of games")]
    struck_out: Annotated[float, _means("games whose lives were all lost", "0–1", "share of games")]
    best_possible: Annotated[int, _means("points of a perfect game", "points")]


class Evaluated(Event, frozen=True, kw_only=True, tag=True):
    """Greedy games with the average of weights of this step."""

    seconds: Annotated[float, _means("time trained when its weights were taken", "s", "pauses not counted")]
    scores: Annotated[tuple[Score, ...], _means("how each variant was played")]
    best: Annotated[bool, _means("whether the mean over variants is the best so far")]
    final: Annotated[bool, _means("whether it is the last one of a completed run")]

    @property
    def mean(self) -> float:
        """Points: Σ `Score.mean` / n over the n variants; NaN: nothing was played."""
        return sum(score.mean for score in self.scores) / len(self.scores) if self.scores else math.nan

    @property
    def error(self) -> float:
        """Points: standard error of `mean`, √(Σ `Score.error`²) / n, as of independent games; NaN alike."""
        squares = sum(score.error**2 for score in self.scores)
        return math.sqrt(squares) / len(self.scores) if self.scores else math.nan


class GenerationSaved(Event, frozen=True, kw_only=True, tag=True):
    """A checkpoint is complete on disk."""

    path: Annotated[str, _means("where")]
    size: Annotated[int, _means("how large", "bytes")]


class GenerationDamaged(Event, frozen=True, kw_only=True, tag=True):
    """A checkpoint was found broken and is not used."""

    path: Annotated[str, _means("where")]
    why: Annotated[str, _means("what is broken")]


class ReplayDamaged(Event, frozen=True, kw_only=True, tag=True):
    """Some of the replay was found broken; the rest is used."""

    why: Annotated[str, _means("what is broken")]
    samples: Annotated[int, _means("samples lost", "samples")]


class WorkerLost(Event, frozen=True, kw_only=True, tag=True):
    """A worker died or fell silent; its unfinished games are dropped, a new one takes its place."""

    worker: Annotated[int, _means("which")]
    why: Annotated[str, _means("how it was noticed")]
    games: Annotated[int, _means("games dropped", "games")]


class SettingChanged(Event, frozen=True, kw_only=True, tag=True):
    """A setting has another value, from the next step on."""

    key: Annotated[str, _means("which")]
    old: Annotated[str, _means("its value until now")]
    new: Annotated[str, _means("its value from now on")]


class Notice(Event, frozen=True, kw_only=True, tag=True):
    """Something a person may want to know."""

    text: Annotated[str, _means("in words")]
    warning: Annotated[bool, _means("whether something is wrong")] = False


AnyEvent = (
    StateChanged
    | Begun
    | Progress
    | Evaluated
    | GenerationSaved
    | GenerationDamaged
    | ReplayDamaged
    | WorkerLost
    | SettingChanged
    | Notice
)


class Metric(msgspec.Struct, frozen=True):
    """A field of an event or score: its Python type, unit, meaning, and how it is computed."""

    name: str
    type: type
    unit: str
    meaning: str
    how: str


def metrics(kind: type[msgspec.Struct]) -> tuple[Metric, ...]:
    """What the fields of a kind of event, or of Score, mean; in their order."""
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for name in kind.__struct_fields__:
        type_, meta = hints[name].__origin__, hints[name].__metadata__[0]
        found.append(Metric(name, type_, meta.extra["unit"], meta.description, meta.extra["how"]))
    return tuple(found)
