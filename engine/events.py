"""What a run says of itself: frozen tagged events, for whoever listens (log lines, run.db, consoles)."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What all events carry."""

    time: float  # s since the epoch
    step: int  # optimizer steps made so far


class StateChanged(Event, frozen=True, kw_only=True, tag=True):
    """The run entered a state (`engine.run.State`)."""

    state: str
    reason: str = ""


class Begun(Event, frozen=True, kw_only=True, tag=True):
    """A process took the run up: from nothing, or from a generation."""

    run: str  # the run's id
    pid: int
    generation: int  # the step it goes on from; −1: from nothing


class Progress(Event, frozen=True, kw_only=True, tag=True):
    """How far the run is and how fast it goes; rates are means since the last one."""

    seconds: float  # of training, pauses not counted
    iteration: int
    games: int  # finished by the workers
    samples: int  # collected
    trained: int  # samples trained on
    games_per_second: float
    samples_per_second: float  # collected
    trained_per_second: float
    loss: float  # mean; NaN: no step was made
    belief_loss: float
    gradient_norm: float
    learning_rate: float
    training_score: float  # mean strict score of the games just finished, exploring; NaN: none was
    replay_fill: float  # share of the buffer that holds samples
    weights_age: float  # s since the weights that the newest samples were played with were published
    weights_lag: int  # steps between those weights and the newest
    workers: int  # that play
    share: float  # of the whole run that is done, 0..1; NaN: it has no end
    remaining: float  # s of training left at this speed; NaN: it has no end


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How one variant was played."""

    variant: str
    players: int
    games: int
    mean: float  # strict
    error: float  # standard error of the mean
    kept: float  # mean with points kept
    perfect: float  # share of games
    struck_out: float  # share of games
    best_possible: int


class Evaluated(Event, frozen=True, kw_only=True, tag=True):
    """Greedy games with the average of weights of this step."""

    seconds: float
    scores: tuple[Score, ...]
    best: bool  # the best mean over variants so far
    final: bool  # the last evaluation of a completed run


class GenerationSaved(Event, frozen=True, kw_only=True, tag=True):
    """A checkpoint is complete on disk."""

    path: str
    size: int  # bytes


class GenerationDamaged(Event, frozen=True, kw_only=True, tag=True):
    """A checkpoint was found broken and is not used."""

    path: str
    why: str


class ReplayDamaged(Event, frozen=True, kw_only=True, tag=True):
    """Some of the replay was found broken; the rest is used."""

    why: str
    samples: int  # lost


class WorkerLost(Event, frozen=True, kw_only=True, tag=True):
    """A worker died or fell silent; its unfinished games are dropped, a new one takes its place."""

    worker: int
    why: str
    games: int  # dropped


class SettingChanged(Event, frozen=True, kw_only=True, tag=True):
    """A setting has another value, from the next step on."""

    key: str
    old: str
    new: str


class Notice(Event, frozen=True, kw_only=True, tag=True):
    """Something a person may want to know."""

    text: str
    warning: bool = False


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
