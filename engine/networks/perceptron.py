"""The multilayer perceptron: what it sees is spelled out by `engine.networks.features`; it is fast on a CPU.

On another device the same features come from `engine.networks.dense_features`; the weights are the same.

Letters: B batch · A numbers · F marks · W width · S slots (5) · H hints · V units of `engine.networks.alike`.
"""

from itertools import pairwise
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from engine.game.observation import SLOTS
from engine.networks.alike import Alike
from engine.networks.dense_features import Dense, DenseFeatures
from engine.networks.features import OWN_NUMBERS, Layout, expand
from engine.networks.network import MOVES, Heads, Network
from engine.networks.touched import OWN_MARKS
from engine.networks.weighing import First, Marked

_HINTS_OF_A_KIND = (MOVES - 2 * SLOTS) // 2


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
      players: the most players of any game it shall see.
      width: units of a hidden layer.
      depth: hidden layers.
    """

    def __init__(self, players: int = 2, width: int = 256, depth: int = 2) -> None:
        super().__init__()
        self.heads = Heads(width)
        self.layout = Layout(players)
        self.dense = DenseFeatures(self.layout)
        self.first = First(self.layout.numbers, self.layout.marks, width)
        self.layers = nn.Sequential(nn.LayerNorm(width), nn.ReLU(inplace=True))
        for before, after in pairwise([width] * depth):
            self.layers.extend((nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU(inplace=True)))
        self.own = Alike(SLOTS, OWN_NUMBERS, OWN_MARKS, width, 2)  # to discard it, to play it
        self.hints = Alike(self.layout.hints, 0, self.layout.hint_marks, width, 1)

    def look(self, rows: Tensor) -> Seen | Dense:
        """The features of rows, uint8[B, 169]: numbers and marks on a CPU, elsewhere matrices of both."""
        if rows.device.type != "cpu":
            return cast(Dense, self.dense(rows))
        # torch's memory starts at a multiple of 64 bytes, numpy's need not, and how sums round may hang on it
        numbers = torch.empty(len(rows), self.layout.numbers)
        seen = expand(rows.numpy(), self.layout, numbers.numpy())
        own = numbers[:, : SLOTS * OWN_NUMBERS].reshape(-1, OWN_NUMBERS)
        return Seen(
            Marked(numbers, *map(torch.from_numpy, seen.whole)),
            Marked(own, *map(torch.from_numpy, seen.own)),
            Marked(torch.empty(len(rows) * self.layout.hints, 0), *map(torch.from_numpy, seen.hints)),
        )

    def body(self, seen: Seen | Dense) -> Made:
        """What heads read."""
        whole: Tensor = self.layers(self.first(seen.whole))
        return Made(whole, self.own(seen.own, whole), self.hints(seen.hints, whole))

    def appraise(self, made: Made) -> tuple[Tensor, Tensor]:
        """float32[B, 1], float32[B, M]: the value of the position, the advantages of moves."""
        value, advantages = self.heads.appraise(made.whole)
        own, hints = self.own.judge(made.own), self.hints.judge(made.hints)
        colours, ranks = hints[..., 0].chunk(2, dim=1)
        spare = (0, _HINTS_OF_A_KIND - colours.shape[1])  # hints to players that it never sees
        alike = torch.cat([own[..., 0], own[..., 1], pad(colours, spare), pad(ranks, spare)], 1)
        return value, advantages + alike

    def guess(self, made: Made) -> Tensor:
        """float32[B, S, C + R]: beliefs, as in Output."""
        return self.heads.guess(made.whole)
