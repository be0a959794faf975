"""Numbers as people read them: short, with a unit, and a dash for what is not known."""

import math
import time

from engine.contracts import figures

DASH = "–"


def count(number: float) -> str:
    """`870`, `98,765`, `231 k`, `14.2 M`: three digits that count, once there are more than five."""
    if not math.isfinite(number):
        return DASH
    if abs(number) < 99_999.5:
        return f"{number:,.0f}"
    for unit in ("k", "M", "G", "T"):
        number /= 1000
        if abs(number) < 999.5 or unit == "T":
            break
    digits = 2 if abs(number) < 9.995 else 1 if abs(number) < 99.95 else 0
    return f"{number:,.{digits}f} {unit}"


def rate(each_second: float) -> str:
    """The same for rates, which may be small: `0.4`, `51.3`, `1,530`."""
    if math.isfinite(each_second) and 0 < abs(each_second) < 99.95:
        return f"{each_second:.1f}" if abs(each_second) >= 0.05 else f"{each_second:.0e}"
    return count(each_second)


def number(value: float | None, digits: int = 2) -> str:
    """So many digits behind the point; what is too small for them, or large, as a power of ten."""
    if value is None or not math.isfinite(value):
        return DASH
    if value and (abs(value) < 0.5 * 10**-digits or abs(value) >= 1e5):
        return f"{value:.1e}"
    return f"{value:.{digits}f}"


def percent(share: float | None) -> str:
    """`11 %`, `0.8 %`, as log lines have it."""
    return DASH if share is None or not math.isfinite(share) else figures.percent(share)


def size(number_of_bytes: float | None) -> str:
    """`512 B`, `3.4 GB`, `120 GB`: powers of a thousand, as disks and links are sold."""
    if number_of_bytes is None or not math.isfinite(number_of_bytes):
        return DASH
    amount, unit = float(number_of_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if abs(amount) < 999.5:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if unit != "B" and abs(amount) < 99.95 else f"{amount:,.0f} {unit}"


def milliseconds(seconds: float | None) -> str:
    """A round trip: `0.31 ms`, `12.3 ms`, `1,240 ms`."""
    if seconds is None or not math.isfinite(seconds):
        return DASH
    amount = 1000 * seconds
    digits = 2 if amount < 0.995 else 1 if amount < 99.95 else 0
    return f"{amount:,.{digits}f} ms"


def span(seconds: float) -> str:
    """A length of time in two units at most: `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if not math.isfinite(seconds):
        return DASH
    whole = max(0, int(seconds))
    for large, larger, small, smaller in (
        (86_400, "d", 3_600, "h"),
        (3_600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= large:
            some, rest = divmod(whole, large)
            return f"{some} {larger} {rest // small} {smaller}" if rest // small else f"{some} {larger}"
    return f"{whole} s"


def roughly(seconds: float) -> str:
    """A forecast, or an age, no more exact than need be: `40 s`, `41 min`, `3.5 h`, `2.1 d`."""
    if not math.isfinite(seconds):
        return DASH
    if seconds < 99.5:
        return f"{10 * round(seconds / 10) if seconds >= 10 else max(round(seconds), 0)} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 47.5 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86_400:,.1f} d"


def clock(moment: float, now: float) -> str:
    """When something was, by this machine's clock: `12:04:31`, or `3 Nov 12:04` on another day."""
    then, today = time.localtime(moment), time.localtime(now)
    if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
        return time.strftime("%H:%M:%S", then)
    return f"{then.tm_mday} {time.strftime('%b %H:%M', then)}"


def minute(moment: float, now: float) -> str:
    """When something will be: `14:35`, or `3 Nov 14:35` on another day."""
    said = clock(moment, now)
    return said.rpartition(":")[0] if said.count(":") == 2 else said


def some(amount: int, word: str) -> str:
    """`1 reconnect`, `2 reconnects`."""
    return f"{amount:,} {word}{'' if amount == 1 else 's'}"
