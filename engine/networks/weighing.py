"""A dense layer of features that are numbers or marks; on a CPU, marks that are not set cost nothing in it.

Letters: B batch · A numbers · F marks · M marks set in the whole batch · W width.
"""

from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engine.game.kernels import kernel


class Marked(NamedTuple):
    """Features of a batch of whatever is looked at."""

    numbers: Tensor  # float32[B, A]
    marks: Tensor  # int32[M] the marks set, one after the other
    starts: Tensor  # int32[B + 1] where those of each begin, and M


class First(nn.Module):
    """The first layer: a dense layer of all features; on a CPU, marks that are not set cost nothing in it.

    Args:
      numbers: A.
      marks: F.
      width: W, units.
    """

    def __init__(self, numbers: int, marks: int, width: int) -> None:
        super().__init__()
        bound = (numbers + marks) ** -0.5  # as torch draws the first weights of a dense layer
        self.of_numbers = nn.Parameter(torch.empty(numbers, width).uniform_(-bound, bound))
        self.of_marks = nn.Parameter(torch.empty(marks, width).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(width).uniform_(-bound, bound))

    def forward(self, seen: Marked | Tensor) -> Tensor:
        """float32[B, W], of features, or of the matrix of all of them, float32[B, A + F]."""
        if isinstance(seen, Tensor):
            return torch.addmm(self.bias, seen, torch.cat([self.of_numbers, self.of_marks]))
        return weigh(seen.numbers, seen.marks, seen.starts, self.of_numbers, self.of_marks, self.bias)


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
        sums = _sums(marks, starts, of_marks).add_(bias)
        return sums.add_(numbers @ of_numbers) if numbers.shape[1] else sums

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
