"""Returns of Q(λ), against the definition written out for one game."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.players.returns import q_lambda


def slow_return(t: int, rewards, values, ended, explored, discount: float, trace: float) -> float:
    """The definition, forwards: a λ-weighted mean of n-step returns, up to where the trace is cut."""
    moves = len(rewards)
    total, weight, earned, share = 0.0, 1.0, 0.0, 1.0
    for n in range(t, moves):
        earned += share * rewards[n]
        share *= discount
        if ended[n]:
            return total + weight * earned
        last = n == moves - 1 or explored[n + 1]
        portion = 1.0 if last else 1.0 - trace
        total += weight * portion * (earned + share * values[n + 1])
        if last:
            return total
        weight *= trace
    raise AssertionError("a return always ends")


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.integers(1, 12), st.floats(0, 1), st.floats(0, 1))
def test_every_return_is_the_lambda_weighted_mean_of_n_step_returns(
    seed: int, moves: int, discount: float, trace: float
) -> None:
    rng = np.random.default_rng(seed)
    rewards = rng.integers(-3, 3, (moves, 5)).astype(np.float32)
    values = rng.normal(size=(moves + 1, 5)).astype(np.float32)
    ended, explored = rng.random((moves, 5)) < 0.2, rng.random((moves + 1, 5)) < 0.2
    returns = np.empty_like(rewards)
    q_lambda(rewards, values, ended, explored, discount, trace, returns)
    for g in range(5):
        for t in range(moves):
            one_game = (rewards[:, g], values[:, g], ended[:, g], explored[:, g])
            assert returns[t, g] == pytest.approx(slow_return(t, *one_game, discount, trace), abs=1e-4)


def test_nothing_is_learned_from_beyond_the_end_of_a_game_or_an_explored_move() -> None:
    rewards, ended = np.array([[1], [2], [4]], np.float32), np.array([[False], [True], [False]])
    explored, values = np.zeros((4, 1), dtype=bool), np.full((4, 1), 100, np.float32)
    returns = np.empty_like(rewards)
    q_lambda(rewards, values, ended, explored, 1.0, 1.0, returns)
    assert returns[:, 0].tolist() == [3, 2, 104]
    explored[1] = True
    q_lambda(rewards, values, ended, explored, 1.0, 1.0, returns)
    assert returns[:, 0].tolist() == [101, 2, 104]
