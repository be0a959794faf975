"""Games: recorded ones, with what an agent thinks of each move."""

import asyncio
import time
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from engine.machine.home import at_home
from engine.store import album
from engine.store.directory import GAMES
from hanabi_tui.console.actions import Action
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.tables import landmarks
from hanabi_tui.console.tables.table_actions import actions_at_table
from hanabi_tui.console.view import LOOK
from hanabi_tui.console.views.at_table import AtTable, why
from hanabi_tui.console.widgets.board import Board
from hanabi_tui.console.widgets.prompt import Prompt
from hanabi_tui.console.widgets.table import Table
from hanabi_tui.table import messages as m

PACE = 1.0
"""Seconds that a turn is shown while a game plays by itself."""

BESIDE = 116
"""Columns from which list and table stand side by side."""

_EMPTY = (
    "No games yet. After each evaluation the run keeps a few of its games in\n{folder}:\n"
    "on the first deck, the best, the worst, and one that was struck out.\n\n"
    "o opens any game: a hanab.live JSON file, or a hanab.live link."
)
_HEAD = "      step  why         score"
_HOW = "Enter opens a game; f watches the first of each evaluation at once."


class Games(AtTable):
    """A list of recorded games, and the table."""

    shows_disk: ClassVar[bool] = True
    actions: ClassVar[tuple[Action, ...]] = (
        Action("watch", ("enter",), "Watch", "Open the game under the cursor.", "Games", footer=True),
        Action("open_path", ("o",), "File", "Open a hanab.live JSON file or link.", "Games", footer=True),
        Action(
            "the_mistake",
            ("m",),
            "Mistake",
            "Go to the move that cost most, as the agent sees it.",
            "Games",
            footer=True,
        ),
        *actions_at_table("Games"),
        Action("next_hint", ("h",), "Hint", "Go on to the next hint.", "Games"),
        Action("last_hint", ("H",), "Hint before", "Go back to the hint before.", "Games"),
        Action(
            "auto", ("space",), "Run", "Play by itself, a move a second; again: stop.", "Games", footer=True
        ),
        Action(
            "live",
            ("f",),
            "Live",
            "Watch each evaluation's first game as soon as it was played; again: no longer.",
            "Games",
            footer=True,
        ),
        Action("list", ("escape",), "List", "Go back to the list of games.", "Games"),
    )

    DEFAULT_CSS = """
    Games #album { width: 34; height: 1fr; }
    Games #album-head { height: 1; text-style: dim; }
    Games #none { height: auto; padding: 1 2; display: none; }
    Games #kept { height: 1fr; border: none; padding: 0; }
    Games.empty #none { display: block; }
    Games.empty #album-head, Games.empty #kept { display: none; }
    Games.narrow #album, Games.empty #album { width: 1fr; }
    Games.narrow Table, Games.empty Table { display: none; }
    Games.narrow.table #album, Games.empty.table #album { display: none; }
    Games.narrow.table Table, Games.empty.table Table { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._entries: list[album.Entry] = []
        self._looked = 0.0
        self._playing: Timer | None = None
        self._live, self._watched = False, Path()

    def compose(self) -> ComposeResult:
        """List, table, and a line for questions."""
        with Horizontal():
            with Vertical(id="album"):
                yield Static(_HEAD, id="album-head", markup=False)
                yield OptionList(id="kept", markup=False, compact=True)
                yield Static(id="none", markup=False)
            yield Table()
        yield Prompt()

    def show(self, model: Model) -> None:
        """Look for new games now and then."""
        self.set_class(self.size.width < BESIDE, "narrow")
        if time.monotonic() - self._looked >= LOOK:
            self._looked = time.monotonic()
            self.run_worker(self._look(model.directory / GAMES), group="album", exclusive=True)

    def on_resize(self) -> None:
        """Arrange list and table."""
        self.set_class(self.size.width < BESIDE, "narrow")

    def leave(self) -> None:
        """Nobody watches any more."""
        self._stop()

    # the list

    async def _look(self, folder: Path) -> None:
        found = await asyncio.to_thread(album.entries, folder)
        self.set_class(not found, "empty")
        self.query_one("#none", Static).update(_EMPTY.format(folder=folder))
        if found != self._entries:
            self._list(found)
        if self.table.laid is None:
            self.table.remark(_HOW)
        # by the clock: a run that went back writes lower steps than there are
        firsts = [entry for entry in found if entry.kind == album.FIRST]
        newest = max(firsts, key=lambda entry: entry.written).path if firsts else self._watched
        if self._live and self._playing is None and newest != self._watched:
            self._watched = newest
            self._begin(str(newest), runs=True)

    def _list(self, found: list[album.Entry]) -> None:
        self._entries = found
        kept = self.query_one("#kept", OptionList)
        before = kept.get_option_at_index(kept.highlighted).id if kept.highlighted is not None else None
        several = len({entry.players for entry in found}) > 1
        kept.clear_options()
        kept.add_options([Option(line(entry, several), id=entry.path.name) for entry in found])
        names = [entry.path.name for entry in found]
        if names:
            kept.highlighted = names.index(before) if before in names else 0
            if self.app.focused is None:
                kept.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open a game of the list."""
        entry = next((each for each in self._entries if each.path.name == event.option.id), None)
        if entry is not None:
            self._begin(str(entry.path))

    def action_watch(self) -> None:
        """Open the chosen game."""
        kept = self.query_one("#kept", OptionList)
        if kept.highlighted is not None and (kept.has_focus or not self.has_class("table")):
            kept.action_select()

    def action_list(self) -> None:
        """No question, or the list."""
        if self.query_one(Prompt).withdraw():
            return
        self._stop()
        self.remove_class("table")
        self.query_one("#kept", OptionList).focus()

    def action_open_path(self) -> None:
        """Ask for a file."""
        self.query_one(Prompt).ask("File or hanab.live link:", "", self._take_path)

    def _take_path(self, words: str) -> None:
        if words:
            self._begin(at_home(words))

    def _begin(self, source: str, *, runs: bool = False) -> None:
        self._stop()
        self.run_worker(self._open(source, runs=runs), group="table", exclusive=True)

    async def _open(self, source: str, *, runs: bool) -> None:
        self.table.remark("opening …")
        head = self.query_one("#album-head", Static)
        head.update(f"opening {Path(source).name} …")
        try:
            reply = await self.table_process.ask(m.Open, source=source)
        finally:
            head.update(_HEAD)
        if not isinstance(reply, m.Laid):
            self.table.remark(self.about())
            self.app.say(why(reply), warning=True)
            return
        self.add_class("table")
        self.table.lay(reply.game)
        if self.has_eyes:
            self.query_one(Board).focus()
        if runs and self.display:
            self.action_auto()
        await self.judge()

    def action_live(self) -> None:
        """Watch what comes, or no longer."""
        self._live, self._watched = not self._live, Path()
        self.app.say(
            "Live: the newest game now, and each that comes when this one is over; f ends that"
            if self._live
            else "No longer live"
        )
        self._looked = 0.0
        self.show(self.app.model)

    # the game

    def go(self, turn: int) -> None:
        """Show another turn; whoever leafs by hand wants no automatic."""
        self._stop()
        super().go(turn)

    def action_the_mistake(self) -> None:
        """The move that cost most."""
        if self.table.laid is None:
            return
        found = landmarks.the_mistake(self.table.laid.appraisals)
        if found is None:
            self.show_turn("no agent says which move was a mistake: a chooses one; j goes to misplays")
            return
        self.go(found[0])
        self.show_turn(found[1])

    def action_next_hint(self) -> None:
        """The next hint."""
        self.jump(landmarks.next_hint, 1, "hint")

    def action_last_hint(self) -> None:
        """The hint before."""
        self.jump(landmarks.next_hint, -1, "hint")

    def action_auto(self) -> None:
        """Run, or stop."""
        if self._playing is not None:
            self._stop()
            self.show_turn()
        elif self.table.laid is not None:
            if self.table.turn == self.table.laid.last:
                self.table.go(0)
            self._playing = self.set_interval(PACE, self._tick)
            self.show_turn("the game plays by itself; space stops it")

    def _tick(self) -> None:
        self.table.go(self.table.turn + 1)
        self.show_turn()
        if self.table.laid is None or self.table.turn >= self.table.laid.last:
            self._stop()

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None


def line(entry: album.Entry, several: bool) -> str:
    """`    12,400  worst          14  2 players`; players only where they differ."""
    words = f"{entry.step:>10,}  {entry.kind:<10} {entry.score:>6}"
    return f"{words}  {entry.players}p" if several else words
