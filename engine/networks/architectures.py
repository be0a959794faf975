"""Which network a `[model]` section asks for."""

from engine.networks.network import Network
from engine.networks.perceptron import Perceptron
from engine.networks.tokens import Largest
from engine.networks.transformer import Transformer
from engine.settings.config import ModelSection


def build(model: ModelSection) -> Network:
    """A network with fresh weights, drawn from torch's global generator.

    Raises ModelError where the numbers make no network.
    """
    match model.architecture:
        case "mlp":
            return Perceptron(model.max_players, model.hidden_size, model.hidden_layers)
        case "transformer":
            largest = Largest(model.max_players, model.max_colors, model.max_ranks, model.max_hand_size)
            return Transformer(largest, model.d_model, model.num_heads, model.num_layers)
