"""Networks for small games alone: they see what those for the largest see, and refuse what is too large."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine import Games, Variant, chance, preset
from engine.errors import AgentError
from engine.game import observation
from engine.networks.features import Features, expand
from engine.networks.largest import Largest, largest_of
from engine.networks.layout import Layout
from engine.networks.perceptron import Perceptron
from engine.networks.touched import TOUCHED_MARKS, Bags
from engine.settings.config import ModelSection

WHOLE = Layout()
SMALLER = [Layout(2, 2, 5, 2), Layout(3, 1, 5, 3), Layout(4, 3, 4, 4), Layout(2)]


def rows_in(layout: Layout, seed: int, turns: int) -> np.ndarray:
    """Rows of the largest games of a layout, and of smaller ones."""
    stream = chance.stream(seed)
    variants = [Variant(*layout), Variant(2, 1, max(1, layout.ranks - 1), 2)]
    games = Games.shuffled(variants * 4, stream)
    for _ in range(turns):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
    return observation.observe(games)


def kinds(layout: Layout) -> list[int]:
    return list(range(5 * layout.colours))


def own_numbers(layout: Layout) -> list[int]:
    """Where the numbers of one own card stand in the layout of the largest games."""
    return [*kinds(layout), 25, 26, 27]


def numbers(layout: Layout) -> list[int]:
    """The same of all numbers."""
    slots = range(layout.hand_size)
    others = [5 * seat + slot for seat in range(layout.players - 1) for slot in slots]
    own = [28 * slot + n for slot in slots for n in own_numbers(layout)]
    return [*own, *(140 + 25 * place + kind for place in others for kind in kinds(layout)), 640]


def marks(layout: Layout) -> list[int]:
    """The same of marks."""
    slots, others = range(layout.hand_size), [(s, t) for s in range(layout.players - 1) for t in range(5)]
    known, other = 18, 46
    found = [known * slot + n for slot in slots for n in range(known)]
    found += [
        5 * known + (5 * seat + slot) * other + n
        for seat, slot in others
        if slot < layout.hand_size
        for n in range(other)
    ]
    board = range(int(WHOLE.starts[2]), int(WHOLE.starts[9]))
    found += board
    a_move = (WHOLE.marks - int(WHOLE.starts[9])) // 4
    for back in range(4):
        start, seats = int(WHOLE.starts[9]) + back * a_move, range(layout.players)
        found += [start + seat for seat in seats] + [start + 5 + seat for seat in seats]
        found += range(start + 10, start + a_move)
    return found


def hints(layout: Layout) -> list[int]:
    """The same of hints."""
    seats = range(layout.players - 1)
    colours = [5 * seat + colour for seat in seats for colour in range(layout.colours)]
    return colours + [20 + 5 * seat + rank for seat in seats for rank in range(layout.ranks)]


def bags_of(bags: Bags, names: dict[int, int] | None = None) -> list[list[int]]:
    """The marks of each bag, in rising order."""
    each = np.split(bags.marks, bags.starts[1:-1])
    return [sorted(names[mark] if names else mark for mark in bag.tolist()) for bag in each]


def both(layout: Layout, rows: np.ndarray) -> tuple[Features, Features]:
    return expand(rows, layout), expand(rows, WHOLE)


@settings(max_examples=30)
@given(st.sampled_from(SMALLER), st.integers(0, 2**32), st.integers(0, 30))
def test_a_smaller_layout_says_the_same_and_leaves_out_what_never_is(
    layout: Layout, seed: int, turns: int
) -> None:
    rows = rows_in(layout, seed, turns)
    small, whole = both(layout, rows)
    assert (small.numbers == whole.numbers[:, numbers(layout)]).all()
    assert small.numbers.sum() == pytest.approx(whole.numbers.sum())
    assert bags_of(small.whole, dict(enumerate(marks(layout)))) == bags_of(whole.whole)

    own = np.array(bags_of(whole.own), dtype=object).reshape(len(rows), 5)
    assert bags_of(small.own) == own[:, : layout.hand_size].reshape(-1).tolist()
    assert not any(own[:, layout.hand_size :].reshape(-1))

    names = {TOUCHED_MARKS + n: TOUCHED_MARKS + hint for n, hint in enumerate(hints(layout))}
    names |= {mark: mark for mark in range(TOUCHED_MARKS)}
    touched = np.array(bags_of(whole.hints), dtype=object).reshape(len(rows), 40)
    assert bags_of(small.hints, names) == touched[:, hints(layout)].reshape(-1).tolist()
    assert sum(map(len, touched.reshape(-1))) == len(small.hints.marks)


def put_into(whole: Tensor, part: Tensor, places: list[int]) -> None:
    assert len(part) == len(places)
    whole.zero_()
    whole[places] = part


@pytest.mark.parametrize("layout", SMALLER)
def test_a_smaller_network_says_what_the_whole_one_says_with_its_weights(layout: Layout) -> None:
    torch.manual_seed(0)
    small, whole = Perceptron(layout, width=24), Perceptron(Largest(), width=24)
    with torch.no_grad():
        own, touched = (
            [*own_numbers(layout)],
            [*range(TOUCHED_MARKS), *(TOUCHED_MARKS + h for h in hints(layout))],
        )
        other_places = {
            "first.of_numbers": numbers(layout),
            "first.of_marks": marks(layout),
            "own.first.of_numbers": own,
            "hints.first.of_marks": touched,
            "heads.value.weight": (judged := [0, *(1 + layout.moves).tolist()]),
            "heads.value.bias": judged,
        }
        mine = dict(small.named_parameters())
        for name, weight in whole.named_parameters():
            if name in other_places:
                put_into(weight, mine[name], other_places[name])
            else:
                weight.copy_(mine[name])
    rows = torch.from_numpy(rows_in(layout, 3, 12))
    for one, other in zip(small(rows), whole(rows), strict=True):
        torch.testing.assert_close(one, other)


def test_a_model_section_says_how_large_games_may_be() -> None:
    assert largest_of(ModelSection()) == Largest()
    assert largest_of(ModelSection(max_players=3, max_colors=2, max_ranks=4, max_hand_size=1)) == (3, 2, 4, 1)


@pytest.mark.parametrize(
    ("largest", "complaint"),
    [
        (Largest(players=3), "up to 3 players; full, 4 players has more"),
        (Largest(colours=2), "up to 2 colours"),
        (Largest(ranks=4), "up to 4 ranks"),
        (Largest(hand_size=3), "up to 3 cards in hand"),
    ],
)
def test_larger_games_are_refused_by_name(largest: Largest, complaint: str) -> None:
    small_enough = Variant(2, 1, 3, 2)
    with pytest.raises(AgentError, match=complaint):
        largest.check([small_enough, preset("full", 4)])
    largest.check([small_enough])
