"""The multilayer perceptron: what it sees is spelled out by `engine.features`; it is fast on a CPU.

On another device the same features come from `engine.dense_features`; the weights are the same.

Letters: B batch · A numbers · F marks · M marks set in the whole batch · W width.
"""

from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engine.dense_features import DenseFeatures
from engine.features import Layout, expand
from engine.kernels import kernel
from engine.network import OneVector


class Perceptron(OneVector):
    """`mlp`: features, then layers of matrix, layer norm and rectifier.

    Args:
      players: the most players of any game it shall see.
      width: units of a hidden layer.
      depth: hidden layers.
    """

    def __init__(self, players: int = 2, width: int = 256, depth: int = 2) -> None:
        super().__init__(width)
        self.layout = Layout(players)
        self.dense = DenseFeatures(self.layout)
        self.first = First(self.layout, width)
        self.layers = nn.Sequential(nn.LayerNorm(width), nn.ReLU(inplace=True))
        for before, after in pairwise([width] * depth):
            self.layers.extend((nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU(inplace=True)))

    def look(self, rows: Tensor) -> "Seen | Tensor":
        """The features of rows, uint8[B, 169]: numbers and marks on a CPU, elsewhere one matrix of all."""
        if rows.device.type != "cpu":
            return cast(Tensor, self.dense(rows))
        # torch's memory starts at a multiple of 64 bytes, numpy's need not, and how sums round may hang on it
        numbers = torch.empty(len(rows), self.layout.numbers)
        seen = expand(rows.numpy(), self.layout, numbers.numpy())
        return Seen(numbers, torch.from_numpy(seen.marks), torch.from_numpy(seen.starts))

    def body(self, seen: "Seen | Tensor") -> Tensor:
        """float32[B, W]."""
        made: Tensor = self.layers(self.first(seen))
        return made


class Seen(NamedTuple):
    """Features of B rows, as engine.features has them."""

    numbers: Tensor  # float32[B, A]
    marks: Tensor  # int32[M] the marks set, row after row
    starts: Tensor  # int32[B + 1] where each row's marks start, and M


class First(nn.Module):
    """The first layer: a dense layer of all features; on a CPU, marks that are not set cost nothing in it.

    Args:
      layout: of the features.
      width: units.
    """

    def __init__(self, layout: Layout, width: int) -> None:
        super().__init__()
        bound = (layout.numbers + layout.marks) ** -0.5  # as torch draws the first weights of a dense layer
        self.of_numbers = nn.Parameter(torch.empty(layout.numbers, width).uniform_(-bound, bound))
        self.of_marks = nn.Parameter(torch.empty(layout.marks, width).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(width).uniform_(-bound, bound))

    def forward(self, seen: Seen | Tensor) -> Tensor:
        """float32[B, W], of features, or of the matrix of all of them, float32[B, A + F]."""
        if isinstance(seen, Tensor):
            return torch.addmm(self.bias, seen, torch.cat([self.of_numbers, self.of_marks]))
        return weigh(*seen, self.of_numbers, self.of_marks, self.bias)


def weigh(
    numbers: Tensor, marks: Tensor, starts: Tensor, of_numbers: Tensor, of_marks: Tensor, bias: Tensor
) -> Tensor:
    """Numbers times their weights, plus the weights of the marks that are set, plus the bias.

    Args:
      numbers: float[B, A]; has no gradient.
      marks: int32[M] the marks set, row after row.
      starts: int32[B + 1] where each row's marks start, and M.
      of_numbers: float[A, W] weights.
      of_marks: float[F, W] weights.
      bias: float[W].

    Returns:
      float[B, W].
    """
    apply: Any = _Weigh.apply
    return cast(Tensor, apply(numbers, marks, starts, of_numbers, of_marks, bias))


class _Weigh(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *given: Tensor) -> Tensor:
        """Weigh, and keep what the gradients need."""
        numbers, marks, starts, of_numbers, of_marks, bias = given
        if torch.is_autocast_enabled(numbers.device.type):
            numbers, of_numbers = numbers.bfloat16(), of_numbers.bfloat16()
        ctx.save_for_backward(numbers, marks, starts)
        ctx.marks = len(of_marks)
        return _sums(marks, starts, of_marks).add_(bias).add_(numbers @ of_numbers)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of both weights and the bias, of that of the sums, float[B, W]."""
        (of_sums,) = gradients
        numbers, marks, starts = ctx.saved_tensors
        # each mark's gradient is the sum over the rows that set it: the same sums, seen from the other side
        rows, begins = transpose(marks.numpy(), starts.numpy(), ctx.marks)
        of_marks = _sums(torch.from_numpy(rows), torch.from_numpy(begins), of_sums)
        of_numbers = (numbers.t() @ of_sums.to(numbers.dtype)).to(of_sums.dtype)
        return None, None, None, of_numbers, of_marks, of_sums.sum(0)


def _sums(chosen: Tensor, starts: Tensor, of: Tensor) -> Tensor:
    """float[N, W]: for each n the sum of the rows chosen[starts[n] : starts[n + 1]] of float[*, W]."""
    return functional.embedding_bag(chosen, of.detach(), starts, mode="sum", include_last_offset=True)


def transpose(
    marks: NDArray[np.int32], starts: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """From the marks of each row to the rows of each mark.

    Args:
      marks: int32[M] the marks set, row after row; each in 0..count−1.
      starts: int32[B + 1] where each row's marks start, and M.
      count: F, of all marks.

    Returns:
      int32[M] the rows that set each mark, in rising order, mark after mark; int32[F + 1] where each mark's
      rows start, and M.
    """
    rows, begins = np.empty(len(marks), dtype=np.int32), np.empty(count + 1, dtype=np.int32)
    _transpose(marks, starts, rows, begins)
    return rows, begins


@kernel
def _transpose(
    marks: NDArray[np.int32], starts: NDArray[np.int32], rows: NDArray[np.int32], begins: NDArray[np.int32]
) -> None:
    """Counting sort; indices are unsigned, so that numba does not ask whether they count from the end."""
    begins[:] = 0
    for m in range(len(marks)):
        begins[np.uint64(marks[m]) + np.uint64(1)] += 1
    for f in range(1, len(begins)):
        begins[f] += begins[f - 1]
    for row in range(len(starts) - 1):
        for m in range(starts[row], starts[row + 1]):
            mark = np.uint64(marks[np.uint64(m)])
            rows[np.uint64(begins[mark])] = row
            begins[mark] += 1
    # each mark's entry has moved on to where the next mark starts
    for f in range(len(begins) - 1, 0, -1):
        begins[f] = begins[f - 1]
    begins[0] = 0
