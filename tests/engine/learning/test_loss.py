"""Losses, against the same written out number by number, and their slopes against small differences."""

from collections.abc import Callable

import numpy as np
import plain_learning as plain
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.learning.loss import belief_loss, value_loss

Function = Callable[[Tensor], Tensor]


def slopes(function: Function, at: np.ndarray) -> np.ndarray:
    """Of a function of many numbers, by a small difference in each."""
    found, tiny = np.zeros(at.size), 1e-6
    for place in range(at.size):
        step = np.zeros(at.size)
        step[place] = tiny
        step = step.reshape(at.shape)
        ahead, behind = (float(function(torch.tensor(at + sign * step))) for sign in (1, -1))
        found[place] = (ahead - behind) / (2 * tiny)
    return found.reshape(at.shape)


def gradient(function: Function, at: np.ndarray) -> np.ndarray:
    variable = torch.tensor(at, requires_grad=True)
    function(variable).backward()
    assert variable.grad is not None
    return variable.grad.numpy()


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 9), st.floats(0.1, 30), st.floats(0.1, 30))
def test_the_loss_of_values_is_that_of_the_moves_made(
    seed: int, batch: int, spread: float, bend: float
) -> None:
    rng = np.random.default_rng(seed)
    values, targets = rng.normal(size=(batch, 50)) * spread, rng.normal(size=batch) * spread
    moves = rng.integers(0, 50, batch)
    found = value_loss(torch.tensor(values), torch.tensor(moves), torch.tensor(targets), bend)
    assert float(found) == pytest.approx(plain.value_loss(values, moves.tolist(), targets.tolist(), bend))


@pytest.mark.parametrize("bend", [1.0, 4.0])
def test_a_large_error_pulls_no_harder_than_one_at_the_bend(bend: float) -> None:
    values, moves = np.zeros((4, 3)), torch.tensor([0, 1, 2, 0])
    targets = torch.tensor([0.5, 1.0, -25.0, 0.0], dtype=torch.float64)
    found = gradient(lambda at: value_loss(at, moves, targets, bend), values)
    wanted = np.zeros((4, 3))
    wanted[0, 0], wanted[1, 1], wanted[2, 2] = -0.5 / 4, -1 / 4, bend / 4
    assert found == pytest.approx(wanted)


def test_the_slopes_of_values_are_those_of_small_differences() -> None:
    rng = np.random.default_rng(1)
    values, moves = rng.normal(size=(6, 7)) * 2, torch.tensor(rng.integers(0, 7, 6))
    targets = torch.tensor(rng.normal(size=6) * 2)

    def loss(at: Tensor) -> Tensor:
        return value_loss(at, moves, targets, 1.5)

    assert gradient(loss, values) == pytest.approx(slopes(loss, values), abs=1e-7)


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 9), st.floats(0, 1))
def test_the_loss_of_beliefs_is_that_of_the_cards_held(seed: int, batch: int, empty: float) -> None:
    rng = np.random.default_rng(seed)
    beliefs = rng.normal(size=(batch, 5, 10)) * 4
    own = (rng.integers(1, 26, (batch, 5)) * (rng.random((batch, 5)) >= empty)).astype(np.uint8)
    found = belief_loss(torch.tensor(beliefs), torch.tensor(own))
    assert float(found) == pytest.approx(plain.belief_loss(beliefs, own))


def test_the_slopes_of_beliefs_are_those_of_small_differences_and_none_for_empty_slots() -> None:
    rng = np.random.default_rng(2)
    beliefs = rng.normal(size=(3, 5, 10))
    own = torch.tensor(rng.integers(0, 3, (3, 5)) * 11, dtype=torch.uint8)
    assert 0 < int((own == 0).sum()) < own.numel()

    def loss(at: Tensor) -> Tensor:
        return belief_loss(at, own)

    found = gradient(loss, beliefs)
    assert found == pytest.approx(slopes(loss, beliefs), abs=1e-7)
    assert (found[own.numpy() == 0] == 0).all()


def test_where_nobody_holds_a_card_there_is_nothing_to_believe() -> None:
    beliefs, own = np.random.default_rng(3).normal(size=(4, 5, 10)), torch.zeros(4, 5, dtype=torch.uint8)
    assert float(belief_loss(torch.tensor(beliefs), own)) == 0
    assert (gradient(lambda at: belief_loss(at, own), beliefs) == 0).all()


def test_whoever_knows_each_card_is_not_surprised() -> None:
    own = torch.arange(1, 26, dtype=torch.uint8).reshape(5, 5)
    sure = torch.zeros(5, 5, 10)
    for hand, slot in np.ndindex(5, 5):
        sure[hand, slot, [hand, 5 + slot]] = 50.0
    assert float(belief_loss(sure, own)) == pytest.approx(0, abs=1e-6)
    assert float(belief_loss(torch.zeros(5, 5, 10), own)) == pytest.approx(2 * np.log(5))


def test_cards_may_come_as_a_slice_of_samples() -> None:
    samples = torch.arange(1, 25, dtype=torch.uint8).reshape(3, 8)
    beliefs = torch.linspace(-2, 2, 150).reshape(3, 5, 10)
    cut, whole = samples[:, 2:7], samples[:, 2:7].clone()
    assert torch.equal(belief_loss(beliefs, cut), belief_loss(beliefs, whole))
