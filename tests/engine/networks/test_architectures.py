"""A `[model]` section becomes the network it asks for."""

import torch

from engine import chance, preset
from engine.game import observation
from engine.game.games import Games
from engine.networks.architectures import build
from engine.networks.network import values_of
from engine.networks.perceptron import Perceptron
from engine.settings.config import ModelSection


def test_mlp_is_a_perceptron_of_the_size_asked_for() -> None:
    network = build(ModelSection(architecture="mlp", max_players=3, hidden_size=24, hidden_layers=3))
    assert isinstance(network, Perceptron)
    assert network.layout.players == 3
    widths = [layer.out_features for layer in network.layers if isinstance(layer, torch.nn.Linear)]
    assert (network.first.bias.shape, widths) == ((24,), [24, 24])
    rows = observation.observe(Games.shuffled([preset("full", 3)] * 4, chance.stream(1)))
    assert values_of(network, rows).shape == (4, 50)


def test_the_same_seed_draws_the_same_weights() -> None:
    def weights() -> list[float]:
        torch.manual_seed(5)
        model = ModelSection(architecture="mlp", max_players=2, hidden_size=8, hidden_layers=1)
        return torch.nn.utils.parameters_to_vector(build(model).parameters()).tolist()

    assert weights() == weights()
