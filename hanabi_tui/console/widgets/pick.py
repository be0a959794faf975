"""A dialogue in which several things are chosen from a list, and further ones typed."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, SelectionList, Static
from textual.widgets.selection_list import Selection

Choice = tuple[str, str, bool]
"""What is shown, what it stands for, and whether it is chosen."""


class Pick(ModalScreen[list[str]]):
    """Choose any number of things; it ends with those that are chosen, in the order of the list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "done", "Done", id="pick.done")]
    DEFAULT_CSS = """
    Pick { align: center middle; }
    Pick > Vertical {
        width: 70; max-width: 95%; height: auto; max-height: 90%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    Pick SelectionList { height: auto; max-height: 15; border: none; background: $surface; padding: 0; }
    Pick Static { width: 1fr; height: auto; color: $text-muted; }
    Pick #title { color: $foreground; text-style: bold; }
    Pick Input { height: 3; }
    Pick #wrong { color: $error; display: none; }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        typed: Callable[[str], Choice] | None = None,
        hint: str = "",
    ) -> None:
        """Make one.

        Args:
          title: what is chosen.
          choices: from which.
          typed: makes a further choice of what was typed; raises ValueError, saying what is wrong with it.
          hint: what is to be typed.
        """
        super().__init__()
        self._title, self._choices, self._typed, self._hint = title, choices, typed, hint
        self._values = [value for _, value, _ in choices]

    def compose(self) -> ComposeResult:
        """Title, list, field, keys."""
        with Vertical():
            yield Static(self._title, id="title", markup=False)
            if not self._choices:
                yield Static("none found", id="none")
            yield SelectionList[str](*(self._selection(choice) for choice in self._choices))
            if self._typed is not None:
                yield Input(placeholder=self._hint)
                yield Static("", id="wrong", markup=False)
            keys = "space: on or off" + ("   tab: type another   enter: add it" if self._typed else "")
            yield Static(f"{keys}   escape: done", markup=False)

    def on_mount(self) -> None:
        """Begin in the list, or in the field if there is none to choose from."""
        self.query_one(SelectionList if self._choices or self._typed is None else Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add what was typed."""
        assert self._typed is not None
        wrong = self.query_one("#wrong", Static)
        if not event.value.strip():
            self.action_done()
            return
        try:
            choice = self._typed(event.value.strip())
        except ValueError as error:
            wrong.update(str(error))
            wrong.display = True
            return
        wrong.display = False
        self.query("#none").remove()
        known: SelectionList[str] = self.query_one(SelectionList)
        if choice[1] in self._values:
            known.select(choice[1])
        else:
            self._values.append(choice[1])
            known.add_option(self._selection(choice))
        event.input.value = ""

    def action_done(self) -> None:
        """End with what is chosen."""
        chosen: SelectionList[str] = self.query_one(SelectionList)
        picked = set(chosen.selected)
        self.dismiss([value for value in self._values if value in picked])

    @staticmethod
    def _selection(choice: Choice) -> Any:
        label, value, chosen = choice
        return Selection(Content(label), value, chosen)
