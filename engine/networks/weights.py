"""The weights of a network as one vector: how they are learned, sent, kept and compared."""

import hashlib
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


def flatten(network: nn.Module) -> Tensor:
    """Lay all parameters of a network side by side, and have the network use them there.

    Returns:
      float32[N], in the order of `network.parameters()`: writing to it changes the network.
    """
    parameters = list(network.parameters())
    flat = torch.cat([parameter.detach().reshape(-1) for parameter in parameters])
    for parameter, view in zip(parameters, views(flat, shapes(network)), strict=True):
        parameter.data = view
    return flat


def flatten_gradients(network: nn.Module) -> Tensor:
    """Likewise for gradients: float32[N], zero at first; backward passes add to it."""
    parameters = list(network.parameters())
    flat = torch.zeros(sum(parameter.numel() for parameter in parameters), device=parameters[0].device)
    for parameter, view in zip(parameters, views(flat, shapes(network)), strict=True):
        parameter.grad = view
    return flat


def digest(weights: NDArray[np.float32]) -> str:
    """SHA-256 of weights (float32[N]), as hex digits."""
    return hashlib.sha256(np.ascontiguousarray(weights).tobytes()).hexdigest()


def shapes(network: nn.Module) -> list[torch.Size]:
    """The shapes of all parameters, in the order in which they are laid side by side."""
    return [parameter.shape for parameter in network.parameters()]


def views(flat: Tensor, shapes: Sequence[Sequence[int]]) -> list[Tensor]:
    """Parts of a vector, one after the other, as tensors of these shapes."""
    ends = np.cumsum([0, *(math.prod(shape) for shape in shapes)]).tolist()
    return [flat[start:end].view(*shape) for (start, end), shape in zip(pairwise(ends), shapes, strict=True)]
