"""A series of a few numbers, for tests of what draws them."""

from collections.abc import Sequence

from hanabi_tui.console.charts.place import Place
from hanabi_tui.console.charts.series import Series


def series_of(
    xs: Sequence[float], ys: Sequence[float], *, name: str = "y", errors: Sequence[float] = ()
) -> Series:
    """Over any x, the same on all axes; with errors, a second metric `error`."""
    series = Series((name, "error") if errors else (name,))
    for number, (x, y) in enumerate(zip(xs, ys, strict=True)):
        series.append(Place(x, x, x), (y, errors[number]) if errors else (y,))
    return series
