"""The moves that a turn allows, with what an agent gives for each: bar, value, distance to the best."""

from rich.text import Text
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.records.drawing import fit
from hanabi_tui.table.messages import Appraisal, Choice, Turn

_WORDS = 26
_EIGHTHS = " ▏▎▍▌▋▊▉"
BAR = 20
"""Cells of the longest bar."""


class MoveList(OptionList):
    """A line a move, the best first; without values, as the rules number them."""

    DEFAULT_CSS = """
    MoveList { height: auto; max-height: 100%; width: 1fr; min-width: 62; }
    MoveList { border: none; padding: 0; background: transparent; }
    """

    class Chosen(Message):
        """A move was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, *, chooses: bool = False, id: str | None = None) -> None:  # noqa: A002 Textual's name
        """`chooses`: whether a move can be chosen here, or only looked at."""
        super().__init__(id=id, markup=False, compact=True)
        self.can_focus = chooses
        self._chooses = chooses
        self._choices: tuple[Choice, ...] = ()

    def lay(self, turn: Turn, appraisal: Appraisal | None) -> None:
        """Show the moves of a turn."""
        values = appraisal.values if appraisal is not None else {}
        self._choices = tuple(
            sorted(turn.choices, key=lambda each: (each.move != turn.made, -values.get(each.move, 0.0)))
        )
        self.clear_options()
        self.add_options([Option(line(each, turn.made, values)) for each in self._choices])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell which move it was."""
        event.stop()
        if self._chooses and event.option_index < len(self._choices):
            self.post_message(self.Chosen(self._choices[event.option_index]))


def line(choice: Choice, made: int, values: dict[int, float]) -> Text:
    """`▸ play slot 2               ████████▌     12.34  −0.52`; the mark stands before the move made."""
    mark = "▸ " if choice.move == made else "  "
    words = Text(mark + fit(choice.words, _WORDS), style="bold" if choice.move == made else "")
    if choice.move not in values:
        return words
    best, worst, value = max(values.values()), min(values.values()), values[choice.move]
    share = (value - worst) / (best - worst) if best > worst else 1.0
    words.append(" ").append(bar(share, BAR), style="green" if value == best else "dim").append(
        f" {minus(value):>6}  "
    )
    if value == best:
        return words.append("best")
    return words.append(f"−{best - value:.2f}")


def minus(value: float, digits: int = 2) -> str:
    """A number with a minus sign that is as wide as a plus."""
    return f"{value:.{digits}f}".replace("-", "−")


def bar(share: float, width: int) -> str:
    """A bar of eighths of cells, at least one of them, padded to a width."""
    eighths = max(1, round(share * width * 8))
    drawn = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    return drawn.ljust(width)
