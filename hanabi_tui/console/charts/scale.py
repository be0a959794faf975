"""Axes: where a value lies on a stretch of dots, which values get a tick, how numbers are written."""

import math
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from hanabi_tui.console.charts.place import Axis

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_DURATIONS = (
    *(1, 2, 5, 10, 15, 30),
    *(part * _MINUTE for part in (1, 2, 5, 10, 15, 30)),
    *(part * _HOUR for part in (1, 2, 3, 6, 12)),
    *(part * _DAY for part in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
"""Seconds between ticks that read well."""

_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


class Scale(NamedTuple):
    """A span of values laid over a number of dots, evenly or by powers of ten.

    Attributes:
      low, high: the values at the first and at the last dot.
      dots: how many, at least 1.
      log: whether equal distances are equal factors; then `low` is above 0.
    """

    low: float
    high: float
    dots: int
    log: bool = False

    def dot(self, value: float) -> float:
        """Where a value lies, 0 to dots − 1 within the span, and beyond for others; not rounded.

        On a logarithmic scale what is not above 0 lies nowhere: NaN.
        """
        low, high = self.low, self.high
        if self.log:
            if value <= 0:
                return math.nan
            low, high, value = math.log(low), math.log(high), math.log(value)
        return (value - low) / (high - low) * (self.dots - 1) if high > low else (self.dots - 1) / 2

    def value(self, dot: float) -> float:
        """What lies at a dot."""
        share = dot / max(1, self.dots - 1)
        if self.log:
            return math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        return self.low + share * (self.high - self.low)


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 × a power of ten that cuts a span into at most so many steps."""
    rough = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values from `low` to `high`, at even distances; at most `most` + 1 of them."""
    if not (high > low and math.isfinite(high - low)):
        return [low] if math.isfinite(low) else []
    step = round_step(high - low, most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Round values from `low` to `high` for a logarithmic axis: 1, 2, 5 of each power, or powers alone."""
    if not 0 < low < high:
        return [low] if low > 0 else []
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        found = [
            value
            for power in powers
            for factor in factors
            if low * (1 - 1e-9) <= (value := factor * 10.0**power) <= high * (1 + 1e-9)
        ]
        if len(found) <= most + 1:
            return found if len(found) > 1 else ticks(low, high, most)
    return found[:: math.ceil(len(found) / max(1, most))]


def axis_ticks(axis: Axis, low: float, high: float, most: int) -> list[float]:
    """Round places on an x axis, at most `most` + 1 of them."""
    if axis is Axis.STEP or not high > low or high - low < 2:
        return ticks(low, high, most)
    step = next((each for each in _DURATIONS if (high - low) / each <= most), _DURATIONS[-1])
    shift = (
        -time.localtime(high).tm_gmtoff if axis is Axis.CLOCK else 0
    )  # midnight is one here, not in London
    first = math.ceil((low - shift) / step - 1e-9)
    return [number * step + shift for number in range(first, math.floor((high - shift) / step + 1e-9) + 1)]


def number_text(value: float, step: float = 0.0) -> str:
    """A number in few characters, with k, M, G for thousands and more.

    Args:
      value: the number.
      step: the distance to the next one that has to read differently; 0: three digits are enough.
    """
    if not math.isfinite(value):
        return "-"
    size = abs(value)
    if 0 < size < 1e-3 and (not step or step < 1e-3):
        power = math.floor(math.log10(step or size))
        digits = max(0, math.floor(math.log10(size)) - power) if step else 1
        mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}"
    factor, suffix = next((pair for pair in _SUFFIXES if size >= pair[0] * 0.99995), (1.0, ""))
    if step:
        digits = max(0, -math.floor(math.log10(step / factor) + 1e-9))
        text = f"{value / factor:.{digits}f}"
        return f"{text.rstrip('0').rstrip('.') if suffix and '.' in text else text}{suffix}"
    shown = float(f"{value / factor:.3g}")
    digits = 0 if abs(shown) >= 999.5 or (value == int(value) and not suffix) else 2 - _power(shown)
    text = f"{shown:.{max(0, digits)}f}"
    return f"{text.rstrip('0').rstrip('.') if suffix and '.' in text else text}{suffix}"


def _power(value: float) -> int:
    return min(2, math.floor(math.log10(abs(value)))) if value else 0


def number_texts(values: Sequence[float]) -> list[str]:
    """Ticks, written so that neighbours read differently."""
    gaps = [abs(after - before) for before, after in pairwise(values)]
    step = min(gaps, default=0.0)
    return ["0" if abs(value) < step * 1e-6 else number_text(value, step) for value in values]


def log_texts(values: Sequence[float]) -> list[str]:
    """Ticks of a logarithmic axis, each with as many digits as its own size asks for."""
    return [number_text(value, 10.0 ** math.floor(math.log10(value))) for value in values]


def duration_text(seconds: float) -> str:
    """A duration in its two largest units, such as 3h05m."""
    if not math.isfinite(seconds):
        return "-"
    sign, whole = "-" if seconds < 0 else "", round(abs(seconds))
    if whole < _MINUTE:
        return f"{sign}{abs(seconds):.3g}s"
    for size, name, part, small in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "m"),
        (_MINUTE, "m", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // part
            return f"{sign}{whole // size}{name}" + (f"{rest:02}{small}" if rest else "")
    return "0s"


def clock_text(seconds: float, span: float) -> str:
    """A moment in local time, as exactly as a span asks for."""
    form = "%H:%M:%S" if span < 5 * _MINUTE else "%H:%M" if span < _DAY else "%d %b %H:%M"
    return time.strftime(form if span < 20 * _DAY else "%d %b", time.localtime(seconds))


def place_text(axis: Axis, value: float, span: float) -> str:
    """A place on an x axis, as exactly as a span asks for."""
    if axis is Axis.CLOCK:
        return clock_text(value, span)
    return number_text(value, span / 1000 or 1.0) if axis is Axis.STEP else duration_text(value)


def place_texts(axis: Axis, values: Sequence[float]) -> list[str]:
    """Ticks of an x axis in words."""
    if axis is Axis.STEP:
        return number_texts(values)
    if axis is Axis.TRAINED:
        return [duration_text(value) for value in values]
    span = values[-1] - values[0] if values else 0.0
    texts = [clock_text(value, min(span, _DAY - 1)) for value in values]
    if span >= _DAY:
        midnight = [time.localtime(value)[3:6] == (0, 0, 0) for value in values]
        return [clock_text(v, 99 * _DAY) if m else t for v, m, t in zip(values, midnight, texts, strict=True)]
    return texts
