"""The colours of shares: violet for rare, teal for a quarter, yellow for always, as matplotlib's viridis.

They go by the square root of the share, so that 2 % and 10 % look different.
"""

from math import sqrt

Rgb = tuple[int, int, int]

_STOPS: tuple[Rgb, ...] = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
_BRIGHT = 0.2
"""From this share on, black is read better than white."""


def ground(share: float) -> Rgb:
    """Red, green, blue, 0..255 each, for a share of 0..1."""
    place = sqrt(min(max(share, 0.0), 1.0)) * (len(_STOPS) - 1)
    low = min(int(place), len(_STOPS) - 2)
    part = place - low
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(_STOPS[low], _STOPS[low + 1], strict=True))
    return red, green, blue


def ink(share: float) -> Rgb:
    """What is read on that ground."""
    return (0, 0, 0) if share >= _BRIGHT else (255, 255, 255)
