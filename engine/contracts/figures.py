"""Figures in lines of text: few characters, and a dash for what is not known (NaN)."""

import math


def percent(share: float) -> str:
    """`11 %`, `0.8 %`: never 0 or 100 for what is not quite so."""
    percent = 100 * share
    if 0 < percent < 10 or 90 < percent < 100:
        return f"{min(max(percent, 0.1), 99.9):.1f} %"
    return f"{percent:.0f} %"


def short(value: float, digits: int = 3) -> str:
    """So many digits that count: `870`, `9,870`, `98.7 k`, `14.2 M`, or `98 k`, `14 M`; a dash for NaN."""
    if math.isnan(value):
        return "–"
    if value > 9.99e11:
        return f"{value:.0e}"
    if value < 9.95:
        return f"{value:.1f}".removesuffix(".0")
    if value < 9_999.5:
        return f"{value:,.0f}"
    for unit in ("k", "M", "G"):
        value /= 1000
        if value < 999.5 or unit == "G":
            break
    behind = digits - 1 if value < 9.95 else digits - 2 if value < 99.5 else 0
    return f"{value:.{behind}f} {unit}"


def size(of_bytes: int) -> str:
    """`870 B`, `8.91 MB`."""
    amount, _, unit = short(of_bytes).partition(" ")
    return f"{amount} {unit}B"


def number(value: float, digits: int) -> str:
    """So many digits behind the point; a dash for NaN; large ones short."""
    if math.isnan(value):
        return "–"
    return f"{value:.{digits}f}" if abs(value) < 100 else f"{value:.0e}"


def in_words(seconds: float) -> str:
    """A span of time as people say it: `41 min`, `3 hours`; no more exact than a forecast can be."""
    for unit, size in (("days", 86_400), ("hours", 3_600)):
        if seconds >= 1.95 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds / 60, 1):.0f} min"
