"""The log: every line that the run has said, to filter, search and follow."""

import asyncio
from itertools import islice
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from hanabi_tui.console.actions import Action
from hanabi_tui.console.glance.log_tail import dressed, is_warning
from hanabi_tui.console.live.log_source import KEPT, LogFile, Merge
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.pieces import Line, fitting, quiet, strong, warning
from hanabi_tui.console.view import View
from hanabi_tui.console.widgets.block import Block
from hanabi_tui.console.widgets.lines_pane import LinesPane
from hanabi_tui.quantities import some

TICK = 1.0
"""Seconds between two looks at the file."""


class Logs(View):
    """All lines since the run began."""

    actions: ClassVar[tuple[Action, ...]] = (
        Action(
            "filter", ("f",), "Filter", "Show only lines with these words, as you type.", "Logs", footer=True
        ),
        Action("search", ("slash",), "Search", "Find a text, and mark it.", "Logs", footer=True),
        Action("next", ("n",), "Next", "Go to the next line that has what is searched for.", "Logs"),
        Action("previous", ("b",), "Previous", "Go to the line before that has it.", "Logs"),
        Action("level", ("v",), "Warnings", "Show warnings only, or all lines.", "Logs", footer=True),
        Action(
            "follow",
            ("o",),
            "Follow",
            "Keep the newest line in sight, or stay where you are.",
            "Logs",
            footer=True,
        ),
        Action("wrap", ("w",), "Wrap", "Let long lines take several rows, or cut them.", "Logs", footer=True),
        Action("copy_line", ("y",), "Copy", "Put the chosen line into the terminal's clipboard.", "Logs"),
        Action(
            "clear",
            ("escape",),
            "All lines",
            "Leave what you type; once more takes filter, search and level away.",
            "Logs",
        ),
    )

    DEFAULT_CSS = """
    Logs {
        layout: vertical;
        #asked { height: 1; dock: top; }
        #asked Static { width: auto; color: $text-muted; }
        #asked Input { width: 1fr; margin-right: 2; }
        LinesPane { height: 1fr; }
        #standing { height: 1; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._file: LogFile | None = None
        self._merge, self._heard = Merge(), 0
        self._in_sight = self._reading = False
        self._behind = True  # the file has lines that come before those of the socket
        self._only_warnings = False
        self._said = ""  # of the last search

    def compose(self) -> ComposeResult:
        """The lines, what is asked for above them, how things stand."""
        # first, so that it has the focus when the view is opened
        yield LinesPane(dress=dressed, limit=KEPT, id="lines")
        with Horizontal(id="asked"):
            yield Static("Filter ", markup=False)
            yield Input(placeholder="f: words that must be there", id="filter", compact=True)
            yield Static("Search ", markup=False)
            yield Input(placeholder="/: a text to find", id="needle", compact=True)
        yield Block(id="standing")

    def on_mount(self) -> None:
        """Look at the file now and then."""
        self.set_interval(TICK, self._look)
        self.pane.focus()

    @property
    def pane(self) -> LinesPane:
        """The lines."""
        return self.query_one(LinesPane)

    def show(self, model: Model) -> None:
        """Show what came."""
        if not self._in_sight:
            self._in_sight = self._behind = True
            self._look()
        if not self._behind and (fresh := self._from_socket(model)):
            self.pane.add(fresh)
        elif not self.pane.total:
            self._stand()

    def leave(self) -> None:
        """Rest; what comes meanwhile is in the file."""
        self._in_sight = False

    # where lines come from

    def _from_socket(self, model: Model) -> list[str]:
        new = min(model.lines_seen - self._heard, len(model.lines))
        self._heard = model.lines_seen
        return self._merge.from_socket(islice(model.lines, len(model.lines) - new, None)) if new > 0 else []

    def _look(self) -> None:
        if self._in_sight and not self._reading:  # what a reading brings must not be dropped for the next one
            self._reading = True
            self.run_worker(self._read_on(), group="file", exit_on_error=False)

    async def _read_on(self) -> None:
        model = self.app.model
        if self._file is None:
            self._file = LogFile(model.directory)
        try:
            lines = await asyncio.to_thread(self._file.read_on)
        finally:
            self._reading = False
        fresh = self._merge.from_file(lines)
        if self._behind:
            self._behind = False
            fresh += self._from_socket(model)
        self.pane.add(fresh)

    # what is asked for

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one("#filter", Input).focus()

    def action_search(self) -> None:
        """Type what to search for."""
        self.query_one("#needle", Input).focus()

    @on(Input.Changed, "#filter")
    def _filter(self) -> None:
        words = self.query_one("#filter", Input).value.lower().split()
        self.pane.sift(words, is_warning if self._only_warnings else None)

    @on(Input.Changed, "#needle")
    def _search(self, event: Input.Changed) -> None:
        found = self.pane.look_for(event.value)
        self._said = "" if not event.value else f"“{event.value}” in {some(found, 'line')}"
        self._stand()

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        self.pane.focus()
        if event.input.id == "needle":
            self.action_next()

    def action_next(self) -> None:
        """Go to the next line that was searched for."""
        self._go(1)

    def action_previous(self) -> None:
        """Go to the line before that has it."""
        self._go(-1)

    def _go(self, by: int) -> None:
        needle = self.query_one("#needle", Input).value
        if not needle:
            self.app.say("Nothing is searched for yet: / and a text")
            return
        which, of = self.pane.next_found(by)
        self._said = f"“{needle}”: {which:,} of {some(of, 'line')}" if of else f"“{needle}” is in no line"
        self._stand()

    def action_level(self) -> None:
        """Warnings only, or all."""
        self._only_warnings = not self._only_warnings
        self._filter()

    def action_follow(self) -> None:
        """Follow, or stay."""
        if self.pane.follow:
            self.pane.follow = False
            self._stand()
        else:
            self.pane.action_last()

    def action_wrap(self) -> None:
        """Wrap, or cut."""
        self.pane.set_wrap(not self.pane.wrap)

    def action_copy_line(self) -> None:
        """Copy the chosen line."""
        if self.pane.chosen:
            self.app.copy(self.pane.chosen)
        else:
            self.app.say("There is no line to copy")

    def action_clear(self) -> None:
        """Leave what is being typed; where nothing is, show all again."""
        if isinstance(self.app.focused, Input):
            self.pane.focus()
            return
        self._only_warnings, self._said = False, ""
        for field in self.query(Input):
            field.value = ""
        self._filter()
        self.pane.focus()

    # how things stand

    @on(LinesPane.Changed)
    def _stand(self) -> None:
        pane = self.pane
        block = self.query_one("#standing", Block)
        if not pane.total:
            block.tell([(quiet(self._empty()),)])
            return
        last = "the last " if pane.total >= KEPT else ""
        left: Line = (strong(f"{pane.shown:,}"), quiet(f" of {last}{some(pane.total, 'line')}"))
        modes = [
            "follows" if pane.follow else f"line {pane.cursor + 1:,}",
            *(["wrapped"] if pane.wrap else []),
            *([self._said] if self._said else []),
        ]
        said: Line = (*left, *((warning("  warnings only"),) if self._only_warnings else ()))
        block.tell([fitting(block.size.width, (*said, quiet("  ·  " + "  ·  ".join(modes))), said)])

    def _empty(self) -> str:
        why = self._file.why if self._file else ""
        model = self.app.model
        return why or ("The run has said nothing yet." if model.connected else f"No lines: {model.why}")
