"""Cross-play: how well agents play with each other, rather than each with itself.

Entry (row, column) is the mean strict score of a team of the row's agent and the column's. With 2 players the
row's agent sits in seat 0, which begins, and the column's in seat 1. With P > 2 players the row's agent is
alone among P − 1 of the column's; each deck is played P times, with the row's agent in each seat once, and
counts with its mean. An agent with itself is self-play, and plays each deck once. All pairings play the same
decks.

Agents that learned apart often fail together; Hu et al., "“Other-Play” for Zero-Shot Coordination", 2020,
https://arxiv.org/abs/2003.02979, compares learners by such a matrix.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.game.variants import Variant
from engine.players.evaluation import Maker, evaluate, standard_error


@dataclass(frozen=True)
class CrossPlay:
    """The outcome of N agents, each with each, on K decks."""

    variant: Variant
    scores: NDArray[
        np.float64
    ]  # [N, N, K] strict; for more than 2 players and two agents, means over P seats

    @property
    def decks(self) -> int:
        """K."""
        return self.scores.shape[2]

    def mean(self) -> NDArray[np.float64]:
        """float64[N, N]: mean scores."""
        return self.scores.mean(axis=2)

    def standard_error(self) -> NDArray[np.float64]:
        """float64[N, N]: standard errors of the means, over decks; nan for a single deck."""
        return standard_error(self.scores)

    def with_others(self) -> NDArray[np.float64]:
        """float64[N]: each agent's mean score with the others, in its row and its column; nan for N = 1."""
        return self._with_others().mean(axis=1)

    def with_others_error(self) -> NDArray[np.float64]:
        """float64[N]: standard errors of these; the pairings of a deck are no independent samples."""
        return standard_error(self._with_others())

    def self_play(self) -> float:
        """Mean score of the agents with themselves: the mean of the diagonal."""
        return float(self.mean().diagonal().mean())

    def self_play_error(self) -> float:
        """Standard error of that over agents: what others of their kind would change; nan for N = 1."""
        return float(standard_error(self.mean().diagonal()))

    def cross_play(self) -> float:
        """Mean score of two different agents: the mean of all that is not on the diagonal; nan for N = 1."""
        return float(self.with_others().mean())

    def cross_play_error(self) -> float:
        """Standard error of that over agents, by the jackknife; nan for N < 3.

        An agent is in 2 (N − 1) of the pairings, which are therefore no independent samples. So each agent is
        left out in turn, and the error is that of the means without it: Efron and Stein, "The Jackknife
        Estimate of Variance", 1981, https://doi.org/10.1214/aos/1176345462. Over agents: with decks enough,
        who was trained matters more than what was dealt.
        """
        count = len(self.scores)
        if count < 3:
            return float("nan")
        # without one agent the mean moves by 2 / (N − 2) of how far that agent's mean with others is off it
        return 2 * (count - 1) / (count - 2) * float(standard_error(self.with_others()))

    def _with_others(self) -> NDArray[np.float64]:
        count = len(self.scores)
        if count < 2:
            return np.full((count, self.decks), np.nan)
        others = self.scores * (1 - np.eye(count))[:, :, None]
        return (others.sum(axis=0) + others.sum(axis=1)) / (2 * (count - 1))


def teams(row: Maker, column: Maker, players: int) -> list[list[Maker]]:
    """Who sits where, for `evaluation.evaluate`: a seating for each seat of the row's agent."""
    if row is column:
        return [[row]]
    alone = [0] if players == 2 else range(players)
    return [[row if seat == mine else column for seat in range(players)] for mine in alone]


def games_of(agents: int, players: int, count: int) -> int:
    """How many games it takes to play each of some agents with each on a number of decks."""
    return (agents + agents * (agents - 1) * (1 if players == 2 else players)) * count


def crossplay(
    makers: Sequence[Maker],
    variant: Variant,
    count: int,
    seed: int,
    told: Callable[[int], None] | None = None,
) -> CrossPlay:
    """Play each agent with each, itself included.

    Args:
      makers: of N agents, all different objects, at least one.
      variant: what is played.
      count: K decks, at least 1.
      seed: decides decks and lots, as in `evaluate`, so that self-play is what `evaluate` says.
      told: called after every turn with the number of games that are over, of `games_of`.

    Raises EngineError for no agents or no games, AgentError for an agent that cannot play the variant.
    """
    if not makers or count < 1:
        raise EngineError(f"{len(makers)} agents, {count} games: at least 1 of each is needed")
    if len(set(makers)) < len(makers):
        raise EngineError("an agent is given twice")
    scores = np.zeros((len(makers), len(makers), count))
    done = 0

    def tell(over: int) -> None:
        if told is not None:
            told(done + over)

    for row, first in enumerate(makers):
        for column, second in enumerate(makers):
            seatings = teams(first, second, variant.players)
            for seating in seatings:
                scores[row, column] += evaluate(seating, variant, count, seed, tell).scores()
                done += count
            scores[row, column] /= len(seatings)
    return CrossPlay(variant, scores)
