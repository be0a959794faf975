"""Samples come out as they went in; bytes that are no pack are refused before they cost memory."""

import tracemalloc

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from made_actor import made_actor
from served import samples

from engine.game.chance import stream
from engine.game.observation import legal_mask
from engine.game.variants import preset
from engine.store.sample import SAMPLE
from remote.errors import TooLargeError, WireError
from remote.packing import pack, unpack

CAP = 1 << 24


@pytest.mark.parametrize("count", [0, 1, 7, 5000])
def test_what_is_packed_comes_out_again(count: int) -> None:
    given = samples(count, seed=count)
    found = unpack(pack(given), count, CAP)
    assert found.dtype == SAMPLE
    assert found.tobytes() == given.tobytes()


def test_samples_of_games_become_a_fifth() -> None:
    actor = made_actor([preset("full", 2)] * 64, stream(0))
    chunk = actor.chunk(lambda rows: legal_mask(rows).astype(np.float32))
    assert len(pack(chunk)) < chunk.nbytes / 5


@pytest.mark.parametrize("wrong", [-1, 4, 6])
def test_another_number_than_announced_is_refused(wrong: int) -> None:
    with pytest.raises(WireError):
        unpack(pack(samples(5)), wrong, CAP)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = np.frombuffer(zstandard.ZstdCompressor().compress(bytes(200 << 20)), np.uint8)
    tracemalloc.start()
    with pytest.raises(TooLargeError):
        unpack(bomb, (200 << 20) // SAMPLE.itemsize, CAP)
    with pytest.raises(WireError):
        unpack(bomb, 5, CAP)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_frame_that_hides_its_size_is_refused() -> None:
    stream = zstandard.ZstdCompressor().compressobj()
    hidden = stream.compress(bytes(SAMPLE.itemsize)) + stream.flush()
    with pytest.raises(WireError):
        unpack(np.frombuffer(hidden, np.uint8), 1, CAP)


@given(st.binary(max_size=300), st.integers(-3, 1000))
def test_garbage_is_refused(garbage: bytes, count: int) -> None:
    with pytest.raises(WireError):
        unpack(np.frombuffer(garbage, np.uint8), count, CAP)


@given(st.data())
def test_a_damaged_pack_is_refused_or_gives_as_many_samples(data: st.DataObject) -> None:
    packed = bytearray(pack(samples(20)).tobytes())
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = unpack(np.frombuffer(bytes(packed), np.uint8), 20, CAP)
    except WireError:
        return
    assert len(found) == 20
