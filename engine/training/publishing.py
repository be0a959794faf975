"""Publishing: the learner's weights handed to the workers, as often as newer ones are worth their way."""

import time
from collections.abc import Iterator
from concurrent.futures import Future

from engine.contracts.learner import Learner, Weights
from engine.settings.config import Config
from engine.training.waiting import answered
from engine.workers.crew import Crew

DEAR = 16
"""Bytes of weights from afar for each sample trained, at most."""

LONGEST = 2.0
"""Seconds that weights need not be older than, whatever newer ones cost."""

_DATED = 1000


class Publisher:
    """Hands weights to a crew.

    Attributes:
      handed: what it handed out.
    """

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self.handed = Handed()
        self._fetching: Future[Weights | None] | None = None

    @property
    def busy(self) -> bool:
        """Whether weights are on their way."""
        return self._fetching is not None

    def forget(self) -> None:
        """Weights on their way will not come: the learner was lost."""
        self._fetching = None

    def start(self, learner: Learner) -> Iterator[None]:
        """Hand out the weights as they are, before anybody plays; goes on when it is asked to."""
        self._publish((yield from answered(learner.weights(-1))))

    def finish(self) -> None:
        """Hand out what has come. Raises LearnerError, ConnectionError."""
        if self._fetching is not None and self._fetching.done():
            fetched, self._fetching = self._fetching, None
            self._publish(fetched.result())

    def fetch(self, learner: Learner, step: int, config: Config, *, at_rest: bool) -> None:
        """Ask for newer weights if it is time.

        Args:
          learner: has them.
          step: the newest that is known of.
          config: of the run.
          at_rest: whether no step is under way, nor may be made: what is serial waits for that.
        """
        if self.busy or self._crew.asks or step <= self.handed.step:
            return
        serial, interval = config.general.serial, config.training.weights_interval
        wanted = at_rest if serial else step // interval > self.handed.step // interval
        if wanted and learner.far and not serial:
            learned = (step - self.handed.step) * config.training.batch_size
            wanted = self.handed.worth(self._crew.weight_count, learned)
        if wanted:
            # what is serial is the same wherever the learner is
            self._fetching = learner.weights(self.handed.step, half=learner.far and not serial)

    def note(self, step: int) -> None:
        """The learner made a step: whoever asks it for moves plays with its weights now."""
        if self._crew.asks:
            self.handed.date(step)

    def _publish(self, weights: Weights | None) -> None:
        if weights is not None:
            self._crew.publish(weights.flat, weights.step)
            self.handed.note(weights.step)


class Handed:
    """Which weights were handed out, and when.

    Attributes:
      step: of the newest; −1: none yet.
    """

    def __init__(self) -> None:
        self.step = -1
        self._dates: dict[int, float] = {}

    def note(self, step: int) -> None:
        """Weights of a step were handed out."""
        self.step = step
        self.date(step)

    def date(self, step: int) -> None:
        """From now on games can be played with the weights of a step."""
        self._dates[step] = time.monotonic()
        while len(self._dates) > _DATED:
            del self._dates[next(iter(self._dates))]

    def age(self, step: int) -> float | None:
        """For how long games could be played with these weights, s; None: nobody knows."""
        date = self._dates.get(step)
        return None if date is None else time.monotonic() - date

    def worth(self, weights: int, learned: int) -> bool:
        """Whether newer weights are worth their way from afar.

        Args:
          weights: how many there are; each is two bytes on the way.
          learned: samples since those that were handed out.
        """
        age = self.age(self.step)
        return learned * DEAR >= 2 * weights or age is None or age >= LONGEST
