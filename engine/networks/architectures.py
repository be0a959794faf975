"""Which network a `[model]` section asks for."""

from engine.networks.largest import largest_of
from engine.networks.network import Network
from engine.networks.perceptron import Perceptron
from engine.networks.transformer import Transformer
from engine.settings.config import ModelSection


def build(model: ModelSection) -> Network:
    """A network with fresh weights, drawn from torch's global generator.

    Raises ModelError where the numbers make no network.
    """
    match model.architecture:
        case "mlp":
            return Perceptron(largest_of(model), model.hidden_size, model.hidden_layers)
        case "transformer":
            return Transformer(largest_of(model), model.d_model, model.num_heads, model.num_layers)
