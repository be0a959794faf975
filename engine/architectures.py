"""Which network a `[model]` section asks for."""

from engine.config import ModelSection
from engine.network import Network
from engine.perceptron import Perceptron


def build(model: ModelSection) -> Network:
    """A network with fresh weights, drawn from torch's global generator.

    Raises NotImplementedError where the architecture is a transformer.
    """
    match model.architecture:
        case "mlp":
            return Perceptron(model.max_players, model.hidden_size, model.hidden_layers)
        case "transformer":
            raise NotImplementedError("the transformer is not made yet; architecture = mlp is")
