"""The perceptron's first layer, against a plain dense layer of all features."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from engine import Games, Variant, chance, preset
from engine.game import observation
from engine.networks.largest import Largest
from engine.networks.layout import Layout
from engine.networks.perceptron import Perceptron
from engine.networks.weighing import First, transpose, weigh

VARIANTS = [
    preset("full", 2),
    preset("full", 5),
    preset("small", 3),
    Variant(4, 3, 4, 3),
    Variant(2, 5, 1, 5),
]


def rows_after(turns: int) -> Tensor:
    stream = chance.stream(turns)
    games = Games.shuffled(VARIANTS * 8, stream)
    for _ in range(turns):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
    return torch.from_numpy(observation.observe(games))


def dense(marks: Tensor, starts: Tensor, count: int) -> Tensor:
    """float32[B, F]: 1 where a row sets a mark."""
    table = torch.zeros(len(starts) - 1, count)
    for row in range(len(table)):
        table[row, marks[starts[row] : starts[row + 1]].long()] = 1
    return table


def case(seed: int, dtype: torch.dtype) -> list[Tensor]:
    """What `weigh` takes: 9 rows of 7 numbers and 12 marks, of which the last is never set; width 5."""
    rng = np.random.default_rng(seed)
    sets = [np.sort(rng.choice(11, size=size, replace=False)) for size in (3, 0, 11, 1, 1, 5, 7, 0, 2)]
    starts = np.cumsum([0, *map(len, sets)])
    weights = [torch.tensor(rng.normal(size=size), dtype=dtype) for size in ((9, 7), (7, 5), (12, 5), (5,))]
    marks, begins = (torch.tensor(x, dtype=torch.int32) for x in (np.concatenate(sets), starts))
    return [weights[0], marks, begins, *(weight.requires_grad_() for weight in weights[1:])]


def test_the_hand_made_gradients_are_those_of_small_differences() -> None:
    assert torch.autograd.gradcheck(weigh, case(0, torch.float64))


@pytest.mark.parametrize("lossy", [torch.sum, lambda sums: (sums**3).mean()])
def test_sums_and_gradients_are_a_dense_layers(lossy: Callable[[Tensor], Tensor]) -> None:
    numbers, marks, starts, *weights = case(1, torch.float32)
    features = torch.cat([numbers, dense(marks, starts, 12)], 1)
    wanted = functional.linear(features, torch.cat(weights[:2]).t(), weights[2])
    made = weigh(numbers, marks, starts, *weights)
    torch.testing.assert_close(made, wanted)
    for gradient, right in zip(
        torch.autograd.grad(lossy(made), weights), torch.autograd.grad(lossy(wanted), weights), strict=True
    ):
        torch.testing.assert_close(gradient, right)
    assert torch.autograd.grad(lossy(weigh(numbers, marks, starts, *weights)), weights)[1][11].eq(0).all()


@pytest.mark.parametrize("turns", [0, 9, 40])
def test_the_first_layer_is_a_dense_layer_of_rows_of_every_variant(turns: int) -> None:
    rows, layout = rows_after(turns), Layout(5)
    first, network = First(layout.numbers, layout.marks, 24), Perceptron(Largest(5), width=8)
    seen = network.look(rows).whole
    numbers, marks, starts = seen
    features = torch.cat([numbers, dense(marks, starts, layout.marks)], 1)
    wanted = functional.linear(features, torch.cat([first.of_numbers, first.of_marks]).t(), first.bias)
    torch.testing.assert_close(first(seen), wanted)


def test_first_weights_are_as_large_as_a_dense_layers() -> None:
    torch.manual_seed(0)
    layout = Layout(2)
    first, twin = First(layout.numbers, layout.marks, 64), torch.nn.Linear(layout.numbers + layout.marks, 64)
    for weight, other in (
        (first.of_numbers, twin.weight),
        (first.of_marks, twin.weight),
        (first.bias, twin.bias),
    ):
        assert weight.std().item() == pytest.approx(other.std().item(), rel=0.3)
        assert weight.abs().max().item() <= (layout.numbers + layout.marks) ** -0.5


def test_transposing_twice_gives_the_same_marks() -> None:
    marks, starts = (x.numpy() for x in case(2, torch.float32)[1:3])
    rows, begins = transpose(marks, starts, 12)
    assert [rows[begins[f] : begins[f + 1]].tolist() for f in range(12)] == [
        [row for row in range(9) if f in marks[starts[row] : starts[row + 1]]] for f in range(12)
    ]
    again, ends = transpose(rows, begins, 9)
    assert again.tolist() == marks.tolist()
    assert ends.tolist() == starts.tolist()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_rows_give_the_same_bits(threads: int) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        rows = rows_after(12).repeat(20, 1)
        torch.manual_seed(0)
        network = Perceptron(Largest(5), width=64, depth=3)

        def run() -> list[Tensor]:
            values = network.values(rows.clone())
            return [values, *torch.autograd.grad(values.clamp(min=-5).square().mean(), weights)]

        weights = [weight for name, weight in network.named_parameters() if "belief" not in name]
        first = run()
        assert all(torch.equal(a, b) for _ in range(3) for a, b in zip(first, run(), strict=True))
    finally:
        torch.set_num_threads(before)


def test_parameters_have_a_fixed_order() -> None:
    assert [name for name, _ in Perceptron(width=8, depth=2).named_parameters()] == [
        "first.of_numbers",
        "first.of_marks",
        "first.bias",
        "layers.0.weight",
        "layers.0.bias",
        "layers.2.weight",
        "layers.2.bias",
        "layers.3.weight",
        "layers.3.bias",
        *(
            f"{kind}.{name}"
            for kind in ("own", "hints")
            for name in (
                "first.of_numbers",
                "first.of_marks",
                "first.bias",
                "of_position.weight",
                "head.weight",
            )
        ),
        "heads.value.weight",
        "heads.value.bias",
        "heads.belief.weight",
        "heads.belief.bias",
    ]


def test_no_rows_give_no_values() -> None:
    rows = rows_after(0)[:0]
    assert Perceptron(Largest(5), width=8)(rows).values.shape == (0, 50)
