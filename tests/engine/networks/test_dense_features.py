"""Features as torch reckons them, against those of the kernels; and a perceptron that learns from them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine import Games, Variant, chance, preset
from engine.game import observation
from engine.networks.dense_features import DenseFeatures
from engine.networks.features import expand
from engine.networks.layout import Layout
from engine.networks.perceptron import Perceptron
from engine.networks.touched import OWN_MARKS, Bags

VARIANTS = [
    *(preset(name, players) for name in ("full", "small", "very-small") for players in (2, 3, 4, 5)),
    Variant(4, 3, 4, 3),
    Variant(2, 5, 1, 5),
    Variant(3, 1, 5, 1),
]


def rows_after(seed: int, turns: int, layout: Layout) -> np.ndarray:
    """Rows of the games that a layout is large enough for."""
    stream = chance.stream(seed)
    playable = [variant for variant in VARIANTS if all(map(int.__le__, sizes_of(variant), layout))]
    games = Games.shuffled(playable * 2, stream)
    for _ in range(turns):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
    return observation.observe(games)


def sizes_of(variant: Variant) -> tuple[int, ...]:
    return variant.players, variant.colours, variant.ranks, variant.hand_size


LAYOUTS = [
    Layout(2),
    Layout(3),
    Layout(4),
    Layout(5),
    Layout(2, 2, 5, 2),
    Layout(4, 3, 4, 4),
    Layout(5, 5, 5, 4),
]


def beside(numbers: np.ndarray, bags: Bags, marks: int) -> np.ndarray:
    """float32[bags, A + F]: numbers, then how often each mark is in a bag."""
    table = np.zeros((len(numbers), marks), dtype=np.float32)
    np.add.at(table, (np.repeat(np.arange(len(table)), np.diff(bags.starts)), bags.marks), 1)
    return np.concatenate([numbers, table], axis=1)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 60), st.sampled_from(LAYOUTS))
def test_every_feature_is_the_kernels_bit_for_bit(seed: int, turns: int, layout: Layout) -> None:
    rows = rows_after(seed, turns, layout)
    made = DenseFeatures(layout)(torch.from_numpy(rows))
    by_kernel = expand(rows, layout)
    own = by_kernel.numbers[:, : layout.hand_size * layout.own_numbers].reshape(-1, layout.own_numbers)
    nothing = np.empty((len(rows) * layout.hints, 0), dtype=np.float32)
    for dense, wanted in (
        (made.whole, beside(by_kernel.numbers, by_kernel.whole, layout.marks)),
        (made.own, beside(own, by_kernel.own, OWN_MARKS)),
        (made.hints, beside(nothing, by_kernel.hints, layout.hint_marks)),
    ):
        found = dense.numpy().reshape(-1, dense.shape[-1])
        assert found.shape == wanted.shape
        assert np.argwhere(found != wanted).tolist() == []


def gradients(network: Perceptron, rows: Tensor, seen: object) -> list[Tensor]:
    made = network.body(seen)
    loss = network.weigh(made, rows).clamp(min=-5).square().mean() + network.guess(made).square().mean()
    return [loss, *torch.autograd.grad(loss, list(network.parameters()))]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_perceptron_learns_from_them_what_it_learns_from_the_kernels(layout: Layout) -> None:
    rows = torch.from_numpy(rows_after(5, 20, layout))
    torch.manual_seed(0)
    network = Perceptron(layout, width=48, depth=2)
    here = gradients(network, rows, network.look(rows))
    there = gradients(network, rows, network.dense(rows))
    for one, other in zip(here, there, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-6)


def test_checkpoints_know_nothing_of_where_features_are_made() -> None:
    assert not [name for name in Perceptron(width=8).state_dict() if name.startswith("dense")]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_away_from_the_cpu_nothing_has_to_be_known_of_the_rows(layout: Layout) -> None:
    """The meta device reckons shapes alone: whoever asks it for a number is refused."""
    rows = torch.from_numpy(rows_after(1, 3, layout)).to("meta")
    network = Perceptron(layout, width=16, depth=2).to("meta")
    output = network(rows)
    assert output.values.shape == (len(rows), 50)
    output.values.sum().backward()
    assert network.first.of_marks.grad.device.type == "meta"
