"""Matrices of weights move along whitened gradients.

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
SMALLEST, FEWEST = 11, 1024
"""A matrix with a side shorter than this, or with fewer numbers, is left to AdamW."""
NARROW, AS_WIDE = 32, 50
"""A matrix with a side shorter than NARROW moves as far as if that side were AS_WIDE: such are heads that
tell few moves apart. Left to AdamW, they cost two players 0.4 points in ten minutes (docs/benchmarks.md)."""


def whitened(shape: Sequence[int]) -> bool:
    """Whether weights of a shape are a matrix that is worth whitening."""
    return len(shape) == 2 and min(shape) >= SMALLEST and math.prod(shape) >= FEWEST


class Whitening:
    """Moves one matrix against its gradient.

    Attributes:
      momentum: float32[N, W], however the matrix lies.
      mean: float32[W, W], of GᵀG.
      root: float32[W, W], its inverse square root as of the last renewal.
    """

    def __init__(
        self,
        matrix: Tensor,
        gradient: Tensor,
        momentum: Tensor,
        mean: Tensor,
        root: Tensor,
        *,
        half: bool = False,
    ) -> None:
        """For a matrix and its gradient; all five are read and written in place.

        `half`: the root is applied in bfloat16. The mean is not, for its small directions would drown.
        """
        tall = matrix.shape[0] >= matrix.shape[1]
        self._matrix, self._gradient, self.momentum = (
            each if tall else each.t() for each in (matrix, gradient, momentum)
        )
        self.mean, self.root, self._half = mean, root, half
        side = min(matrix.shape)
        self._length = SCALE * math.sqrt(max(matrix.shape) * (side if side >= NARROW else AS_WIDE))

    def move(self, number: int, learning_rate: float, weight_decay: float) -> None:
        """Step `number`, from 1."""
        if number <= YOUNG or number % MEAN_EVERY == 0:
            # a young mean forgets faster, so that its zeros weigh nothing
            self.mean.lerp_(self._gradient.t() @ self._gradient, max(1 - MEMORY, 1 / number))
        if number <= YOUNG or number % ROOT_EVERY == 0:
            root = _inverse_root(self.mean)
            if root is not None:  # else the last one is nearly as good
                self.root.copy_(root)
        self.momentum.lerp_(self._gradient, 1 - MOMENTUM)
        if not self._gradient.norm():
            return  # its units are dead: else what momentum is left would be raised to whole steps for ever
        ahead = self._gradient.lerp(self.momentum, MOMENTUM)
        step = (ahead.bfloat16() @ self.root.bfloat16()).float() if self._half else ahead @ self.root
        if weight_decay:
            self._matrix.mul_(1 - learning_rate * weight_decay)
        length = step.norm().clamp_(min=torch.finfo(step.dtype).tiny)
        self._matrix.sub_(step.mul_(learning_rate * self._length / length))


def _inverse_root(mean: Tensor) -> Tensor | None:
    """float32[W, W]: (mean + ε)^(−1/2); 0 of a mean that is 0; None: LAPACK gave up, as on a rare one."""
    # on the CPU: a GPU is slower at it, and not every kind can
    mean = mean.cpu()
    size = mean.diagonal().max()
    if size <= 0:
        return torch.zeros_like(mean)
    try:
        values, vectors = torch.linalg.eigh(mean / size)  # of numbers that are not too small to reckon with
    except RuntimeError:
        return None
    roots = (values.clamp(min=0) + FLOOR * values[-1]).mul_(size).rsqrt_()
    root = (vectors * roots) @ vectors.t()
    # it may also give up in silence
    return root if torch.isfinite(root).all() else None
