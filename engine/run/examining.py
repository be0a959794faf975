"""Examining a run: when it is evaluated, and what the outcome says."""

import time
from collections.abc import Sequence
from concurrent.futures import Future

import msgspec

from engine.contracts import events as e
from engine.contracts.learner import Weights
from engine.contracts.orders import Evaluate, Evaluated
from engine.contracts.reasons import LOW
from engine.game.variants import Variant
from engine.players.scores import scores_of
from engine.settings.config import Config
from engine.training.training import Training

_SEED = 1_000_003
"""The decks of evaluations are always these, so that scores of one run, and of many, can be compared."""

LOW_IN_A_ROW = 2
"""Evaluations far below the best, one after another, that mean a collapse and not bad luck."""


class Examiner:
    """Has the average of weights evaluated, one evaluation at a time.

    Attributes:
      wanted: whether an evaluation shall begin as soon as can be.
      final: whether the last one, of a completed run, is under way or done.
      done: whether the last one is done.
      collapsed: what is wrong with the scores; empty: nothing.
    """

    def __init__(self, variants: Sequence[Variant]) -> None:
        self._variants = tuple(variants)
        self.wanted = self.final = self.done = False
        self.collapsed = ""
        self._number = self._under_way = self._step = 0
        self._fetching: Future[Weights | None] | None = None
        self._low = 0

    @property
    def busy(self) -> bool:
        """Whether an evaluation is under way."""
        return self._fetching is not None or self._under_way > 0

    @property
    def step(self) -> int | None:
        """Whose weights are being evaluated; None: none yet."""
        return self._step if self._under_way else None

    def forget(self) -> None:
        """Give up all that is under way: the run goes back, and what it would say is of no past."""
        self._fetching = None
        self._under_way = 0
        self.wanted = self.wanted and not self.final  # who asked for one shall have it
        self.final = self.done = False
        self.forgive()

    def ask_again(self) -> None:
        """Ask anew for the weights that a learner out of reach did not send."""
        if self._fetching is not None:
            self._fetching, self.wanted = None, True

    def forgive(self) -> None:
        """Count low scores anew."""
        self._low, self.collapsed = 0, ""

    def turn(self, training: Training) -> None:
        """Begin an evaluation if it is time; hand its weights to the crew when they are there."""
        interval, counters = training.config.general.evaluation_interval, training.counters
        if interval and counters.seconds - counters.evaluated >= interval:
            self.wanted = True
        if self.wanted and not self.busy:
            self.wanted = False
            counters.evaluated = counters.seconds
            self._fetching = training.learner.weights(-1, average=True)
        if self._fetching is not None and self._fetching.done():
            weights = self._fetching.result()
            self._fetching = None
            if weights is not None:
                self._hand_out(weights, training)

    def _hand_out(self, weights: Weights, training: Training) -> None:
        self._number += 1
        self._under_way, self._step = self._number, weights.step
        general = training.config.general
        order = Evaluate(
            number=self._number,
            variants=self._variants,
            games=general.final_games if self.final else general.evaluation_games,
            seed=_SEED + 1 + general.seed if self.final else _SEED,
        )
        training.crew.evaluate(order, weights.flat, weights.step)

    def take(self, outcome: Evaluated, training: Training) -> e.Evaluated | None:
        """What an evaluation says; None for one that nobody waits for any more."""
        if outcome.number != self._under_way:
            return None
        self._under_way = 0
        self.done = self.final
        counters = training.counters
        event = e.Evaluated(
            time=time.time(),
            step=outcome.step,
            seconds=counters.evaluated,
            scores=scores_of(self._variants, outcome),
            best=False,
            final=self.final,
        )
        mean = event.mean
        best = counters.best is None or mean > counters.best
        if best:
            counters.best = mean
        self._watch(mean, counters.best or mean, training.config)
        return msgspec.structs.replace(event, best=best)

    def give_up(self, number: int) -> bool:
        """An evaluation that cannot be played; whether anybody waited for it. A last one counts as done."""
        if number != self._under_way:
            return False
        self._under_way = 0
        self.done = self.final
        return True

    def _watch(self, mean: float, best: float, config: Config) -> None:
        allowed = config.general.collapse_points
        self._low = self._low + 1 if allowed and best - mean > allowed else 0
        self.collapsed = ""
        if self._low >= LOW_IN_A_ROW:
            self.collapsed = (
                f"{LOW} to {mean:.2f}, {best - mean:.1f} below the best of this run, in "
                f"{self._low} evaluations one after another (collapse_points = {allowed:g})"
            )
