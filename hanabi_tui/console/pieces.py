"""Lines of text as the console's blocks show them: pieces, each with the part it plays.

What builds lines knows no colours: a theme says how each part looks. Colour never says anything alone.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from engine.machine.printable import shown


class Part(StrEnum):
    """What a piece of text is there for."""

    PLAIN = "plain"
    QUIET = "quiet"  # labels, units, what explains
    STRONG = "strong"  # the number one looks for
    ACCENT = "accent"  # bars and curves
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Piece(NamedTuple):
    """Some text, and its part."""

    text: str
    part: Part = Part.PLAIN


Line = tuple[Piece, ...]


def plain(text: str) -> Piece:
    """Text as it is."""
    return Piece(safe(text))


def quiet(text: str) -> Piece:
    """A label, a unit, an explanation."""
    return Piece(safe(text), Part.QUIET)


def strong(text: str) -> Piece:
    """What one looks for."""
    return Piece(safe(text), Part.STRONG)


def accent(text: str) -> Piece:
    """A bar, a curve."""
    return Piece(safe(text), Part.ACCENT)


def good(text: str) -> Piece:
    """As it should be."""
    return Piece(safe(text), Part.GOOD)


def warning(text: str) -> Piece:
    """Something to look at."""
    return Piece(safe(text), Part.WARNING)


def bad(text: str) -> Piece:
    """Something is wrong."""
    return Piece(safe(text), Part.BAD)


def safe(text: str) -> str:
    """Without anything that could steer a terminal."""
    return text if text.isprintable() else shown(text)


def text_of(line: Iterable[Piece]) -> str:
    """A line without its parts."""
    return "".join(piece.text for piece in line)


def width_of(line: Iterable[Piece]) -> int:
    """How many cells of a terminal a line takes."""
    return sum(cell_len(piece.text) for piece in line)


def fitting(width: int, *lines: Line) -> Line:
    """The first line that is no wider than this, else the last one: give the fullest first."""
    return next((line for line in lines if width_of(line) <= width), lines[-1])


def apart(width: int, left: Line, right: Line) -> Line:
    """Two lines as one, the second at the right edge; without the second where they do not fit."""
    gap = width - width_of(left) - width_of(right)
    return (*left, plain(" " * gap), *right) if gap >= 2 else left


def padded(piece: Piece, width: int, *, right: bool = False) -> Piece:
    """A piece filled with blanks, or cut, to a width; `right`: it stands at the right."""
    missing = width - cell_len(piece.text)
    if missing < 0:
        return Piece(cut(piece.text, width), piece.part)
    return Piece(" " * missing + piece.text if right else piece.text + " " * missing, piece.part)


def cut(text: str, width: int) -> str:
    """A text no wider than this; an ellipsis says that there was more."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)) + "…" if width > 0 else ""


def cut_line(line: Sequence[Piece], width: int) -> Line:
    """A line no wider than this."""
    if width_of(line) <= width:
        return tuple(line)
    kept: list[Piece] = []
    for piece in line:
        length = cell_len(piece.text)
        # one cell stays free for the ellipsis, for more is to come or the piece itself is too long
        if length < width:
            kept.append(piece)
            width -= length
        else:
            kept.append(Piece(set_cell_size(piece.text, width - 1) + "…", piece.part))
            break
    return tuple(kept)


def wrapped(text: str, width: int, lines: int = 1000) -> list[str]:
    """A text in lines no wider than this, broken between words where it can be; the last one may be cut."""
    width, done, line = max(width, 1), list[str](), ""
    for word in safe(text).split():
        for part in chop_cells(word, width) if cell_len(word) > width else [word]:
            if line and cell_len(line) + 1 + cell_len(part) > width:
                done.append(line)
                line = part
            else:
                line = f"{line} {part}" if line else part
    done += [line] if line else []
    if len(done) > lines:
        done[lines - 1] = cut(f"{done[lines - 1]} {done[lines]}", width)
    return done[:lines]


def bar(share: float, width: int) -> str:
    """A share of 1 as a bar of blocks, filled to an eighth of a cell."""
    filled = round(8 * width * min(max(share, 0.0), 1.0)) if share == share else 0  # NaN: empty
    full, rest = divmod(filled, 8)
    drawn = "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")
    return drawn + "░" * (width - len(drawn))
