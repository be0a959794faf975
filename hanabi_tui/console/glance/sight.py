"""What every panel is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.contracts.events import Evaluated, Progress
from engine.contracts.states import OVER, WORKING
from hanabi_tui.console.live.link_history import Stretch
from hanabi_tui.console.live.model import Model

STALE = 10.0
"""Seconds after which a rate tells of the past: a run says a new one each second."""


@dataclass(frozen=True)
class Sight:
    """What is known of a run at a moment.

    Attributes:
      model: what the run says.
      now: s since the epoch.
      evaluations: all that are known, oldest first, also those from before the console attached.
      link: how the way to the learner fared, oldest first.
      recent: Progress of the last minutes, oldest first.
      key_of: the key of an action by its name, as people know it; empty: it has none.
    """

    model: Model
    now: float
    evaluations: Sequence[Evaluated] = field(default=())
    link: Sequence[Stretch] = field(default=())
    recent: Sequence[Progress] = field(default=())
    key_of: Callable[[str], str] = lambda name: ""

    @property
    def working(self) -> bool:
        """Whether the run plays or learns, as far as is known."""
        return self.model.connected and self.model.state in WORKING

    @property
    def over(self) -> bool:
        """Whether the run said that it ends, and how."""
        return self.model.state in OVER

    @property
    def lost(self) -> bool:
        """Whether nobody knows how the run is now."""
        return not self.model.connected and not self.over

    @property
    def last(self) -> Progress | None:
        """The newest Progress, however old it is."""
        return self.model.progress or (self.recent[-1] if self.recent else None)

    @property
    def progress(self) -> Progress | None:
        """The newest Progress, if what it says of speeds is true now."""
        newest = self.model.progress
        fresh = newest is not None and self.working and abs(self.now - newest.time) < STALE
        return newest if fresh else None

    def setting(self, section: str, key: str, otherwise: float = 0.0) -> float:
        """A number among the settings; `otherwise` where the run did not say."""
        value = self.model.settings.get(section, {}).get(key, otherwise)
        return float(value) if isinstance(value, int | float) else otherwise


@dataclass(frozen=True)
class Room:
    """How much a panel may say: cells and lines."""

    width: int
    height: int
