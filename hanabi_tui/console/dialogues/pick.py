"""A dialogue in which several things are chosen from a list, and further ones typed."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from hanabi_tui.console.dialogues.dialogue import Dialogue

Choice = tuple[str, str, bool]
"""What is shown, what it stands for, and whether it is chosen."""


class Pick(Dialogue[list[str]]):
    """Choose any number of things; it ends with those that are chosen, in the order of the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "switch", "On or off", id="pick.switch"),
    ]
    DEFAULT_CSS = """
    Pick > Vertical {
        width: 72; max-width: 95%; height: auto; max-height: 90%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    Pick OptionList { height: auto; max-height: 14; border: none; background: $surface; padding: 0; }
    Pick Static { width: 1fr; height: auto; color: $text-muted; }
    Pick #title { color: $foreground; text-style: bold; }
    Pick Input { height: 3; }
    Pick #wrong { color: $text-error; display: none; }
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
        self._title, self._typed, self._hint = title, typed, hint
        self._choices = [*choices]

    def compose(self) -> ComposeResult:
        """Title, list, field, keys."""
        with Vertical():
            yield Static(self._title, id="title", markup=False)
            if not self._choices:
                yield Static("none found", id="none")
            yield OptionList(*(_shown(choice) for choice in self._choices))
            if self._typed is not None:
                yield Input(placeholder=self._hint)
                yield Static("", id="wrong", markup=False)
            keys = "space: on or off  " + ("tab: type another  enter: add it  " if self._typed else "")
            yield Static(f"{keys}escape: done", markup=False)

    def on_mount(self) -> None:
        """Begin in the list, or in the field if there is none to choose from."""
        self.query_one(OptionList if self._choices or self._typed is None else Input).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click: on or off."""
        self._set(event.option_index, not self._choices[event.option_index][2])

    def action_switch(self) -> None:
        """On or off."""
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._set(highlighted, not self._choices[highlighted][2])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add what was typed; nothing typed is the end."""
        assert self._typed is not None
        if not event.value.strip():
            self.action_leave()
            return
        wrong = self.query_one("#wrong", Static)
        try:
            choice = self._typed(event.value.strip())
        except ValueError as error:
            wrong.update(str(error))
            wrong.display = True
            return
        wrong.display = False
        event.input.value = ""
        self._add(choice)

    def action_leave(self) -> None:
        """End with what is chosen."""
        self.dismiss([value for _, value, chosen in self._choices if chosen])

    def _add(self, choice: Choice) -> None:
        self.query("#none").remove()
        values = [value for _, value, _ in self._choices]
        if choice[1] in values:
            self._set(values.index(choice[1]), chosen=True)
        else:
            self._choices.append(choice)
            self.query_one(OptionList).add_option(_shown(choice))

    def _set(self, number: int, chosen: bool) -> None:
        label, value, _ = self._choices[number]
        self._choices[number] = (label, value, chosen)
        self.query_one(OptionList).replace_option_prompt_at_index(number, _shown(self._choices[number]))


def _shown(choice: Choice) -> Content:
    """With a cross that tells what is chosen without colour."""
    return Content(f"[{'x' if choice[2] else ' '}] {choice[0]}")
