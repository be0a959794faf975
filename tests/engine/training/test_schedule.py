"""What changes on the way of a run changes where its settings say."""

import math

import msgspec
import pytest

from engine.settings.config import Config, TrainingSection
from engine.training.schedule import bend, learning_rate

CONFIG = msgspec.structs.replace(
    Config(),
    training=TrainingSection(learning_rate=1e-3, decay_start=0.5, bend=1.0, late_bend=4.0, bend_change=0.001),
)


@pytest.mark.parametrize(
    ("share", "rate"), [(0.0, 1e-3), (0.499, 1e-3), (0.75, 5e-4), (1.0, 0.0), (math.nan, 1e-3)]
)
def test_the_learning_rate_falls_to_nothing_at_the_end_if_there_is_one(share: float, rate: float) -> None:
    assert learning_rate(CONFIG, share) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("share", "trained", "wanted"),
    [
        (0.0, 0, 1.0),
        (0.1, 999, 1.0),
        (0.1, 1000, 4.0),
        (0.5, 10, 4.0),
        (math.nan, 999, 1.0),
        (math.nan, 1000, 4.0),
    ],
)
def test_strike_outs_count_in_full_once_enough_is_learned_or_the_rate_falls(
    share: float, trained: int, wanted: float
) -> None:
    assert bend(CONFIG, share, trained) == wanted
