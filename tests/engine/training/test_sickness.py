"""When learning makes no sense any more."""

import math

import pytest

from engine.contracts.learner import Trained
from engine.contracts.reasons import ILL
from engine.training.sickness import ABSURD, sickness


def after(loss: float, gradient_norm: float = 1.0) -> str:
    return sickness(Trained(number=7, loss=loss, belief_loss=0.0, gradient_norm=gradient_norm))


@pytest.mark.parametrize(
    ("loss", "norm", "said"),
    [
        (math.nan, 1.0, "loss nan at step 7: that step moved no weights"),
        (0.2, math.inf, "loss 0.2 at step 7: that step moved no weights"),
        (5e6, 1.0, "loss 5e+06 at step 7, where no game is worth more than 25"),
    ],
)
def test_it_says_what_is_wrong_and_what_to_do(loss: float, norm: float, said: str) -> None:
    found = after(loss, norm)
    assert found.startswith(said)
    assert found.startswith(ILL)
    assert "restore a generation, or lower the learning rate" in found


@pytest.mark.parametrize("loss", [0.0, 0.3, 24.0, ABSURD])
def test_losses_that_games_can_have_are_none(loss: float) -> None:
    assert after(loss) == ""
