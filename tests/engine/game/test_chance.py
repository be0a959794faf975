"""Streams of chance: the published generator, in order, and nothing that is no stream."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Games, chance, preset
from engine.errors import EngineError, ShapeError


def test_the_generator_is_splitmix64() -> None:
    # the first outputs for seed 1234567 as given with the reference code of splitmix64 (Vigna, 2015)
    stream = np.array([1234567], dtype=np.uint64)
    wanted = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [int(chance.next_bits(stream)) for _ in wanted] == wanted


@given(st.integers(0, 2**64 - 1))
def test_bits_are_counted_and_chosen_as_python_does(mask: int) -> None:
    assert chance.count_bits(np.uint64(mask)) == mask.bit_count()
    if mask:
        chosen = {int(chance.choose_bit(chance.stream(seed), np.uint64(mask))) for seed in range(20)}
        assert all(mask >> bit & 1 for bit in chosen)


def test_every_set_bit_is_chosen_about_as_often() -> None:
    stream, mask = chance.stream(5), np.uint64(1 << 63 | 1 << 40 | 0b1011)
    counts = np.bincount([chance.choose_bit(stream, mask) for _ in range(20_000)], minlength=64)
    assert np.flatnonzero(counts).tolist() == [0, 1, 3, 40, 63]
    assert np.abs(counts[[0, 1, 3, 40, 63]] / 20_000 - 0.2).max() < 0.02


def test_paths_give_streams_of_their_own() -> None:
    assert len({int(chance.stream(*path)[0]) for path in ((1,), (1, 0), (1, 1), (1, 0, 0), (2,))}) == 5


@pytest.mark.parametrize(
    "stream", [None, 7, np.random.default_rng(), np.zeros(1, np.int64), np.zeros(0, np.uint64), [1]]
)
def test_what_is_no_stream_is_refused(stream: object) -> None:
    games = Games.shuffled([preset("full")], chance.stream(1))
    for draw in (games.random_moves, games.redeal_finished, lambda s: Games.shuffled([preset("full")], s)):
        with pytest.raises(ShapeError, match="stream: uint64.1. from engine.game.chance.stream expected"):
            draw(stream)


def test_seeds_are_whole_numbers_from_0() -> None:
    for seed in (-1, 1.5, "1", None):
        with pytest.raises(EngineError, match="allowed are whole numbers from 0"):
            chance.stream(seed)
