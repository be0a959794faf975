"""A noisy curve made calm: the exponential moving average, as if it had begun with the mean of what came.

After Kingma and Ba, Adam (2015), section 3: an average that begins with 0 is divided by the sum of its
weights, so its first values are not drawn towards 0.
"""

import math
from collections.abc import Sequence

HALF_LIVES = (0, 3, 10, 30, 100, 300, 1000, 3000)
"""Rows after which a value counts half; 0: no smoothing."""

LEAD = 6
"""Half-lives before the first value that is shown: what is older counts less than 2 %."""


def smooth(values: Sequence[float], half_life: float) -> list[float]:
    """The average of each value and all before it, those `half_life` places back counting half as much.

    What is no number, or infinite, is left out, and NaN is where nothing came yet.
    """
    if half_life <= 0:
        return list(values)
    keep = 0.5 ** (1 / half_life)
    total = weight = 0.0
    found = []
    for value in values:
        total, weight = total * keep, weight * keep
        if math.isfinite(value):
            total, weight = total + value, weight + 1
        found.append(total / weight if weight else math.nan)
    return found
