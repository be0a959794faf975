"""Weights as one vector: it and the network are the same memory."""

import hashlib

import numpy as np
import torch

from engine.networks import weights
from engine.networks.largest import Largest
from engine.networks.perceptron import Perceptron


def small_network() -> Perceptron:
    torch.manual_seed(4)
    return Perceptron(Largest(2), width=8, depth=1)


def laid_out(network: torch.nn.Module) -> np.ndarray:
    return np.concatenate([parameter.detach().numpy().ravel() for parameter in network.parameters()])


def test_what_is_written_to_one_shows_in_the_other() -> None:
    network = small_network()
    before = laid_out(network).copy()
    flat = weights.flatten(network)
    assert (flat.numpy() == before).all()
    flat.copy_(torch.arange(len(flat)))
    assert (laid_out(network) == np.arange(len(flat))).all()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2)
    assert (flat.numpy() == 2 * np.arange(len(flat))).all()


def test_the_order_is_that_of_the_parameters_in_every_process() -> None:
    # which order that is: test_perceptron.py
    one, other = small_network(), small_network()
    assert torch.equal(weights.flatten(one), weights.flatten(other))
    weights.flatten(one).mul_(3)
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, 3 * theirs)


def test_gradients_add_up_in_their_vector() -> None:
    network, rows = small_network(), torch.zeros(3, 169, dtype=torch.uint8)

    def loss() -> torch.Tensor:
        said = network(rows)
        return said.beliefs.square().mean() + said.values.square().mean()

    wanted = torch.autograd.grad(loss(), list(network.parameters()))
    plain = torch.cat([each.reshape(-1) for each in wanted])
    gradients = weights.flatten_gradients(network)
    assert not gradients.any()
    loss().backward()
    assert torch.equal(gradients, plain)
    assert gradients.any()
    loss().backward()
    assert torch.allclose(gradients, 2 * plain)
    gradients.zero_()
    assert all(not parameter.grad.any() for parameter in network.parameters() if parameter.grad is not None)


def test_a_digest_is_that_of_the_bytes_and_of_each_of_them() -> None:
    flat = np.linspace(-1, 1, 999, dtype=np.float32)
    assert weights.digest(flat) == hashlib.sha256(flat.tobytes()).hexdigest()
    assert weights.digest(np.repeat(flat, 2)[::2]) == weights.digest(flat)
    other = flat.copy()
    other[500] = np.nextafter(other[500], 1, dtype=np.float32)
    assert weights.digest(other) != weights.digest(flat)
