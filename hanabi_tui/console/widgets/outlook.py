"""The outlook of a game: what an agent expected in the end, turn after turn, as a strip of bars.

Points on the stacks plus the value of the best move. Values are discounted, so it expects a little less the
farther the end is.
"""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from hanabi_tui.console.widgets.move_list import minus
from hanabi_tui.table.messages import Appraisal, Turn

WIDTH = 44
_LABEL = "  expects      "
_BARS = "▁▂▃▄▅▆▇█"


class Outlook(Static):
    """One line; the turn that is shown stands out."""

    DEFAULT_CSS = """
    Outlook { height: auto; width: 80; }
    """

    def lay(self, turns: Sequence[Turn], appraisals: Sequence[Appraisal], turn: int) -> None:
        """Show the outlook of all turns."""
        self.update(strip(turns, appraisals, turn))


def strip(turns: Sequence[Turn], appraisals: Sequence[Appraisal], turn: int) -> Text:
    """The strip as text; empty where there are no values."""
    hopes = [
        each.position.score + max(seen.values.values(), default=0.0)
        for each, seen in zip(turns, appraisals, strict=False)
    ]
    if len(hopes) < 2 or not any(each.values for each in appraisals):
        return Text("")
    low, high = min(hopes), max(hopes)
    cells = min(len(hopes), WIDTH)
    here = min(turn, len(hopes) - 1) * cells // len(hopes)
    line = Text(_LABEL)
    for cell in range(cells):
        value = hopes[cell * len(hopes) // cells] if cell != here else hopes[min(turn, len(hopes) - 1)]
        level = round((value - low) / ((high - low) or 1.0) * (len(_BARS) - 1))
        line.append(_BARS[level], style="reverse" if cell == here else "")
    now = hopes[min(turn, len(hopes) - 1)]
    return line.append(f" {minus(now, 1)} ({minus(low, 1)} to {minus(high, 1)})")
