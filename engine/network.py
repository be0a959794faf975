"""Networks: from compact rows to the values of moves, and to beliefs about one's own cards.

Letters: B batch · M shared moves (50) · S slots (5) · C colours (5) · R ranks (5).
"""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from engine.moves import SHARED
from engine.observation import ROW, SLOTS
from engine.variants import MAX_COLOURS, MAX_RANKS

MOVES = SHARED.moves
_FIELDS: Any = ROW.fields
_LEGAL_AT: int = _FIELDS["legal"][1]

IMPOSSIBLE = -1e9
"""The value of an illegal move: finite, so that masked sums stay numbers."""


class Output(NamedTuple):
    """What a network says of B rows."""

    values: Tensor  # float32[B, M] of each move under the team's best play; IMPOSSIBLE where not legal
    beliefs: Tensor  # float32[B, S, C + R] logits of the colour, then of the rank, of each own card


def legal_moves(rows: Tensor) -> Tensor:
    """bool[B, M]: the legal moves of rows (uint8[B, 169])."""
    packed = rows[:, _LEGAL_AT : _LEGAL_AT + 7, None]
    bits = packed >> torch.arange(8, dtype=torch.uint8, device=rows.device)
    return (bits & 1).view(len(rows), 56)[:, :MOVES].bool()


def dueling(state: Tensor, advantages: Tensor, legal: Tensor) -> Tensor:
    """Values of moves from the value of the position and the moves' advantages over the legal ones' mean.

    Wang et al., "Dueling Network Architectures for Deep Reinforcement Learning", 2016, equation 9.

    Args:
      state: float32[B, 1].
      advantages: float32[B, M].
      legal: bool[B, M].
    """
    # of few operations: on a CPU it is these, not the sums, that cost a tenth of a step
    weights = legal.to(advantages.dtype)
    weights /= weights.sum(1, keepdim=True).clamp_(min=1)
    mean = (advantages * weights).sum(1, keepdim=True)
    return torch.where(legal, advantages + (state - mean), IMPOSSIBLE)


class Network(nn.Module, ABC):
    """The one interface of all networks: a body of its own, and the heads all share.

    Args:
      width: of what the body makes of a row.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.value_head = nn.Linear(width, 1 + MOVES)
        self.belief_head = nn.Linear(width, SLOTS * (MAX_COLOURS + MAX_RANKS))

    @abstractmethod
    def body(self, rows: Tensor) -> Tensor:
        """float32[B, width]: what is made of rows, uint8[B, 169]."""

    def values(self, rows: Tensor) -> Tensor:
        """float32[B, M]: the values of moves alone, for acting."""
        return self._values(self.body(rows), rows)

    def forward(self, rows: Tensor) -> Output:
        """Values and beliefs, for learning."""
        made = self.body(rows)
        beliefs = self.belief_head(made).view(-1, SLOTS, MAX_COLOURS + MAX_RANKS)
        return Output(self._values(made, rows), beliefs)

    def _values(self, made: Tensor, rows: Tensor) -> Tensor:
        state, advantages = self.value_head(made).split([1, MOVES], 1)
        return dueling(state, advantages, legal_moves(rows))


def values_of(network: Network, rows: np.ndarray) -> np.ndarray:
    """float32[B, M]: what a network makes of the moves of rows, without remembering how."""
    with torch.inference_mode():
        return network.values(torch.from_numpy(rows)).numpy()
