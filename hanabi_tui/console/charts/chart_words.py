"""What the Charts page says in words: which part of the run is seen, and how."""

from hanabi_tui.console.charts.album import Album
from hanabi_tui.console.charts.figure import Figure
from hanabi_tui.console.charts.lens import Lens, Span
from hanabi_tui.console.charts.place import Axis
from hanabi_tui.console.charts.scale import place_text

_NEAR = 0.01
"""Share of what is seen that a mark may be away from the crosshair."""

_AXES = {Axis.STEP: "optimizer steps", Axis.TRAINED: "time trained", Axis.CLOCK: "clock"}


def what_is_seen(album: Album, lens: Lens, bounds: Span | None, figure: Figure | None, dot: str) -> str:
    """One line of all of it.

    Args:
      album: what is shown.
      lens: which part of it.
      bounds: the whole x axis; None: there is nothing yet.
      figure: one that has the run's marks; None: none is shown.
      dot: what stands between two parts.
    """
    parts = [f"x: {_AXES[lens.axis]}", _span(lens, bounds)]
    parts.append(f"half-life {lens.half_life} points" if lens.half_life else "not smoothed")
    if album.others:
        parts.append(f"with {len(album.others)} other {'run' if len(album.others) == 1 else 'runs'}")
    parts += _happened(lens, bounds, figure)
    problem = album.problem() or ("" if album.own.known else "reading run.db …")
    return f" {dot} ".join([*([problem] if problem else []), *parts])


def _span(lens: Lens, bounds: Span | None) -> str:
    if lens.span is None or bounds is None:
        return "the whole run"
    first, last = lens.look(bounds)
    texts = [place_text(lens.axis, place, last - first) for place in (first, last)]
    return f"{texts[0]} to {texts[1]}{', following the newest' if lens.following else ''}"


def _happened(lens: Lens, bounds: Span | None, figure: Figure | None) -> list[str]:
    """What happened where the crosshair stands."""
    if lens.cross is None or figure is None or bounds is None:
        return []
    first, last = lens.look(bounds)
    near = figure.marks_near(lens.axis, lens.cross, _NEAR * (last - first))
    return [f"{mark.kind} {mark.text}" for mark in near[-3:]]
