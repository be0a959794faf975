"""Networks: from compact rows to the values of moves, and to beliefs about one's own cards.

Letters: B batch · M shared moves (50) · S slots (5) · C colours (5) · R ranks (5).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from engine.game.moves import SHARED
from engine.game.observation import ROW, SLOTS
from engine.game.variants import MAX_COLOURS, MAX_RANKS

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
    return legal_among(torch.arange(MOVES, device=rows.device), rows)


def legal_among(moves: Tensor, rows: Tensor) -> Tensor:
    """bool[B, K]: which of some moves, int64[K], are legal in rows, uint8[B, 169]."""
    packed = rows.index_select(1, _LEGAL_AT + (moves >> 3))
    return ((packed >> (moves & 7).byte()) & 1).bool()


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
    """The one interface of all networks: a body and heads of its own, values put together as all do."""

    def look(self, rows: Tensor) -> Any:
        """What the body takes in of rows, uint8[B, 169]; no weights are in it, so it can be made ahead."""
        return rows

    @abstractmethod
    def body(self, seen: Any) -> Any:
        """Whatever this network's heads read, made of what `look` gave."""

    @abstractmethod
    def appraise(self, made: Any) -> tuple[Tensor, Tensor]:
        """float32[B, 1], float32[B, M]: the value of the position, the advantages of moves.

        Of some of the moves only, where `weigh` knows which.
        """

    @abstractmethod
    def guess(self, made: Any) -> Tensor:
        """float32[B, S, C + R]: beliefs, as in Output."""

    def weigh(self, made: Any, rows: Tensor) -> Tensor:
        """float32[B, M]: the values of moves, from what the body made of rows."""
        return dueling(*self.appraise(made), legal_moves(rows))

    def values(self, rows: Tensor, sums: AbstractContextManager[Any] | None = None) -> Tensor:
        """float32[B, M]: the values of moves alone, for acting; `sums`: as of `values_of`."""
        with sums or nullcontext():
            made = self.body(self.look(rows))
        return self.weigh(made, rows)

    def forward(self, rows: Tensor) -> Output:
        """Values and beliefs."""
        made = self.body(self.look(rows))
        return Output(self.weigh(made, rows), self.guess(made))


class Heads(nn.Module):
    """Heads that read all from one vector: float32[B, width].

    Args:
      width: of the vector.
      moves: M, of how many moves it tells advantages.
    """

    def __init__(self, width: int, moves: int = MOVES) -> None:
        super().__init__()
        self.value = nn.Linear(width, 1 + moves)
        self.belief = nn.Linear(width, SLOTS * (MAX_COLOURS + MAX_RANKS))

    def appraise(self, made: Tensor) -> tuple[Tensor, Tensor]:
        """float32[B, 1], float32[B, M]: the value of the position, the advantages of moves."""
        judged: Tensor = self.value(made.float())  # a body may reckon in less, heads do not
        return judged[:, :1], judged[:, 1:]

    def guess(self, made: Tensor) -> Tensor:
        """float32[B, S, C + R]: beliefs, as in Output."""
        guessed: Tensor = self.belief(made.float())
        return guessed.view(-1, SLOTS, MAX_COLOURS + MAX_RANKS)


class OneVector(Network):
    """A network whose body makes one vector, which its heads read.

    Args:
      width: of the vector.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = Heads(width)

    def appraise(self, made: Tensor) -> tuple[Tensor, Tensor]:
        """float32[B, 1], float32[B, M]: the value of the position, the advantages of moves."""
        return self.heads.appraise(made)

    def guess(self, made: Tensor) -> Tensor:
        """float32[B, S, C + R]: beliefs, as in Output."""
        return self.heads.guess(made)


def values_of(
    network: Network, rows: np.ndarray, sums: AbstractContextManager[Any] | None = None
) -> np.ndarray:
    """float32[B, M]: what a network makes of the moves of rows, without remembering how.

    Args:
      network: on the CPU.
      rows: uint8[B, 169].
      sums: what its body runs under (engine.networks.manner); None: nothing.
    """
    with torch.inference_mode():
        return network.values(torch.from_numpy(rows), sums).numpy()


def judge_of(network: Network) -> Callable[[np.ndarray], np.ndarray]:
    """What an actor or a player asks for the values of moves."""
    return partial(values_of, network)
