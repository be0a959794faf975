"""What matrices are labelled with, and the colours of shares in them.

Violet is rare, teal a quarter, yellow always, as in matplotlib's viridis; by the square root of the share, so
that 2 % and 10 % look different.
"""

from math import sqrt

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Stand for players above the columns."""

ANY = "any move"
"""The row below a matrix of conventions: what is done, whatever came before."""

RARE = 0.005
"""Smaller shares would be shown as 0: they get no colour."""

Rgb = tuple[int, int, int]

_STOPS: tuple[Rgb, ...] = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
_BRIGHT = 0.2
"""From this share on, black is read better than white."""


def ground(share: float) -> Rgb:
    """Red, green, blue, 0..255 each, for a share of 0..1."""
    place = sqrt(min(max(share, 0.0), 1.0)) * (len(_STOPS) - 1)
    low = min(int(place), len(_STOPS) - 2)
    return mixed(_STOPS[low], _STOPS[low + 1], place - low)


def ink(share: float) -> Rgb:
    """What is read on that ground."""
    return (0, 0, 0) if share >= _BRIGHT else (255, 255, 255)


_LESS: Rgb = (94, 60, 153)
_MORE: Rgb = (253, 184, 99)
_SAME: Rgb = (96, 96, 96)


def difference_ground(difference: float) -> Rgb:
    """For −1..1: violet where it is less, orange where it is more, grey between; by its square root too.

    The two are told apart by every kind of eye (ColorBrewer's PuOr).
    """
    part = sqrt(min(abs(difference), 1.0))
    return mixed(_SAME, _MORE if difference > 0 else _LESS, part)


def mixed(one: Rgb, other: Rgb, part: float) -> Rgb:
    """So much of the other colour in one."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def readable_on(colour: Rgb) -> Rgb:
    """Black or white, whichever is read better there (relative luminance, WCAG 2.2)."""
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return (0, 0, 0) if light > 0.179 else (255, 255, 255)
