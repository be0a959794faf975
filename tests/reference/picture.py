"""The console's screen as a text to keep, compare and read: its rows, below them how these are coloured."""

from collections.abc import Iterable
from itertools import groupby

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.strip import Strip


def picture_of(app: App) -> str:
    """What is on the screen now, dialogues included.

    Rows come first, as they are read. Behind the rule follow the styles of each row, a letter and how many
    cells have it, the rows that are alike together; and at the end what each letter stands for.
    """
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    rows = [Strip.join(list(row)) for row in update.strips]
    letters: dict[str, str] = {}
    runs = [_runs(row, letters) for row in rows]
    texts = [row.text.rstrip() for row in rows]
    legend = [f"{letter}  {style}" for style, letter in letters.items()]
    return "\n".join([*texts, "─" * app.size.width, *_styled(runs), "", *legend]) + "\n"


def _runs(row: Strip, letters: dict[str, str]) -> str:
    runs: list[list] = []
    for text, style, _ in row:
        letter = letters.setdefault(_named(style), _letter(len(letters)))
        if runs and runs[-1][0] == letter:
            runs[-1][1] += cell_len(text)
        else:
            runs.append([letter, cell_len(text)])
    return " ".join(f"{letter}{cells}" for letter, cells in runs if cells)


def _named(style: Style | None) -> str:
    return str(style) if style else "none"


def _letter(number: int) -> str:
    low = "abcdefghijklmnopqrstuvwxyz"
    return (low + low.upper())[number] if number < 52 else f"{low[number // 26 - 2]}{low[number % 26]}"


def _styled(runs: Iterable[str]) -> Iterable[str]:
    row = 0
    for styles, alike in groupby(runs):
        count = len(list(alike))
        yield f"{row + 1:>2}{f'–{row + count}' if count > 1 else '':<4} {styles}"
        row += count
