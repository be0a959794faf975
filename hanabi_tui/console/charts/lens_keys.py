"""What keys do to a lens: zoom, move, read, smooth."""

from typing import Any

from hanabi_tui.console.charts.lens import Lens, Span
from hanabi_tui.console.view import View

_ZOOM, _STEP, _CROSS = 0.5, 0.25, 0.01


class LensKeys(View):
    """A view that is looked at through a lens."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._lens = Lens()
        self._bounds: Span | None = None  # all there is to see; None: nothing

    def _moved(self) -> None:
        """Show what the lens shows now."""
        raise NotImplementedError

    def action_zoom_in(self) -> None:
        """See half as much."""
        self._zoom(_ZOOM)

    def action_zoom_out(self) -> None:
        """See twice as much."""
        self._zoom(1 / _ZOOM)

    def _zoom(self, factor: float) -> None:
        if self._bounds is not None:
            self._lens.zoom(factor, self._bounds)
            self._moved()

    def action_earlier(self) -> None:
        """Move to the left."""
        self._pan(-_STEP)

    def action_later(self) -> None:
        """Move to the right."""
        self._pan(_STEP)

    def _pan(self, share: float) -> None:
        if self._bounds is not None:
            self._lens.pan(share, self._bounds)
            self._moved()

    def action_whole(self) -> None:
        """See everything."""
        self._lens.whole()
        self._moved()

    def action_follow(self) -> None:
        """See what is newest."""
        if self._bounds is not None:
            self._lens.follow(self._bounds)
            self._moved()

    def action_cross_left(self) -> None:
        """Read a little to the left."""
        self._read_at(-_CROSS)

    def action_cross_right(self) -> None:
        """Read a little to the right."""
        self._read_at(_CROSS)

    def action_cross_far_left(self) -> None:
        """Read far to the left."""
        self._read_at(-10 * _CROSS)

    def action_cross_far_right(self) -> None:
        """Read far to the right."""
        self._read_at(10 * _CROSS)

    def _read_at(self, share: float) -> None:
        if self._bounds is not None:
            self._lens.move_cross(share, self._bounds)
            self._moved()

    def action_smooth_more(self) -> None:
        """Calmer lines."""
        self._lens.calm(1)
        self._moved()

    def action_smooth_less(self) -> None:
        """Lines closer to what was measured."""
        self._lens.calm(-1)
        self._moved()
