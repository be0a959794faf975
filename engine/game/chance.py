"""Chance, always passed in: streams of random bits, shuffles, random choices.

A stream is a uint64[1] array, advanced in place by the kernels that draw from it. It is the whole state:
copy it to save it, put it back to repeat. The generator is splitmix64 (Steele, Lea, Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014, figure 16).
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError, ShapeError
from engine.game.kernels import Int, kernel

Stream: TypeAlias = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_PAIRS = np.uint64(0x5555555555555555)
_FOURS = np.uint64(0x3333333333333333)
_EIGHTS = np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES = np.uint64(0x0101010101010101)
_U1, _U2, _U4, _U27, _U30, _U31, _U32, _U56 = map(np.uint64, (1, 2, 4, 27, 30, 31, 32, 56))


def stream(seed: int, *path: int) -> Stream:
    """A new stream for a seed and, for independent streams of one seed, a path (worker, purpose, …).

    Raises EngineError for anything but whole numbers from 0.
    """
    for number in (seed, *path):
        if not isinstance(number, int | np.integer) or number < 0:
            raise EngineError(f"seed {number!r}: allowed are whole numbers from 0")
    return np.random.SeedSequence(seed, spawn_key=path).generate_state(1, np.uint64).astype(np.uint64)


def checked(stream: Stream) -> Stream:
    """The stream itself. Raises ShapeError for what is none: kernels would read and write astray."""
    if (
        not isinstance(stream, np.ndarray)
        or stream.dtype != np.uint64
        or stream.shape != (1,)
        or not stream.flags.writeable
    ):
        raise ShapeError(f"stream: uint64[1] from engine.game.chance.stream expected, {stream!r} given")
    return stream


@kernel
def next_bits(stream: Stream) -> Int:
    """64 random bits."""
    stream[0] += _GAMMA
    z = stream[0]
    z = (z ^ (z >> _U30)) * _MIX_1
    z = (z ^ (z >> _U27)) * _MIX_2
    return z ^ (z >> _U31)


@kernel
def below(stream: Stream, n: Int) -> Int:
    """A whole number in [0, n), for n up to 2**31; off uniform by less than n / 2**32."""
    return np.int64(((next_bits(stream) >> _U32) * np.uint64(n)) >> _U32)


@kernel
def shuffle(stream: Stream, cards: NDArray[np.uint8], count: Int) -> None:
    """Fisher and Yates: put the first `count` entries of `cards` into random order, in place."""
    for last in range(count - 1, 0, -1):
        other = below(stream, last + 1)
        held = cards[last]
        cards[last] = cards[other]
        cards[other] = held


@kernel
def count_bits(mask: Int) -> Int:
    """How many bits of a uint64 are set (Warren, "Hacker's Delight", section 5-1)."""
    mask -= (mask >> _U1) & _PAIRS
    mask = (mask & _FOURS) + ((mask >> _U2) & _FOURS)
    mask = (mask + (mask >> _U4)) & _EIGHTS
    return np.int64((mask * _BYTES) >> _U56)


@kernel
def choose_bit(stream: Stream, mask: Int) -> Int:
    """The index of a uniformly chosen set bit of a uint64 that is not 0.

    Halves the mask towards the n-th set bit; clearing bits one by one costs more in wrong guesses of when
    to stop.
    """
    n, index = below(stream, count_bits(mask)), 0
    for width in (32, 16, 8, 4, 2, 1):
        half = mask & ((_U1 << np.uint64(width)) - _U1)
        in_half = count_bits(half)
        beyond = n >= in_half
        n -= in_half if beyond else 0
        index += width if beyond else 0
        mask = mask >> np.uint64(width) if beyond else half
    return index
