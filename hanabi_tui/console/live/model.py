"""What the console knows of a run: filled by the bridge, read by the views, at their own pace.

It lives in the console's one thread. Views never change it; they read it when they are told to show it, at
most four times a second, and only while they can be seen.
"""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.contracts.events import AnyEvent, Evaluated, Progress
from engine.contracts.scores import Scores
from engine.contracts.states import State
from engine.contracts.vitals import Vitals
from engine.control.messages import Overview

LINES = 20_000
"""Log lines that are remembered."""

EVENTS = 2_000
"""Events, other than Progress, that are remembered."""

RECENT = 900
"""Progress and Vitals that are remembered: a quarter and half an hour of them."""


@dataclass
class Model:
    """A run, as the console sees it.

    Attributes:
      directory: the run's.
      connected: whether the run's socket is open; then all else is true now.
      why: if it is not, why, in words.
      heard: when the run said something last (s, of time.monotonic); 0: it never did.
      read_only: whether this console may steer.
      run: the id of the run that all is of, as it was heard last; empty: none was.
      overview: how the run stood when the console attached, and its id since it began; None: it never did.
      state, reason, since: where the run is, why, and since when (s since the epoch).
      settings: by section and key, as they are now, without secrets.
      progress, vitals: the newest of each.
      recent, pulses: the last Progress and Vitals that came, oldest first.
      scores: of the evaluations that came while attached and still count; earlier ones are in run.db.
      went_back: how often the run was heard to go back.
      lines: log lines, oldest first; `lines_seen` counts all that ever came.
      events: what happened, oldest first.
      missed: news that this console was too slow for.
    """

    directory: Path
    connected: bool = False
    why: str = ""
    heard: float = 0.0
    read_only: bool = False
    run: str = ""
    overview: Overview | None = None
    state: State = State.STARTING
    reason: str = ""
    since: float = 0.0
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    progress: Progress | None = None
    vitals: Vitals | None = None
    recent: deque[Progress] = field(default_factory=lambda: deque(maxlen=RECENT))
    pulses: deque[Vitals] = field(default_factory=lambda: deque(maxlen=RECENT))
    scores: Scores = field(default_factory=Scores)
    went_back: int = 0
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    lines_seen: int = 0
    events: deque[AnyEvent] = field(default_factory=lambda: deque(maxlen=EVENTS))
    missed: int = 0

    @property
    def met(self) -> object:
        """Another one each time that a run is met, that it begins, or that something of it was not heard."""
        return self.overview and (self.overview.run, self.overview.began), self.missed

    @property
    def evaluations(self) -> list[Evaluated]:
        """Those of `scores`, oldest first."""
        return self.scores.counting

    @property
    def evaluated(self) -> Evaluated | None:
        """The newest of them."""
        return self.scores.last
