"""The optimizer: matrices move as `whitening` beside it says, all other weights as `adamw` does."""

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.learning import adamw
from engine.learning.whitening import Whitening, whitened
from engine.networks import weights


class Optimizer:
    """Moves a vector of weights against its gradient.

    Attributes:
      state: all it remembers, by name: `first_moment`, float32[N], running means of the gradient;
        `second_moment`, float32[N], those of its squares, 0 for matrices; `whitening`, float32[K], of each
        matrix the mean of GᵀG and its inverse root, one after the other; `optimizer_step`, float32[1], how
        often it moved. Writing to it changes the optimizer.
    """

    def __init__(
        self, flat: Tensor, gradient: Tensor, shapes: Sequence[torch.Size], *, half: bool = False
    ) -> None:
        """For weights and their gradient, float32[N] on one device, both read and written in place.

        Args:
          flat: the weights of parameters, side by side.
          gradient: likewise.
          shapes: of the parameters.
          half: whether matrices are multiplied in bfloat16.
        """
        sides = [min(shape) for shape in shapes if whitened(shape)]
        self._moves = torch.zeros(1, device=flat.device)
        self.state = {
            "first_moment": torch.zeros_like(flat),
            "second_moment": torch.zeros_like(flat),
            "whitening": torch.zeros(sum(2 * side * side for side in sides), device=flat.device),
            "optimizer_step": self._moves,
        }
        memory = iter(weights.views(self.state["whitening"], [(side, side) for side in sides for _ in "12"]))
        lying = (flat, gradient, self.state["first_moment"], self.state["second_moment"])
        parameters = list(zip(shapes, *(weights.views(vector, shapes) for vector in lying), strict=True))
        self._matrices = [
            Whitening(matrix, slope, momentum, next(memory), next(memory), half=half)
            for shape, matrix, slope, momentum, _ in parameters
            if whitened(shape)
        ]
        others = [four for shape, *four in parameters if not whitened(shape)]
        self._others = adamw.Moved(*(list(part) for part in zip(*others, strict=True)))

    def move(self, number: int, learning_rate: float, weight_decay: float) -> None:
        """Step `number`, from 1."""
        self._moves += 1  # stands still at 2²⁴, where AdamW has long ceased to ask
        adamw.move(self._others, self._moves[0], learning_rate, weight_decay)
        for matrix in self._matrices:
            matrix.move(number, learning_rate, weight_decay)
