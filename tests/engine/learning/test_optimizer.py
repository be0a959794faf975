"""The optimizer whitens what is a matrix, and leaves everything else to AdamW."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import plain_learning as plain
import pytest
import torch

from engine.learning.optimizer import Optimizer
from engine.learning.whitening import whitened
from engine.networks import weights

SHAPES = [
    torch.Size(shape) for shape in [(48, 33), (33,), (32, 40), (10, 128), (4, 5, 6), (12, 128), (30, 32)]
]
REAL_EIGH = torch.linalg.eigh
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
        self.optimizer.move(number, 0.01, decay)

    def parts(self) -> list[np.ndarray]:
        return [part.numpy() for part in weights.views(self.flat, SHAPES)]

    def slopes(self) -> list[np.ndarray]:
        return [part.numpy() for part in weights.views(self.gradient, SHAPES)]


def test_only_matrices_with_both_sides_long_enough_are_whitened() -> None:
    assert [whitened(shape) for shape in SHAPES] == [True, False, True, False, False, True, False]


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_matrices_move_as_written_out_whichever_way_they_lie(decay: float) -> None:
    moved = Moved()
    tall, wide = plain.PlainWhitening(moved.parts()[0]), plain.PlainWhitening(moved.parts()[2].T)
    narrow = plain.PlainWhitening(moved.parts()[5].T, as_wide=50)
    for number in range(1, 65):
        moved.move(number, decay)
        tall.step(moved.slopes()[0], 0.01, decay)
        wide.step(moved.slopes()[2].T, 0.01, decay)
        narrow.step(moved.slopes()[5].T, 0.01, decay)
    np.testing.assert_allclose(moved.parts()[0], tall.matrix, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(moved.parts()[2], wide.matrix.T, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(moved.parts()[5], narrow.matrix.T, rtol=1e-3, atol=1e-3)


def test_everything_else_moves_as_adamw_does() -> None:
    moved = Moved()
    twins = {index: plain.PlainAdamW(moved.parts()[index].ravel()) for index in (1, 3, 4, 6)}
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
    moved.optimizer.move(1, 0.01, 0.0)
    assert torch.equal(moved.flat, before)


def _raises(matrix: torch.Tensor) -> Any:
    raise torch.linalg.LinAlgError("the algorithm failed to converge")


def _says_nothing(matrix: torch.Tensor) -> Any:
    values, vectors = REAL_EIGH(matrix)
    return values, vectors * math.nan


@pytest.mark.parametrize("eigh", [_raises, _says_nothing])
def test_where_no_root_can_be_had_the_last_one_serves(
    monkeypatch: pytest.MonkeyPatch, eigh: Callable[[torch.Tensor], Any]
) -> None:
    moved = Moved()
    for number in range(1, 40):
        moved.move(number)
    before = moved.flat.clone()
    monkeypatch.setattr(torch.linalg, "eigh", eigh)
    for number in range(40, 100):
        moved.move(number)
    assert torch.isfinite(moved.flat).all()
    assert all(torch.isfinite(tensor).all() for tensor in moved.optimizer.state.values())
    assert not any(
        torch.equal(*pair)
        for pair in zip(weights.views(before, SHAPES), weights.views(moved.flat, SHAPES), strict=True)
    )


def test_gradients_too_small_for_squares_are_whitened_all_the_same() -> None:
    moved, small = Moved(), Moved()
    for number in range(1, 40):
        moved.move(number)
        small.gradient.copy_(moved.gradient * 1e-16)
        small.optimizer.move(number, 0.01, 0.0)
    for whole, part in list(zip(moved.parts(), small.parts(), strict=True))[:1]:
        np.testing.assert_allclose(part, whole, atol=1e-3)


def test_a_matrix_without_any_gradient_stands_still() -> None:
    moved = Moved()
    for number in range(1, 60):
        moved.move(number)
    stood = moved.parts()[0].copy()
    moved.gradient.zero_()
    for number in range(60, 2060):  # what is left of its momentum then has no square that a float32 can hold
        moved.optimizer.move(number, 0.01, 0.0)
    np.testing.assert_array_equal(moved.parts()[0], stood)


def test_roots_are_renewed_after_more_steps_than_a_float32_can_count() -> None:
    moved, many = Moved(), 1 << 24
    moved.optimizer.state["optimizer_step"].fill_(many)
    moved.move(many + 4)
    first = moved.optimizer.state["whitening"].clone()
    for number in range(many + 5, many + 45):
        moved.move(number)
    sides = [(side, side) for side in (33, 33, 32, 32)]  # a mean and a root of each matrix
    after = moved.optimizer.state["whitening"]
    before, now = (weights.views(state, sides)[1] for state in (first, after))
    assert not torch.equal(before, now)


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
