"""What was sent to the learner and is not answered yet, in order, so that it can be sent again."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.contracts.learner import Learner, Step, Trained


@dataclass(frozen=True)
class _Samples:
    first: int
    samples: NDArray[np.void]

    def send(self, learner: Learner) -> Future[Any]:
        return learner.extend(self.first, self.samples)


@dataclass(frozen=True)
class _Steps:
    steps: tuple[Step, ...]

    def send(self, learner: Learner) -> Future[Any]:
        return learner.train(self.steps)


class Underway:
    """The calls of one run that change what its learner holds.

    A call is forgotten when its answer was taken in, not before: so whatever is lost on the way, a learner
    that is asked all of this again stands where it would have stood. Steps it made already it answers from
    memory, and samples it holds already are not sent twice.

    Attributes:
      extends: calls with samples that are not answered.
      trains: calls with steps that are not answered.
      steps: steps in these.
      samples: samples that these train.
    """

    def __init__(self) -> None:
        self._calls: deque[tuple[_Samples | _Steps, Future[Any]]] = deque()
        self.extends = self.trains = self.steps = self.samples = 0

    def __len__(self) -> int:
        return len(self._calls)

    def extend(self, learner: Learner, first: int, samples: NDArray[np.void]) -> None:
        """Send samples; see Learner."""
        self._send(learner, _Samples(first, samples.copy()))  # a replay's own would be written over
        self.extends += 1

    def train(self, learner: Learner, steps: Sequence[Step]) -> None:
        """Send steps; see Learner."""
        self._send(learner, _Steps(tuple(steps)))
        self.trains += 1
        self.steps += len(steps)
        self.samples += sum(len(step.slots) for step in steps)

    def _send(self, learner: Learner, call: _Samples | _Steps) -> None:
        self._calls.append((call, call.send(learner)))

    @property
    def oldest(self) -> Future[Any]:
        """The answer that comes next; there must be one to come."""
        return self._calls[0][1]

    def answered(self) -> Iterator[tuple[Step, Trained]]:
        """Steps that are answered, and what came of them. Raises LearnerError, ConnectionError."""
        while self._calls and self._calls[0][1].done():
            call, answer = self._calls[0]
            outcome = answer.result()
            self._calls.popleft()
            if isinstance(call, _Samples):
                self.extends -= 1
                continue
            self.trains -= 1
            self.steps -= len(call.steps)
            self.samples -= sum(len(step.slots) for step in call.steps)
            yield from zip(call.steps, outcome, strict=True)

    def send_again(self, learner: Learner, mirrored: int) -> None:
        """Send everything anew, to a learner that holds all samples up to that number."""
        calls, self._calls = self._calls, deque()
        for call, _ in calls:
            if isinstance(call, _Samples) and call.first + len(call.samples) <= mirrored:
                self.extends -= 1
            else:
                self._send(learner, call)

    def forget(self) -> None:
        """Give everything up: the run goes back to before it."""
        self._calls.clear()
        self.extends = self.trains = self.steps = self.samples = 0
