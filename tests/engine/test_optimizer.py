"""The optimizer whitens what is a matrix, and leaves everything else to AdamW."""

import numpy as np
import plain_learning as plain
import pytest
import torch

from engine import weights
from engine.optimizer import Optimizer
from engine.whitening import whitened

SHAPES = [torch.Size(shape) for shape in [(48, 33), (33,), (32, 40), (31, 64), (4, 5, 6)]]
SIZE = sum(shape.numel() for shape in SHAPES)


class Moved:
    """Weights, their gradient, and what moves them."""

    def __init__(self) -> None:
        self.flat = torch.randn(SIZE, generator=torch.Generator().manual_seed(1))
        self.gradient = torch.zeros(SIZE)
        self.optimizer = Optimizer(self.flat, self.gradient, SHAPES)

    def move(self, number: int, decay: float = 0.0) -> None:
        # few directions that all share, and a little of all others: what whitening is for
        drawn = torch.randn(SIZE, generator=torch.Generator().manual_seed(number))
        self.gradient.copy_(drawn * 0.1 + torch.sin(torch.arange(SIZE)))
        self.optimizer.move(0.01, decay)

    def parts(self) -> list[np.ndarray]:
        return [part.numpy() for part in weights.views(self.flat, SHAPES)]

    def slopes(self) -> list[np.ndarray]:
        return [part.numpy() for part in weights.views(self.gradient, SHAPES)]


def test_only_matrices_with_both_sides_long_enough_are_whitened() -> None:
    assert [whitened(shape) for shape in SHAPES] == [True, False, True, False, False]


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_matrices_move_as_written_out_whichever_way_they_lie(decay: float) -> None:
    moved = Moved()
    tall, wide = plain.PlainWhitening(moved.parts()[0]), plain.PlainWhitening(moved.parts()[2].T)
    for number in range(1, 65):
        moved.move(number, decay)
        tall.step(moved.slopes()[0], 0.01, decay)
        wide.step(moved.slopes()[2].T, 0.01, decay)
    np.testing.assert_allclose(moved.parts()[0], tall.matrix, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(moved.parts()[2], wide.matrix.T, rtol=1e-3, atol=1e-3)


def test_everything_else_moves_as_adamw_does() -> None:
    moved = Moved()
    twins = {index: plain.PlainAdamW(moved.parts()[index].ravel()) for index in (1, 3, 4)}
    for number in range(1, 9):
        moved.move(number, 0.3)
        for index, twin in twins.items():
            twin.step(moved.slopes()[index].ravel(), 0.01, 0.3, 1e9, number, averages=(0.9, 0.5))
    for index, twin in twins.items():
        np.testing.assert_allclose(moved.parts()[index].ravel(), twin.weights, rtol=1e-5, atol=1e-6)


def test_a_direction_that_all_units_share_does_not_drown_the_others() -> None:
    moved = Moved()
    before = moved.parts()[0].copy()
    for number in range(1, 65):
        moved.move(number)
    step, slope = moved.parts()[0] - before, moved.slopes()[0]
    spread = [np.linalg.svd(each, compute_uv=False) for each in (step, slope)]
    assert spread[0][0] / spread[0][10] < 0.5 * spread[1][0] / spread[1][10]


def test_a_matrix_without_a_gradient_stays_as_it_is() -> None:
    moved = Moved()
    before = moved.flat.clone()
    moved.optimizer.move(0.01, 0.0)
    assert torch.equal(moved.flat, before)


@pytest.mark.parametrize("made", [0, 3, 25])
def test_what_it_remembers_is_all_it_takes_to_go_on_bit_for_bit(made: int) -> None:
    moved, other = Moved(), Moved()
    for number in range(1, made + 1):
        moved.move(number)
    other.flat.copy_(moved.flat)
    for name, tensor in moved.optimizer.state.items():
        other.optimizer.state[name].copy_(tensor)
    for number in range(made + 1, made + 30):
        moved.move(number)
        other.move(number)
    assert torch.equal(moved.flat, other.flat)
