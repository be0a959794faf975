"""The multilayer perceptron: what it sees is spelled out by `engine.features`; it is fast on a CPU."""

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from engine.features import Layout, expand
from engine.network import OneVector


class Perceptron(OneVector):
    """`mlp`: features, then layers of matrix, layer norm and rectifier. Fast on a CPU.

    Args:
      players: the most players of any game it shall see.
      width: units of a hidden layer.
      depth: hidden layers.
    """

    def __init__(self, players: int = 2, width: int = 256, depth: int = 2) -> None:
        super().__init__(width)
        self.layout = Layout(players)
        widths = [self.layout.width, *[width] * depth]
        self.layers = nn.Sequential(
            *(
                layer
                for before, after in pairwise(widths)
                for layer in (nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU())
            )
        )

    def body(self, rows: Tensor) -> Tensor:
        """float32[B, width] of rows, uint8[B, 169], on the CPU."""
        return cast(Tensor, self.layers(torch.from_numpy(expand(rows.numpy(), self.layout))))
