"""A matrix of shares as a picture: SVG, without a library."""

from collections.abc import Iterator, Sequence
from math import isnan
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from hanabi_tui.commands.heat import Rgb, ground, ink

CELL, LEFT, TOP, GAP = 28, 92, 64, 8
"""px: a field; room for labels of rows; for title and labels of columns; above the last row."""

TITLE_LETTER = 9
"""px: about what a letter of the title takes."""

_NEVER: Rgb = (235, 235, 235)
"""Where there is nothing to show."""


def picture(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    shares: NDArray[np.float64],
    last: str,
    last_shares: NDArray[np.float64],
) -> str:
    """The picture as a file's content.

    Args:
      title: above it.
      rows: N labels.
      columns: M labels.
      shares: float64[N, M], 0..1; nan is left grey.
      last: the label of one more row, set apart.
      last_shares: float64[M], its shares.
    """
    width = max(LEFT + CELL * len(columns) + CELL, CELL + TITLE_LETTER * len(title))
    height = TOP + CELL * (len(rows) + 1) + GAP + CELL // 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{CELL // 2}" y="24" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for column, name in enumerate(columns):
        parts.append(_text(LEFT + CELL * (column + 0.5), TOP - 8, name, "middle", size=10))
    for row, name in enumerate(rows):
        parts += _row(TOP + CELL * row, name, columns, shares[row])
    parts += _row(TOP + CELL * len(rows) + GAP, last, columns, last_shares)
    return "\n".join([*parts, "</svg>", ""])


def _row(y: float, name: str, columns: Sequence[str], shares: NDArray[np.float64]) -> Iterator[str]:
    yield _text(LEFT - 8, y + CELL / 2 + 4, name, "end")
    for column, share in enumerate(shares.tolist()):
        x = LEFT + CELL * column
        fill = _NEVER if isnan(share) else ground(share)
        says = "never made" if isnan(share) else f"{100 * share:.1f}%"
        yield (
            f'<rect x="{x}" y="{y:g}" width="{CELL - 1}" height="{CELL - 1}" fill="{_css(fill)}">'
            f"<title>{escape(f'{name} → {columns[column]}: {says}')}</title></rect>"
        )
        if share >= 0.005:
            yield _text(x + CELL / 2, y + CELL / 2 + 4, f"{100 * share:.0f}", "middle", ink(share))


def _text(x: float, y: float, words: str, anchor: str, colour: Rgb = (0, 0, 0), size: int = 12) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" fill="{_css(colour)}" '
        f'pointer-events="none">'
        f"{escape(words)}</text>"
    )


def _css(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
