"""The multilayer perceptron: what it sees is spelled out by `engine.networks.features`; it is fast on a CPU.

On another device the same features come from `engine.networks.dense_features`; the weights are the same.

Letters: B batch · A numbers · F marks · W width · S slots · H hints · V units of `engine.networks.alike`.
"""

from itertools import pairwise
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from engine.game.observation import SLOTS
from engine.game.variants import MAX_COLOURS, MAX_RANKS
from engine.networks.alike import Alike
from engine.networks.dense_features import Dense, DenseFeatures
from engine.networks.features import expand
from engine.networks.largest import Largest
from engine.networks.layout import Layout
from engine.networks.network import MOVES, Heads, Network
from engine.networks.touched import OWN_MARKS
from engine.networks.weighing import First, Marked

_PAIR = Largest(players=2)
_SEATS = (MOVES - 2 * SLOTS) // (MAX_COLOURS + MAX_RANKS)  # that a hint may go to


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

    def __init__(self, largest: Largest = _PAIR, width: int = 256, depth: int = 2) -> None:
        super().__init__()
        self.heads = Heads(width)
        self.layout = Layout(*largest)
        self.dense = DenseFeatures(self.layout)
        self.first = First(self.layout.numbers, self.layout.marks, width)
        self.layers = nn.Sequential(nn.LayerNorm(width), nn.ReLU(inplace=True))
        for before, after in pairwise([width] * depth):
            self.layers.extend((nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU(inplace=True)))
        # of each own card: to discard it, to play it
        self.own = Alike(largest.hand_size, self.layout.own_numbers, OWN_MARKS, width, 2)
        self.hints = Alike(self.layout.hints, 0, self.layout.hint_marks, width, 1)

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
        """float32[B, 1], float32[B, M]: the value of the position, the advantages of moves."""
        value, advantages = self.heads.appraise(made.whole)
        own, hints = self.own.judge(made.own), self.hints.judge(made.hints)
        layout, seats = self.layout, self.layout.players - 1
        colours, ranks = torch.split(hints[..., 0], [seats * layout.colours, seats * layout.ranks], 1)
        moves = [
            *(pad(each, (0, SLOTS - layout.hand_size)) for each in own.unbind(2)),
            _to_all(colours.reshape(len(hints), seats, layout.colours), MAX_COLOURS),
            _to_all(ranks.reshape(len(hints), seats, layout.ranks), MAX_RANKS),
        ]
        return value, advantages + torch.cat(moves, 1)

    def guess(self, made: Made) -> Tensor:
        """float32[B, S, C + R]: beliefs, as in Output."""
        return self.heads.guess(made.whole)


def _to_all(hints: Tensor, values: int) -> Tensor:
    """float32[B, seats · values] of float32[B, P − 1, C or R]: 0 for hints of games that it never sees."""
    return pad(hints, (0, values - hints.shape[2], 0, _SEATS - hints.shape[1])).flatten(1)
