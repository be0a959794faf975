"""The optimizer: matrices of weights move along whitened gradients, everything else as AdamW says.

A gradient G of a matrix whose smaller side is W wide moves it along

    M · (E[GᵀG] + ε)^(−1/2)          float32[N, W]

where M is the running mean of gradients (looking ahead, as Nesterov's) and E[GᵀG] one too: what all units
have in common no longer drowns the rest. That is Shampoo on one side (Gupta, Koren and Singer, "Shampoo:
Preconditioned Stochastic Tensor Optimization", 2018, whitens both) with the momentum of Muon (Jordan et al.,
2024). A step is scaled so that its numbers have the root mean square of an AdamW step, 0.2: one learning rate
serves both (Liu et al., "Muon is Scalable for LLM Training", 2025, section 2.2).

Roots are taken anew every few steps only, for the mean that they are taken of moves slowly.

Letters: N, W the larger and the smaller side of a matrix.
"""

import contextlib
import math
from collections.abc import Sequence

import torch
from torch import Tensor

MOMENTUM = 0.95
MEMORY = 0.9
"""How much of the mean of GᵀG stays when it is renewed."""
MEAN_EVERY, ROOT_EVERY = 4, 20
"""Steps between two renewals of the mean, and of its root."""
YOUNG = 20
"""In the first steps both are renewed every time."""
FLOOR = 1e-4
"""ε, as a share of the largest eigenvalue: below it directions are not raised any further."""
SCALE = 0.2
SMALLEST = 32
"""A matrix with a side shorter than this is left to AdamW."""


def whitened(shape: Sequence[int]) -> bool:
    """Whether weights of a shape are a matrix that is worth whitening."""
    return len(shape) == 2 and min(shape) >= SMALLEST


class Whitening:
    """Moves one matrix against its gradient.

    Attributes:
      momentum: float32[N, W] or [W, N], as the matrix lies.
      mean: float32[W, W], of GᵀG.
      root: float32[W, W], its inverse square root as of the last renewal.
    """

    def __init__(
        self, matrix: Tensor, gradient: Tensor, momentum: Tensor, mean: Tensor, root: Tensor
    ) -> None:
        """For a matrix and its gradient; all five are read and written in place."""
        tall = matrix.shape[0] >= matrix.shape[1]
        self._matrix, self._gradient, self.momentum = (
            each if tall else each.t() for each in (matrix, gradient, momentum)
        )
        self.mean, self.root = mean, root
        self._length = SCALE * math.sqrt(matrix.numel())

    def move(self, number: int, learning_rate: float, weight_decay: float) -> None:
        """Step `number`, from 1."""
        if number <= YOUNG or number % MEAN_EVERY == 0:
            # a young mean forgets faster, so that its zeros weigh nothing
            self.mean.lerp_(self._gradient.t() @ self._gradient, max(1 - MEMORY, 1 / number))
        if number <= YOUNG or number % ROOT_EVERY == 0:
            # LAPACK gives up on a rare matrix, and torch says so thus; the last root is nearly as good
            with contextlib.suppress(RuntimeError):
                self.root.copy_(_inverse_root(self.mean))
        self.momentum.lerp_(self._gradient, 1 - MOMENTUM)
        step = self._gradient.lerp(self.momentum, MOMENTUM) @ self.root
        if weight_decay:
            self._matrix.mul_(1 - learning_rate * weight_decay)
        length = step.norm().clamp_(min=torch.finfo(step.dtype).tiny)
        self._matrix.sub_(step.mul_(learning_rate * self._length / length))


def _inverse_root(mean: Tensor) -> Tensor:
    """float32[W, W]: (mean + ε)^(−1/2); 0 of a mean that is 0."""
    # on the CPU: a GPU is slower at it, and not every kind can
    values, vectors = torch.linalg.eigh(mean.cpu())
    largest = values[-1]
    if largest <= 0:
        return torch.zeros_like(mean)
    roots = (values.clamp(min=0) + FLOOR * largest).rsqrt()
    return ((vectors * roots) @ vectors.t()).to(mean.device)
