"""Where a row of numbers lies in a run: on three axes at once."""

from enum import IntEnum
from typing import NamedTuple


class Axis(IntEnum):
    """What a row's place is measured in."""

    STEP = 0  # optimizer steps
    TRAINED = 1  # s of training, pauses not counted
    CLOCK = 2  # s since the epoch


class Place(NamedTuple):
    """Where a row lies, on each axis."""

    step: float
    trained: float  # s
    clock: float  # s since the epoch
