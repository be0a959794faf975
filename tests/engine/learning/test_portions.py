"""A step that does not fit into memory is made in parts, to the same end; what can never fit is refused."""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from made_actor import made_actor

from engine import chance, preset
from engine.contracts.learner import Greeting, LearnerError, Step
from engine.learning.portions import is_out_of_memory
from engine.learning.pupil import Pupil
from engine.networks.largest import Largest
from engine.networks.manner import Manner
from engine.networks.network import judge_of
from engine.networks.perceptron import Perceptron
from engine.settings.config import ModelSection

CPU = torch.device("cpu")
MLP = ModelSection(architecture="mlp", max_players=2, hidden_size=16, hidden_layers=2)
TRANSFORMER = ModelSection(max_players=2, d_model=16, num_heads=2, num_layers=1)


class Small:
    """A body on a device with room for so many rows at once."""

    def __init__(self, body: Callable[[Any], Any], room: int) -> None:
        self.body, self.room, self.tried = body, room, []

    def __call__(self, seen: Any) -> Any:
        rows = len(seen.whole.numbers) if hasattr(seen, "whole") else len(seen)
        self.tried.append(rows)
        if rows > self.room:
            raise torch.OutOfMemoryError(f"CUDA out of memory. Tried to allocate {rows} rows")
        return self.body(seen)


@pytest.fixture(scope="module")
def samples() -> torch.Tensor:
    torch.manual_seed(0)
    actor = made_actor([preset("very-small")] * 12, chance.stream(6), exploration=0.5, moves=8)
    played = actor.chunk(judge_of(Perceptron(Largest(2), width=8, depth=1))).copy()
    return torch.from_numpy(played.view(np.uint8).reshape(len(played), -1))


def pupil_of(model: ModelSection, room: int | None = None, manner: Manner | None = None) -> Pupil:
    greeting = Greeting(run="a", model=model, capacity=96, weight_average=0.9, acting_average=0.5, seed=3)
    pupil = Pupil(greeting, CPU, manner or Manner(precision="float32"))
    if room is not None:
        pupil._body = Small(pupil._body, room)
    return pupil


def step(number: int) -> Step:
    return Step(
        number=number,
        slots=np.zeros(0, np.uint32),
        learning_rate=1e-3,
        weight_decay=0.0,
        gradient_clip=1.0,
        belief_weight=0.5,
        bend=1.0,
    )


@pytest.mark.parametrize("model", [MLP, TRANSFORMER])
def test_a_step_in_parts_is_the_same_step(model: ModelSection, samples: torch.Tensor) -> None:
    whole, parts = pupil_of(model), pupil_of(model, room=40)
    for number in (1, 2, 3):
        one, other = whole.learn(step(number), samples), parts.learn(step(number), samples)
        assert other.loss == pytest.approx(one.loss, rel=1e-4)
        assert other.belief_loss == pytest.approx(one.belief_loss, rel=1e-4)
        assert other.gradient_norm == pytest.approx(one.gradient_norm, rel=1e-3)
    torch.testing.assert_close(parts.flat, whole.flat, rtol=1e-3, atol=1e-4)
    assert parts.step == whole.step == 3


def test_what_was_too_much_is_said_once_and_not_tried_again(
    samples: torch.Tensor, caplog: pytest.LogCaptureFixture
) -> None:
    pupil = pupil_of(MLP, room=50)
    with caplog.at_level(logging.WARNING):
        pupil.learn(step(1), samples)
        pupil.learn(step(2), samples)
    assert pupil._body.tried == [96, 48, 48, 48, 48]
    assert pupil.portions.most == 48
    assert [record.getMessage()[:34] for record in caplog.records] == ["no room for 96 samples at once: fr"]


def test_where_one_sample_is_too_much_the_step_is_refused_and_nothing_moves(samples: torch.Tensor) -> None:
    pupil = pupil_of(MLP, room=0)
    before = pupil.digest
    with pytest.raises(LearnerError, match="not even|even one sample"):
        pupil.learn(step(1), samples)
    assert pupil._body.tried == [96, 48, 24, 12, 6, 3, 2, 1]
    assert (pupil.step, pupil.digest) == (0, before)


def test_other_failures_are_not_taken_for_a_lack_of_memory(samples: torch.Tensor) -> None:
    pupil = pupil_of(MLP)
    pupil._body = lambda seen: torch.zeros(2) @ torch.zeros(3)
    with pytest.raises(RuntimeError, match="size"):
        pupil.learn(step(1), samples)
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 18.1 GB)"))


@pytest.mark.parametrize("model", [MLP, TRANSFORMER])
def test_in_bfloat16_a_step_is_nearly_the_same_and_weights_stay_float32(
    model: ModelSection, samples: torch.Tensor
) -> None:
    fine, coarse = pupil_of(model), pupil_of(model, manner=Manner(precision="bfloat16"))
    one, other = fine.learn(step(1), samples), coarse.learn(step(1), samples)
    assert other.loss == pytest.approx(one.loss, rel=0.05)
    assert other.loss != one.loss
    assert other.gradient_norm == pytest.approx(one.gradient_norm, rel=0.1)
    assert coarse.flat.dtype == torch.float32
