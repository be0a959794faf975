"""An agent's conventions: what the next player does after each move.

Entry (i, j) of the conditional action matrix is P(the next player makes move j | move i was just made),
counted over many games in which the agent fills all seats. Where a row differs from what is done after any
move, the move tells the next player something, be it by the cards that a hint names or by agreement.

Such matrices are shown for agents in Hu et al., "“Other-Play” for Zero-Shot Coordination", 2020,
https://arxiv.org/abs/2003.02979; the authors' program (github.com/facebookresearch/hanabi_SAD,
pyhanabi/tools/action_matrix.py) counts as this one does: rows are moves of 2 players in HLE's order, columns
the other's answer, rows sum to 1, and nobody explores. Reading conventions off what follows a hint is older:
Foerster et al., "Bayesian Action Decoder for Deep Multi-Agent Reinforcement Learning", 2019,
https://arxiv.org/abs/1811.01458.

Moves are counted by their ids in the variant (engine.game.moves): discards and plays by slot, hints by what
they name and, for more than 2 players, to whom: seats are counted from whoever gives the hint. So the next
player is the one whom a hint to +1 was given to; that one's own hint to +1 goes to the player after.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.game.games import PASS
from engine.game.moves import Move, table
from engine.game.variants import Variant
from engine.players.evaluation import Maker, batches


@dataclass(frozen=True)
class Conventions:
    """What was counted over K games; M moves has the variant."""

    variant: Variant
    games: int  # K
    made: NDArray[np.int64]  # [M] how often each move was made
    answered: NDArray[np.int64]  # [M, M] how often it (row) was followed by a move (column)

    @property
    def moves(self) -> tuple[Move, ...]:
        """Rows and columns."""
        return table(self.variant)

    def marginal(self) -> NDArray[np.float64]:
        """float64[M]: P(move), whatever came before; sums to 1."""
        return self.made / self.made.sum()

    def conditional(self) -> NDArray[np.float64]:
        """float64[M, M]: P(next move | move). Rows sum to 1; nan for a move that nobody ever answered."""
        answers = self.answered.sum(axis=1, keepdims=True)
        return np.where(answers > 0, self.answered / np.maximum(answers, 1), np.nan)


def conventions(
    maker: Maker, variant: Variant, count: int, seed: int, told: Callable[[int], None] | None = None
) -> Conventions:
    """Have an agent play with itself, and count.

    Args:
      maker: of the agent that fills all seats.
      variant: what is played.
      count: K games, at least 1.
      seed: decides decks and lots, as in `engine.players.evaluation.evaluate`: the same games are played.
      told: called after every turn with the number of games that are over.

    Raises EngineError for no games, AgentError for an agent that cannot play the variant.
    """
    made = np.zeros(variant.moves, dtype=np.int64)
    answered = np.zeros((variant.moves, variant.moves), dtype=np.int64)
    for games, turns in batches([maker], variant, count, seed, told):
        before = np.full(len(games), PASS)
        for moves in turns:
            running = moves != PASS
            np.add.at(made, moves[running], 1)
            follows = running & (before != PASS)
            np.add.at(answered, (before[follows], moves[follows]), 1)
            before = moves.copy()
    return Conventions(variant, count, made, answered)
