"""How finely is reckoned: bfloat16 where it pays, and then next to what float32 gives."""

import numpy as np
import pytest
import torch
from made_actor import made_actor

from engine import chance, preset
from engine.contracts.learner import Greeting, Step
from engine.learning.learning import Learning
from engine.networks import weights
from engine.networks.architectures import build
from engine.networks.manner import Manner
from engine.networks.network import judge_of, legal_moves, values_of
from engine.settings.config import ModelSection

MLP = ModelSection(architecture="mlp", max_players=2, hidden_size=64)
TRANSFORMER = ModelSection(architecture="transformer", max_players=2, d_model=32, num_heads=2, num_layers=1)
CPU = torch.device("cpu")
COARSE, EXACT = Manner(precision="bfloat16"), Manner(precision="float32")


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    network = build(MLP)
    return made_actor([preset("full")] * 64, chance.stream(1)).chunk(judge_of(network)).copy()


def test_a_cpu_reckons_in_halves_where_it_has_instructions_for_it() -> None:
    has = torch.cpu.get_capabilities()
    quick = bool(has.get("avx512_bf16") or has.get("amx_bf16"))
    assert Manner().half(CPU, "mlp") is Manner().half(CPU, "transformer") is quick
    assert COARSE.half(CPU, "mlp")
    assert not EXACT.half(CPU, "mlp")


@pytest.mark.parametrize("model", [MLP, TRANSFORMER])
def test_values_in_halves_are_float32_and_close(model: ModelSection, samples: np.ndarray) -> None:
    torch.manual_seed(0)
    network = build(model)
    rows = samples["row"].copy()
    exact = values_of(network, rows)
    coarse = values_of(network, rows, COARSE.sums(CPU, model.architecture))
    legal = legal_moves(torch.from_numpy(rows)).numpy()
    assert coarse.dtype == np.float32
    assert 0 < np.abs(coarse - exact)[legal].max() < 0.03
    assert (coarse == exact)[~legal].all()
    # the heads are reckoned in full: 8 bits would leave few different values
    assert len(np.unique(coarse[legal])) > 0.9 * legal.sum()


@pytest.mark.parametrize("model", [MLP, TRANSFORMER])
def test_steps_in_halves_go_the_same_way(model: ModelSection, samples: np.ndarray) -> None:
    moved, outcomes = [], []
    for manner in (EXACT, COARSE):
        learning = Learning(manner=manner)
        learning.hello(
            Greeting(run="r", model=model, capacity=2048, weight_average=0.9, acting_average=0.0, seed=3)
        )
        learning.load(b"")
        learning.extend(0, samples)
        before = learning.weights(-1)
        assert before
        (outcome,) = learning.train([step()])
        after = learning.weights(0)
        assert after
        outcomes.append((outcome.loss, outcome.gradient_norm))
        moved.append((after.flat - before.flat).astype(np.float64))
    exact, coarse = moved
    assert outcomes[1] == pytest.approx(outcomes[0], rel=0.02)
    assert exact @ coarse > 0.97 * np.linalg.norm(exact) * np.linalg.norm(coarse)
    assert (exact != coarse).any()


def step() -> Step:
    return Step(
        number=1,
        slots=np.arange(1024, dtype=np.uint32),
        learning_rate=1e-3,
        weight_decay=0.0,
        gradient_clip=1e9,
        belief_weight=0.0,
        bend=1.0,
    )


def test_weights_themselves_stay_float32() -> None:
    network = build(MLP)
    with COARSE.sums(CPU, "mlp"):
        network.body(network.look(torch.zeros(1, 169, dtype=torch.uint8)))
    assert weights.flatten(network).dtype == torch.float32
