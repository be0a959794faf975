"""Networks judge rows: what they may prefer, and what they are told to believe."""

import numpy as np
import pytest
import torch

from engine import Games, Variant, chance, preset
from engine.game import observation
from engine.networks.largest import Largest
from engine.networks.network import IMPOSSIBLE, MOVES, dueling, legal_moves, values_of
from engine.networks.perceptron import Perceptron

VARIANTS = [preset("full", players) for players in (2, 3, 4, 5)] + [preset("very-small"), Variant(3, 4, 3, 2)]


def rows_after(turns: int) -> np.ndarray:
    stream = chance.stream(turns)
    games = Games.shuffled(VARIANTS * 4, stream)
    for _ in range(turns):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
    return observation.observe(games)


@pytest.mark.parametrize("turns", [0, 1, 7])
def test_legal_moves_are_those_of_the_row(turns: int) -> None:
    rows = rows_after(turns)
    assert (legal_moves(torch.from_numpy(rows)).numpy() == observation.legal_mask(rows)).all()


def test_illegal_moves_are_never_the_best() -> None:
    rows = rows_after(5)
    values = values_of(Perceptron(Largest(5), width=16), rows)
    legal = observation.legal_mask(rows)
    assert values.shape == (len(rows), MOVES)
    assert (values[~legal] == IMPOSSIBLE).all()
    assert legal[np.arange(len(rows)), values.argmax(axis=1)].all()


def test_dueling_values_are_the_positions_value_on_average_over_legal_moves() -> None:
    rng = np.random.default_rng(0)
    state, advantages = rng.normal(size=(6, 1)), rng.normal(size=(6, 9))
    legal = rng.random((6, 9)) < 0.6
    legal[:, 0] = True
    values = dueling(torch.tensor(state), torch.tensor(advantages), torch.tensor(legal)).numpy()
    for b in range(6):
        wanted = state[b] + advantages[b] - advantages[b][legal[b]].mean()
        assert values[b][legal[b]] == pytest.approx(wanted[legal[b]])
        assert values[b][legal[b]].mean() == pytest.approx(state[b, 0])


def test_beliefs_are_about_five_slots_of_five_colours_and_ranks() -> None:
    output = Perceptron(Largest(5), width=16)(torch.from_numpy(rows_after(2)))
    assert output.beliefs.shape == (24, 5, 10)


def test_values_are_the_same_with_and_without_beliefs() -> None:
    network, rows = Perceptron(Largest(5), width=16), torch.from_numpy(rows_after(4))
    assert torch.equal(network(rows).values, network.values(rows))


def test_a_perceptron_can_learn_a_position_by_heart() -> None:
    torch.manual_seed(0)
    rows = torch.from_numpy(rows_after(3))
    network = Perceptron(Largest(5), width=32)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    wanted = torch.linspace(-1, 1, len(rows))
    for _ in range(200):
        loss = (network(rows).values.max(1).values - wanted).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 1e-2
