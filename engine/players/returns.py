"""Targets of learning: returns of Watkins' Q(λ), taken while acting.

The team is one player whose turns alternate between seats: the value of a move is what comes after it under
whoever moves next. For moves t = 0 … T−1 of one game, with rewards r, values V (of the greedy move of each
position) and the next position's move either greedy or explored,

    G_t = r_t                                                       if the game ended with move t
    G_t = r_t + γ · ((1 − λ) · V_{t+1} + λ · G_{t+1})               if move t+1 was greedy
    G_t = r_t + γ · V_{t+1}                                         if move t+1 explored, or t = T−1

Source: Watkins, "Learning from Delayed Rewards", 1989, chapter 7; Sutton and Barto, "Reinforcement Learning",
2nd edition, section 12.10. The values are those the acting network has already computed, so no target network
and no next position need be kept.
"""

import numpy as np
from numpy.typing import NDArray

from engine.game.kernels import kernel

Floats = NDArray[np.float32]


@kernel
def q_lambda(
    rewards: Floats,
    values: Floats,
    ended: NDArray[np.bool_],
    explored: NDArray[np.bool_],
    discount: float,
    trace: float,
    returns: Floats,
) -> None:
    """Write the returns of a chunk of T moves of G games.

    Args:
      rewards: float32[T, G] of each move.
      values: float32[T + 1, G] of the greedy move in each position, the one after the chunk included.
      ended: bool[T, G] the game ended with this move.
      explored: bool[T, G] this move was not the greedy one.
      discount: γ.
      trace: λ.
      returns: float32[T, G] written.
    """
    moves, games = rewards.shape
    for g in range(games):
        following = values[moves, g]
        for t in range(moves - 1, -1, -1):
            if ended[t, g]:
                following = rewards[t, g]
            else:
                cut = t == moves - 1 or explored[t + 1, g]
                ahead = values[t + 1, g]
                if not cut:
                    ahead += trace * (following - ahead)
                following = rewards[t, g] + discount * ahead
            returns[t, g] = following
