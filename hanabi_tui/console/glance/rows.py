"""Rows of a panel: a label, a number with its unit, and what is behind it."""

from typing import NamedTuple

from hanabi_tui.console.pieces import Line, Piece, accent, fitting, padded, plain, quiet

LABEL = 12
"""Cells of a label before what is no column of numbers."""


class Columns(NamedTuple):
    """Cells of labels, numbers and units in a panel."""

    label: int
    number: int
    unit: int

    def curve(self, width: int, behind: int = 0) -> int:
        """Cells left for a curve in a panel of a width, with so many behind it."""
        return max(0, min(width - sum(self) - (behind + 2 if behind else 0), 60))


def row(label: str, *pieces: Piece) -> Line:
    """A label, and what is said."""
    return (padded(quiet(label), LABEL), *pieces)


def measured(
    width: int, columns: Columns, label: str, value: Piece, unit: str, curve: str = "", *more: Piece
) -> Line:
    """A number in its column with its unit, its curve, and more; what does not fit goes, the last first."""
    start: Line = (
        padded(quiet(label), columns.label),
        padded(value, columns.number, right=True),
        padded(quiet(f" {unit}"), columns.unit) if curve else quiet(f" {unit}"),
    )
    drawn: Line = (*start, accent(curve)) if curve else start
    return (
        fitting(width, (*drawn, plain("  "), *more), drawn, start) if more else fitting(width, drawn, start)
    )
