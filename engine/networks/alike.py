"""Moves of one kind judged alike: the same few units for all of them, given what each touches.

A perceptron's units learn of each slot and each hint by itself; what they find out of one does not help
with the others. Here the same weights judge a play of any slot, or a hint of any colour or rank, by features
of the cards that it touches (`engine.networks.touched`) and by what the perceptron makes of the position.

Letters: B batch · E moves of one kind · A numbers · F marks · W the perceptron's width · V units here ·
O numbers said of each move.
"""

from typing import cast

from torch import Tensor, nn
from torch.nn.functional import relu

from engine.networks.weighing import First, Marked

UNITS = 32
"""V; more brought little."""


class Alike(nn.Module):
    """Judges E moves of one kind.

    Args:
      moves: E.
      numbers: A, of each move.
      marks: F, of each move.
      width: W.
      said: O.
    """

    def __init__(self, moves: int, numbers: int, marks: int, width: int, said: int) -> None:
        super().__init__()
        self.moves = moves
        self.first = First(numbers, marks, UNITS)
        self.of_position = nn.Linear(width, UNITS, bias=False)
        self.head = nn.Linear(UNITS, said, bias=False)  # the perceptron has one of each move

    def forward(self, touched: Marked | Tensor, position: Tensor) -> Tensor:
        """float32[B, E, V]: what the units make of each move in its position.

        Args:
          touched: features of B · E moves, or the matrix of all of them, float32[B, E, A + F].
          position: [B, W], what the perceptron makes of it.
        """
        each: Tensor = self.first(touched.flatten(0, 1) if isinstance(touched, Tensor) else touched)
        return relu(each.view(len(position), self.moves, UNITS) + self.of_position(position)[:, None])

    def judge(self, made: Tensor) -> Tensor:
        """float32[B, E, O]: what is said of each move, of what `forward` made."""
        return cast(Tensor, self.head(made.float()))
