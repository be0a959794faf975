"""Which part of a run is looked at, and how: shared by all charts that move together."""

from dataclasses import dataclass

from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.charts.smoothing import HALF_LIVES

Span = tuple[float, float]
"""First and last place on an axis."""

CLOSEST = {Axis.STEP: 4.0, Axis.TRAINED: 2.0, Axis.CLOCK: 2.0}
"""The least that can be looked at."""


@dataclass
class Lens:
    """A part of the x axis.

    Attributes:
      axis: what x is.
      span: the part looked at; None: all there is.
      following: whether `span` moves on with the newest row.
      cross: where the crosshair stands; None: there is none.
      half_life: rows of smoothing; 0: none.
    """

    axis: Axis = Axis.STEP
    span: Span | None = None
    following: bool = False
    cross: float | None = None
    half_life: int = 30

    def look(self, bounds: Span) -> Span:
        """What is seen of all there is."""
        if self.span is None:
            return bounds
        first, last = self.span
        return (bounds[1] - (last - first), bounds[1]) if self.following else (first, last)

    def zoom(self, factor: float, bounds: Span, at: float | None = None) -> None:
        """See `factor` times as much; a place (or the crosshair, or the middle) stays where it is."""
        first, last = self.look(bounds)
        width = max(CLOSEST[self.axis], (last - first) * factor)
        if width >= bounds[1] - bounds[0]:
            self.span, self.following = None, False
            return
        pivot = self.cross if at is None else at
        if pivot is None or not first <= pivot <= last:
            pivot = last if self.following or self.span is None else (first + last) / 2
        share = (pivot - first) / (last - first) if last > first else 1.0
        self._see(pivot - share * width, width, bounds)

    def pan(self, share: float, bounds: Span) -> None:
        """Move by a share of what is seen, to later places if it is above 0."""
        if self.span is None:
            return
        first, last = self.look(bounds)
        self._see(first + share * (last - first), last - first, bounds)

    def whole(self) -> None:
        """See all there is."""
        self.span, self.following = None, False

    def follow(self, bounds: Span) -> None:
        """See the newest, and go on seeing it; a tenth of all, if all was seen."""
        first, last = self.look(bounds)
        width = last - first if self.span is not None else max(CLOSEST[self.axis], (last - first) / 10)
        self.span, self.following = (bounds[1] - width, bounds[1]), True

    def turn(self, axis: Axis) -> None:
        """Let x be something else; all of it is seen."""
        self.axis, self.cross = axis, None
        self.whole()

    def move_cross(self, share: float, bounds: Span) -> None:
        """Move the crosshair by a share of what is seen, which moves along. A new one begins at the end."""
        first, last = self.look(bounds)
        place = last if self.cross is None else self.cross + share * (last - first)
        self.cross = min(max(place, bounds[0]), bounds[1])
        if self.cross < first or self.cross > last:
            shift = self.cross - (first if self.cross < first else last)
            self._see(first + shift, last - first, bounds)

    def calm(self, steps: int) -> None:
        """Smooth more, or less."""
        known = min(range(len(HALF_LIVES)), key=lambda number: abs(HALF_LIVES[number] - self.half_life))
        self.half_life = HALF_LIVES[min(max(known + steps, 0), len(HALF_LIVES) - 1)]

    def _see(self, first: float, width: float, bounds: Span) -> None:
        first = max(bounds[0], min(first, bounds[1] - width))
        self.span = (first, first + width)
        self.following = first + width >= bounds[1] - 1e-9 * width
