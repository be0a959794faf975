"""What learning makes small, and how a step makes it smaller, written out in NumPy, one number at a time."""

import math

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def value_loss(values: Vector, moves: list[int], targets: list[float], bend: float) -> float:
    """Mean Huber loss of the values of the moves made."""
    losses = []
    for row, move, target in zip(values, moves, targets, strict=True):
        error = abs(row[move] - target)
        losses.append(error**2 / 2 if error < bend else bend * (error - bend / 2))
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
        self.average, self.acting = self.weights.copy(), self.weights.copy()
        self.first, self.second, self.moves = np.zeros_like(self.weights), np.zeros_like(self.weights), 0

    def step(
        self,
        gradient: NDArray[np.float32],
        rate: float,
        decay: float,
        clip: float,
        number: int,
        averages: tuple[float, float],
    ) -> float:
        """Move the weights, and both averages after them; returns the length of the gradient."""
        slope = gradient.astype(np.float64)
        length = math.sqrt((slope**2).sum())
        if length > clip:
            slope = slope * clip / length
        self.moves += 1
        self.first = 0.9 * self.first + 0.1 * slope
        self.second = 0.999 * self.second + 0.001 * slope**2
        first, second = self.first / (1 - 0.9**self.moves), self.second / (1 - 0.999**self.moves)
        self.weights = self.weights * (1 - rate * decay) - rate * first / (np.sqrt(second) + 1e-8)
        keep, keep_acting = averages
        kept = min(keep_acting, number / (number + 10))
        self.acting = kept * self.acting + (1 - kept) * self.weights
        if number % 10 == 0:
            kept = min(keep**10, number / (number + 100))
            self.average = kept * self.average + (1 - kept) * self.weights
        return length


class PlainWhitening:
    """What engine.learning.whitening says of a matrix with no fewer rows than columns.

    `as_wide`: how many columns its steps are as long as; 0: as many as it has.
    """

    def __init__(self, matrix: NDArray[np.float32], as_wide: int = 0) -> None:
        self.length = math.sqrt((as_wide or matrix.shape[1]) / matrix.shape[1])
        self.matrix = matrix.astype(np.float64)
        self.momentum, self.moves = np.zeros_like(self.matrix), 0
        self.mean = self.root = np.zeros((matrix.shape[1], matrix.shape[1]))

    def step(self, gradient: NDArray[np.float32], rate: float, decay: float) -> None:
        """Move the matrix."""
        slope = gradient.astype(np.float64)
        self.moves += 1
        if self.moves <= 20 or self.moves % 4 == 0:
            new = max(0.1, 1 / self.moves)
            self.mean = (1 - new) * self.mean + new * slope.T @ slope
        if self.moves <= 20 or self.moves % 20 == 0:
            values, vectors = np.linalg.eigh(self.mean)
            self.root = vectors @ np.diag((np.maximum(values, 0) + 1e-4 * values[-1]) ** -0.5) @ vectors.T
        self.momentum = 0.95 * self.momentum + 0.05 * slope
        step = (0.05 * slope + 0.95 * self.momentum) @ self.root
        size = math.sqrt((step**2).mean())
        self.matrix = self.matrix * (1 - rate * decay) - rate * 0.2 * self.length * step / size
