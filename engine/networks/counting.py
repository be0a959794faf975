"""How many copies there are of sets of kinds: kinds are bits of a uint32, counts binary digits."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.game.kernels import Int, kernel
from engine.game.variants import KINDS

Planes: TypeAlias = tuple[Int, Int]
"""Of counts of kinds: the kinds with an odd one, as bits of a uint32, and those with a 2 in theirs."""


@kernel
def planes_of(counts: NDArray[np.int32]) -> Planes:
    """Counts up to 3, int32[25], in binary, so that a sum of some of them takes two counts of bits."""
    odd, two = np.uint32(0), np.uint32(0)
    for kind in range(KINDS):
        odd |= np.uint32(counts[kind] & 1) << np.uint32(kind)
        two |= np.uint32((counts[kind] >> 1) & 1) << np.uint32(kind)
    return odd, two


@kernel
def count(kinds: Int, planes: Planes) -> Int:
    """How many copies there are of some kinds, given as bits."""
    return _ones(kinds & planes[0]) + 2 * _ones(kinds & planes[1])


@kernel
def _ones(bits: Int) -> Int:
    """How many bits of a uint32 are set; LLVM makes one instruction of it."""
    bits = np.uint32(bits)
    bits -= (bits >> np.uint32(1)) & np.uint32(0x55555555)
    bits = (bits & np.uint32(0x33333333)) + ((bits >> np.uint32(2)) & np.uint32(0x33333333))
    bits = (bits + (bits >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return np.int64(np.uint32(bits * np.uint32(0x01010101)) >> np.uint32(24))
