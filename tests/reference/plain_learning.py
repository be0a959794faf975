"""What learning makes small, and how a step makes it smaller, written out in NumPy, one number at a time."""

import math

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def value_loss(values: Vector, moves: list[int], targets: list[float]) -> float:
    """Mean Huber loss of the values of the moves made."""
    losses = []
    for row, move, target in zip(values, moves, targets, strict=True):
        error = abs(row[move] - target)
        losses.append(error**2 / 2 if error < 1 else error - 0.5)
    return sum(losses) / len(losses)


def belief_loss(beliefs: Vector, own: NDArray[np.uint8]) -> float:
    """Mean over the cards held of the surprise at colour and rank; 0 without cards."""
    surprises = []
    for logits_of_hand, hand in zip(beliefs, own, strict=True):
        for logits, card in zip(logits_of_hand, hand, strict=True):
            if card:
                colour, rank = divmod(int(card) - 1, 5)
                surprises.append(_surprise(logits[:5], colour) + _surprise(logits[5:], rank))
    return sum(surprises) / len(surprises) if surprises else 0.0


def _surprise(logits: Vector, truth: int) -> float:
    return math.log(sum(math.exp(logit) for logit in logits)) - logits[truth]


class PlainAdamW:
    """Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2."""

    def __init__(self, weights: NDArray[np.float32]) -> None:
        self.weights = weights.astype(np.float64)
        self.average = self.weights.copy()
        self.first, self.second, self.moves = np.zeros_like(self.weights), np.zeros_like(self.weights), 0

    def step(
        self, gradient: NDArray[np.float32], rate: float, decay: float, clip: float, keep: float, number: int
    ) -> float:
        """Move the weights, and their average after them; returns the length of the gradient."""
        slope = gradient.astype(np.float64)
        length = math.sqrt((slope**2).sum())
        if length > clip:
            slope = slope * clip / length
        self.moves += 1
        self.first = 0.9 * self.first + 0.1 * slope
        self.second = 0.999 * self.second + 0.001 * slope**2
        first, second = self.first / (1 - 0.9**self.moves), self.second / (1 - 0.999**self.moves)
        self.weights = self.weights * (1 - rate * decay) - rate * first / (np.sqrt(second) + 1e-8)
        if number % 10 == 0:
            kept = min(keep**10, number / (number + 100))
            self.average = kept * self.average + (1 - kept) * self.weights
        return length
