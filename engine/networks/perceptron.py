"""The multilayer perceptron: what it sees is spelled out by `engine.networks.features`; it is fast on a CPU.

On another device the same features come from `engine.networks.dense_features`; the weights are the same.

Letters: B batch · A numbers · F marks · W width · S slots · H hints · V units of `engine.networks.alike` ·
M shared moves (50) · K those of its games.
"""

from itertools import pairwise
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from engine.networks.alike import Alike
from engine.networks.dense_features import Dense, DenseFeatures
from engine.networks.features import expand
from engine.networks.largest import Largest
from engine.networks.layout import Layout
from engine.networks.network import IMPOSSIBLE, MOVES, Heads, Network, dueling, legal_among
from engine.networks.touched import OWN_MARKS
from engine.networks.weighing import First, Marked

_PAIR = Largest(players=2)


class Seen(NamedTuple):
    """Features of B rows."""

    whole: Marked  # of B positions
    own: Marked  # of B · S own cards
    hints: Marked  # of B · H hints


class Made(NamedTuple):
    """What the body makes of B rows."""

    whole: Tensor  # float32[B, W] of the position
    own: Tensor  # float32[B, S, V] of each own card
    hints: Tensor  # float32[B, H, V] of each hint


class Perceptron(Network):
    """`mlp`: features, then layers of matrix, layer norm and rectifier.

    What it says of a move is the sum of what its units say of that very move, and what `Alike` says of moves
    of its kind.

    Args:
      largest: games that it shall see; smaller ones alone make a smaller network, which is quicker.
      width: units of a hidden layer.
      depth: hidden layers.
    """

    moves: Tensor

    def __init__(self, largest: Largest = _PAIR, width: int = 256, depth: int = 2) -> None:
        super().__init__()
        self.layout = Layout(*largest)
        self.register_buffer("moves", torch.from_numpy(self.layout.moves), persistent=False)
        self.dense = DenseFeatures(self.layout)
        self.first = First(self.layout.numbers, self.layout.marks, width)
        self.layers = nn.Sequential(nn.LayerNorm(width), nn.ReLU(inplace=True))
        for before, after in pairwise([width] * depth):
            self.layers.extend((nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU(inplace=True)))
        # of each own card: to discard it, to play it
        self.own = Alike(largest.hand_size, self.layout.own_numbers, OWN_MARKS, width, 2)
        self.hints = Alike(self.layout.hints, 0, self.layout.hint_marks, width, 1)
        # last, so that all other weights begin at a multiple of 64 bytes, where loads are quickest
        self.heads = Heads(width, len(self.layout.moves))

    def look(self, rows: Tensor) -> Seen | Dense:
        """The features of rows, uint8[B, 169]: numbers and marks on a CPU, elsewhere matrices of both."""
        if rows.device.type != "cpu":
            return cast(Dense, self.dense(rows))
        # torch's memory starts at a multiple of 64 bytes, numpy's need not, and how sums round may hang on it
        numbers = torch.empty(len(rows), self.layout.numbers)
        seen = expand(rows.numpy(), self.layout, numbers.numpy())
        own = numbers[:, : self.layout.hand_size * self.layout.own_numbers]
        return Seen(
            Marked(numbers, *map(torch.from_numpy, seen.whole)),
            Marked(own.reshape(-1, self.layout.own_numbers), *map(torch.from_numpy, seen.own)),
            Marked(torch.empty(len(rows) * self.layout.hints, 0), *map(torch.from_numpy, seen.hints)),
        )

    def body(self, seen: Seen | Dense) -> Made:
        """What heads read."""
        whole: Tensor = self.layers(self.first(seen.whole))
        return Made(whole, self.own(seen.own, whole), self.hints(seen.hints, whole))

    def appraise(self, made: Made) -> tuple[Tensor, Tensor]:
        """float32[B, 1], float32[B, K]: the value of the position, the advantages of the layout's moves."""
        value, advantages = self.heads.appraise(made.whole)
        own, hints = self.own.judge(made.own), self.hints.judge(made.hints)
        return value, advantages + torch.cat([own[..., 0], own[..., 1], hints[..., 0]], 1)

    def weigh(self, made: Made, rows: Tensor) -> Tensor:
        """float32[B, M]: the values of moves; those that its games do not have are never legal."""
        values = dueling(*self.appraise(made), legal_among(self.moves, rows))
        return values.new_full((len(rows), MOVES), IMPOSSIBLE).index_copy(1, self.moves, values)

    def guess(self, made: Made) -> Tensor:
        """float32[B, S, C + R]: beliefs, as in Output."""
        return self.heads.guess(made.whole)
