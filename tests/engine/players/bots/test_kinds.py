"""The sets of kinds, judged by Python's own sets."""

import numpy as np
import pytest
from hidden_cards import open_table

from engine import Games, chance, preset
from engine.game.moves import Kind
from engine.game.rules import HINTED
from engine.game.variants import KINDS, MAX_COLOURS, MAX_RANKS
from engine.players.bots import kinds

SETS = [
    0,
    1,
    1 << (KINDS - 1),
    (1 << KINDS) - 1,
    *np.random.default_rng(0).integers(0, 1 << KINDS, 200).tolist(),
]


def as_set(members: int) -> set[int]:
    return {kind for kind in range(64) if int(members) >> kind & 1}


@pytest.mark.parametrize("bits", SETS)
def test_a_set_is_what_python_says_it_is(bits: int) -> None:
    members, slow = np.uint64(bits), as_set(bits)
    assert kinds.size(members) == len(slow)
    assert kinds.is_single(members) == (len(slow) == 1)
    assert {kind for kind in range(KINDS) if kinds.has(members, kind)} == slow
    assert as_set(kinds.colours_of(members)) == {kind // MAX_RANKS * MAX_RANKS for kind in slow}
    assert as_set(kinds.ranks_of(members)) == {kind % MAX_RANKS for kind in slow}
    if slow:
        assert kinds.lowest(members) == min(slow)
        assert as_set(kinds.without_lowest(members)) == slow - {min(slow)}


def test_every_kind_is_the_only_one_of_its_set() -> None:
    assert [as_set(kinds.bit(kind)) for kind in range(KINDS)] == [{kind} for kind in range(KINDS)]
    assert as_set(kinds.ALL_KINDS) == set(range(KINDS))


def test_a_hint_names_all_kinds_of_its_colour_or_rank() -> None:
    for colour in range(MAX_COLOURS):
        named = as_set(kinds.named_kinds(int(Kind.COLOUR), colour))
        assert named == {kind for kind in range(KINDS) if kind // MAX_RANKS == colour}
    for rank in range(MAX_RANKS):
        named = as_set(kinds.named_kinds(int(Kind.RANK), rank))
        assert named == {kind for kind in range(KINDS) if kind % MAX_RANKS == rank}


def test_what_hints_leave_a_card_is_every_colour_left_with_every_rank_left() -> None:
    games = Games.shuffled([preset("full")], chance.stream(1))
    game, rng = open_table(games)[0], np.random.default_rng(2)
    for _ in range(100):
        colours, ranks = (int(bits) for bits in rng.integers(0, 32, 2))
        game["colours_left"][7], game["ranks_left"][7] = colours | HINTED, ranks | HINTED
        left = {colour * MAX_RANKS + rank for colour in as_set(colours) for rank in as_set(ranks)}
        assert as_set(kinds.told_kinds(game, 7)) == left


def test_a_hint_touches_the_slots_that_hold_what_it_names() -> None:
    games = Games.shuffled([preset("full", 3)], chance.stream(3))
    game = open_table(games)[0]
    hand = [int(game["deck"][kinds.place_of(game, 2, slot)]) for slot in range(5)]
    for value in range(MAX_RANKS):
        touched = as_set(kinds.touched_slots(game, 2, int(Kind.RANK), value))
        assert touched == {slot for slot in range(5) if hand[slot] % MAX_RANKS == value}
        touched = as_set(kinds.touched_slots(game, 2, int(Kind.COLOUR), value))
        assert touched == {slot for slot in range(5) if hand[slot] // MAX_RANKS == value}
