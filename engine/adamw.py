"""The optimizer: AdamW, by torch's own fused kernel.

Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. `torch.optim` calls the same kernel, but
loads torch's compiler for it, which takes a second: a quarter of what a learner takes to be there again.
"""

import torch
from torch import Tensor

BETAS = (0.9, 0.999)
EPSILON = 1e-8


class AdamW:
    """Moves a vector of weights against its gradient.

    Attributes:
      first, second: float32[N], the moments: running means of gradient and squared gradient.
      moves: float32[], how often it moved.
    """

    def __init__(self, flat: Tensor, gradient: Tensor) -> None:
        """For weights and their gradient, float32[N] on one device; both are read and written in place."""
        self._flat, self._gradient = flat, gradient
        self.first, self.second = torch.zeros_like(flat), torch.zeros_like(flat)
        self.moves = torch.zeros((), device=flat.device)

    def move(self, learning_rate: float, weight_decay: float) -> None:
        """One step."""
        self.moves += 1
        torch._fused_adamw_(
            [self._flat],
            [self._gradient],
            [self.first],
            [self.second],
            [],
            [self.moves],
            lr=learning_rate,
            beta1=BETAS[0],
            beta2=BETAS[1],
            weight_decay=weight_decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )
