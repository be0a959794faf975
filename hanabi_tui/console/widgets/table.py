"""A table with a game on it: board, moves with their values, beliefs, and what was done before.

Where there is room all of it is shown, beside or below the board; else moves and beliefs take turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from engine.records import drawing
from hanabi_tui.console.widgets.beliefs import Beliefs
from hanabi_tui.console.widgets.board import Board
from hanabi_tui.console.widgets.move_list import MoveList
from hanabi_tui.console.widgets.outlook import Outlook
from hanabi_tui.console.widgets.paint import painted
from hanabi_tui.table.messages import Appraisal, Game, Judged, Turn, Went

SIDE_BY_SIDE = 143
"""Columns from which moves stand beside the board."""

BELIEFS = 9
"""Lines of beliefs."""

HEADED = 6
"""Lines from which a list of moves has a head."""

ROOMY = 20
"""Lines below the board from which beliefs and moves both fit there."""


@dataclass
class Laid:
    """A game as far as it is known, and what an agent thinks of it."""

    game: Game
    agent: str = ""
    source: str = ""
    appraisals: list[Appraisal] = field(default_factory=list)

    def went(self, went: Went) -> None:
        """It went on, or back."""
        turns = (*self.game.turns[: went.since], *went.turns)
        self.game = msgspec.structs.replace(self.game, turns=turns, result=went.result)
        del self.appraisals[went.since :]

    def judged(self, judged: Judged) -> None:
        """An agent said what it thinks."""
        self.agent, self.source = judged.agent, judged.source
        self.appraisals[judged.since :] = judged.appraisals

    @property
    def last(self) -> int:
        """The last turn."""
        return len(self.game.turns) - 1


class Table(Vertical):
    """Shows one turn of a game.

    Attributes:
      laid: what is shown; None: nothing yet.
      turn: which turn of it.
      perspective: the seat whose own cards are hidden; None: all cards are shown.
      insight: whether values and beliefs are shown.
    """

    DEFAULT_CSS = """
    Table { width: 1fr; height: 1fr; }
    Table #both { height: 1fr; }
    Table #left { width: 80; height: auto; }
    Table #right { width: 1fr; height: 1fr; }
    Table #remark { height: 1; text-style: bold; }
    Table #before { height: auto; margin-top: 1; }
    Table.stacked #both { layout: vertical; }
    Table.tight.beliefs MoveList, Table.tight.moves Beliefs { display: none; }
    Table.tight #before, Table.blind Beliefs, Table.blind Outlook, Table.tight Outlook { display: none; }
    Table.tight.blind.beliefs #before { display: block; margin-top: 0; }
    """

    def __init__(self, *, chooses: bool = False, id: str | None = None) -> None:  # noqa: A002 Textual's name
        """`chooses`: whether moves can be chosen from the list."""
        super().__init__(id=id, classes="moves stacked")
        self._chooses = chooses
        self.laid: Laid | None = None
        self.turn = 0
        self.perspective: int | None = None
        self.insight = True
        self._remark = ""

    def compose(self) -> ComposeResult:
        """Board and beliefs; moves and history."""
        with Horizontal(id="both"):
            with Vertical(id="left"):
                yield Board()
                yield Static(id="remark", markup=False)
                yield Beliefs(markup=False)
                yield Outlook(markup=False)
            with VerticalScroll(id="right", can_focus=False):
                yield MoveList(chooses=self._chooses)
                yield Static(id="before", markup=False)

    def lay(self, game: Game, turn: int = 0) -> None:
        """Show a game."""
        self.laid, self.turn = Laid(game), min(turn, len(game.turns) - 1)
        if self.perspective is not None and self.perspective >= len(game.names):
            self.perspective = None
        self._fit()
        self.draw()

    def go(self, turn: int) -> None:
        """Show another turn; one that there is not is the nearest there is."""
        if self.laid is not None:
            self.turn = max(0, min(turn, self.laid.last))
            self.draw()

    def remark(self, words: str) -> None:
        """Say something below the board, until the next."""
        self._remark = words
        self.query_one("#remark", Static).update(words)

    def choose(self, *, moves: bool) -> None:
        """Where not all has room: moves, or else beliefs; or what was done, while these are hidden."""
        self.set_class(moves, "moves")
        self.set_class(not moves, "beliefs")
        self.draw()

    def toggle(self) -> None:
        """Show the other."""
        self.choose(moves=not self.has_class("moves"))

    def next_seat(self) -> str:
        """Look from the next seat; after the last one at all cards. Says which, in words."""
        if self.laid is None:
            return ""
        names = self.laid.game.names
        seat = 0 if self.perspective is None else self.perspective + 1
        self.perspective = None if seat == len(names) else seat
        self.draw()
        return "all cards are shown" if self.perspective is None else f"{names[seat]}'s view"

    @property
    def present(self) -> Turn | None:
        """The turn that is shown."""
        return self.laid.game.turns[self.turn] if self.laid is not None else None

    @property
    def appraisal(self) -> Appraisal | None:
        """What the agent thinks of it."""
        known = self.laid is not None and self.turn < len(self.laid.appraisals)
        return self.laid.appraisals[self.turn] if self.laid is not None and known else None

    def draw(self) -> None:
        """Show it as it is now."""
        if self.laid is None or not self.is_mounted:
            return
        game, turn = self.laid.game, self.laid.game.turns[self.turn]
        position, seen = turn.position, self.appraisal if self.insight else None
        title = f"{game.title} · {game.variant} · move {self.turn} of {self.laid.last}"
        if self.turn == self.laid.last and (position.over or not game.people):
            title = f"{game.title} · {game.result}"
        # beliefs are about one hand: where there is no room for more, only that one is shown
        alone = (
            self.has_class("tight") and self.has_class("beliefs") and self.insight and self._below < BELIEFS
        )
        only = position.to_move if alone and not position.over else None
        self.query_one(Board).lay(position, game.names, self.perspective, title, game.notes, only)
        self.query_one(MoveList).lay(turn, seen)
        mover = game.names[position.to_move]
        self.query_one(Beliefs).lay(
            position,
            seen.beliefs if seen is not None and not position.over else (),
            drawing.short(mover),
            truth=self.perspective != position.to_move,
            source=self.laid.source,
        )
        if self.insight and not self.has_class("tight"):
            self.query_one(Outlook).lay(game.turns, self.laid.appraisals, self.turn)
        before = history(game.turns[: self.turn + 1], game.names, self._room)
        self.query_one("#before", Static).update(painted(before))

    @property
    def _room(self) -> int:
        """Lines there are for moves that were made."""
        if self.laid is None or self.present is None:
            return 0
        moves, beliefs = len(self.present.choices), 0 if self.has_class("blind") else BELIEFS
        if not self.has_class("stacked"):
            return self.size.height - moves - 2
        if self.has_class("tight"):
            return self._below
        return max(8, self._below - moves - beliefs - 2)

    @property
    def _below(self) -> int:
        """Lines below the board and the remark."""
        players = len(self.laid.game.names) if self.laid is not None else 2
        gaps = players - 1 if players <= drawing.ROOMY_PLAYERS else 0
        return self.size.height - (drawing.HEAD_LINES + 2 * players + gaps + 1)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange what is shown."""
        self._fit()
        self.draw()

    def _fit(self) -> None:
        side = self.size.width >= SIDE_BY_SIDE
        self.set_class(not side, "stacked")
        self.set_class(not side and self._below < ROOMY, "tight")


def history(turns: Sequence[Turn], names: Sequence[str], room: int) -> Text:
    """The last moves, a line each, as many as there is room for; those to come would tell hidden cards."""
    head = room >= HEADED
    made = [(number, turn.position) for number, turn in enumerate(turns) if turn.position.last is not None]
    if not made or room < 2:
        return Text("")
    lines = [Text("  #  score  hints  lives  deck  move", style="dim")] if head else []
    for number, position in made[-(room - head) :]:
        assert position.last is not None
        line = Text(
            f"{number:3}{position.points:7}{position.info:7}{position.lives:7}{position.deck:6}  ",
        )
        lines.append(line.append_text(drawing.last_move(position.last, names)))
    return Text("\n").join(lines)
