"""A learner that keeps the contract and learns next to nothing: its weights are a vector, a step adds to it.

Run as a program it is served as the real one is: `python plain_learner.py --socket PATH`. A step takes as
many seconds as its `weight_decay` says, so a test can make it slow.
"""

import hashlib
import os
import secrets
import sys
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.contracts.learner import (
    PROTOCOL,
    GapError,
    Greeting,
    Judged,
    LearnerError,
    MismatchError,
    NotLoadedError,
    Snapshot,
    Status,
    Step,
    Trained,
    Weights,
    Welcome,
)
from engine.store.sample import SAMPLE


class PlainLearner:
    def __init__(self, size: int = 16) -> None:
        self.size, self.incarnation, self.born = size, secrets.token_hex(4), time.monotonic()
        self.greeting: Greeting | None = None
        self.weights_now = np.zeros(0, np.float32)
        self.step = -1
        self.done: dict[int, Trained] = {}
        self.samples = np.zeros(0, SAMPLE)
        self.filled: set[int] = set()

    def hello(self, greeting: Greeting) -> Welcome:
        if greeting.protocol != PROTOCOL:
            raise MismatchError(f"the learner speaks protocol {PROTOCOL}, the run {greeting.protocol}")
        if self.greeting and self.greeting.model != greeting.model:
            raise MismatchError(f"the learner has {self.greeting.model}, the run {greeting.model}")
        if self.greeting is None or self.greeting.run != greeting.run:
            self.step, self.done, self.filled = -1, {}, set()
            self.samples = np.zeros(greeting.capacity, SAMPLE)
        self.greeting = greeting
        return self._welcome()

    def load(self, snapshot: bytes) -> Welcome:
        assert self.greeting
        self.done, self.filled = {}, set()
        if snapshot:
            self.step = int.from_bytes(snapshot[:8], "little")
            self.weights_now = np.frombuffer(snapshot[8:], np.float32).copy()
        else:
            self.step = 0
            self.weights_now = np.random.default_rng(self.greeting.seed).random(self.size, np.float32)
        return self._welcome()

    def extend(self, first: int, samples: NDArray[np.void]) -> None:
        if first + len(samples) > len(self.samples):
            raise LearnerError(f"slot {first + len(samples) - 1} of {len(self.samples)}")
        self.samples[first : first + len(samples)] = samples
        self.filled |= set(range(first, first + len(samples)))

    def train(self, steps: Sequence[Step]) -> tuple[Trained, ...]:
        if self.step < 0:
            raise NotLoadedError("the learner holds no weights")
        return tuple(self._train(step) for step in steps)

    def weights(self, newer_than: int, *, average: bool = False) -> Weights | None:
        if self.step <= newer_than:
            return None
        return Weights(step=self.step, flat=self.weights_now / 2 if average else self.weights_now.copy())

    def act(self, rows: NDArray[np.uint8]) -> Judged:
        moves = rows[:, 0] % 50
        return Judged(step=self.step, moves=moves, values=moves.astype(np.float32) + self.weights_now[0])

    def snapshot(self) -> Snapshot:
        data = self.step.to_bytes(8, "little") + self.weights_now.tobytes()
        return Snapshot(step=self.step, digest=self._digest(), data=data)

    def status(self) -> Status:
        uptime = time.monotonic() - self.born
        return Status(device="plain", step=self.step, uptime=uptime, memory=os.getpid())

    def _train(self, step: Step) -> Trained:
        if step.number in self.done:
            return self.done[step.number]
        if step.number != self.step + 1:
            raise GapError(f"step {step.number} asked for, step {self.step + 1} is next")
        if step.gradient_clip < 0:
            raise RuntimeError("the device is gone")
        if not set(step.slots.tolist()) <= self.filled:
            raise NotLoadedError("a slot that holds no sample")
        time.sleep(step.weight_decay)
        error = float(self.samples["target"][step.slots].sum())
        self.weights_now += np.float32(step.learning_rate * error)
        self.step = step.number
        self.done[step.number] = Trained(
            number=step.number, loss=error, belief_loss=step.belief_weight, gradient_norm=abs(error)
        )
        return self.done[step.number]

    def _digest(self) -> str:
        return hashlib.sha256(self.weights_now.tobytes()).hexdigest() if self.step >= 0 else ""

    def _welcome(self) -> Welcome:
        return Welcome(
            run=self.greeting.run if self.greeting else "",
            device="plain",
            incarnation=self.incarnation,
            step=self.step,
            digest=self._digest(),
            mirrored=(min(self.filled), max(self.filled) + 1) if self.filled else (0, 0),
        )


if __name__ == "__main__":
    from remote.serving import main

    sys.exit(main(make=lambda device, threads, keep: PlainLearner(max(threads, 16))))
