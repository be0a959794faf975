"""AdamW, by torch's own fused kernel.

Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. `torch.optim` calls the same kernel, but
loads torch's compiler for it, which takes a second: a quarter of what a learner takes to be there again.
"""

from typing import NamedTuple

import torch
from torch import Tensor

BETAS = (0.9, 0.999)
EPSILON = 1e-8


class Moved(NamedTuple):
    """Weights that move together, and what is remembered of each."""

    weights: list[Tensor]
    gradients: list[Tensor]
    first: list[Tensor]  # moments: running means of gradients …
    second: list[Tensor]  # … and of their squares


def move(moved: Moved, moves: Tensor, learning_rate: float, weight_decay: float) -> None:
    """One step, the one of number `moves` (float32[], from 1)."""
    torch._fused_adamw_(
        *moved,
        [],
        [moves] * len(moved.weights),
        lr=learning_rate,
        beta1=BETAS[0],
        beta2=BETAS[1],
        weight_decay=weight_decay,
        eps=EPSILON,
        amsgrad=False,
        maximize=False,
    )
