"""Conventions: what the next player does after each move, as a heat map."""

from typing import Any, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label, Select, Static

from engine.players.bots import BOTS
from hanabi_tui.console.actions import Action
from hanabi_tui.console.measuring import child, convention_maps
from hanabi_tui.console.measuring.contestants import Shelf
from hanabi_tui.console.measuring.convention_maps import Counted
from hanabi_tui.console.measuring.playing import LOADING, PlayingView
from hanabi_tui.console.widgets.heatmap import EMPTY, HeatMap

NOBODY = ""
"""Nobody is compared with."""

_GROUP = "Conventions"
_NONE = (
    "No checkpoint yet, so there is nobody to count. The run saves one now and then; "
    "a rule bot can be chosen above meanwhile."
)
_NEITHER = "Choose above whose conventions to count."


class Wanted(NamedTuple):
    """Whose conventions, in which games, how many; a name alone may come to mean another network."""

    name: str
    digest: str
    variant: str
    seats: int
    games: int


class Conventions(PlayingView):
    """Counts in a process of its own; what was counted once is remembered while the console lives."""

    actions: ClassVar[tuple[Action, ...]] = (
        Action(
            "count_again",
            ("g",),
            "Count",
            "Count the conventions of the chosen player, or of the newest checkpoint, anew.",
            group=_GROUP,
            footer=True,
        ),
        Action("count_newest", ("n",), "Newest", "Turn to the newest checkpoint.", group=_GROUP, footer=True),
        Action(
            "swap_players",
            ("x",),
            "Swap",
            "Exchange the player and the one it is compared with.",
            group=_GROUP,
        ),
        Action("end_work", ("escape",), "End it", "End the games that are being played here.", group=_GROUP),
    )

    DEFAULT_CSS = """
    Conventions #who, Conventions #other { width: 1fr; }
    Conventions #heading { height: 1; text-style: bold; padding: 0 1; }
    Conventions #reading { height: 2; padding: 0 1; }
    Conventions HeatMap { padding: 0 1; }
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._counted: dict[Wanted, Counted] = {}
        self._asked: list[Wanted] = []
        self._shown: tuple[Counted, ...] = ()

    def compose(self) -> ComposeResult:
        """Choices above, what the cursor points at, the matrix, how far the counting is."""
        with Horizontal(classes="choices"):
            yield Label("Player")
            yield Select[str](
                [(bot, bot) for bot in BOTS], prompt="nobody chosen", id="who", compact=True, allow_blank=True
            )
            yield Label("minus")
            yield Select[str]([("nobody", NOBODY)], value=NOBODY, id="other", compact=True, allow_blank=False)
            yield from self.game_choices()
        yield Static(id="heading", markup=False)
        yield Static(id="reading", markup=False)
        yield HeatMap()
        yield Static(id="work", markup=False)

    def on_mount(self) -> None:
        """Keys go to the matrix first."""
        self.query_one(HeatMap).focus()

    def take_in(self, found: Shelf, *, first: bool) -> None:
        """Fill the choices; turn to the newest checkpoint, or say that there is a newer one."""
        self._offer(found)
        if first:
            self.action_count_newest()
            if self._who is None:
                self.say(_NONE)
        elif self._means_others:
            self._chosen()
        elif found.checkpoints and found.checkpoints[0].newest:
            self.say(f"The newest checkpoint is that of step {found.checkpoints[0].label}; n turns to it.")

    def _offer(self, found: Shelf) -> None:
        """Fill the choices, and keep what is chosen."""
        options = [
            (f"{each.label}{' newest' if each.newest else ' best' if each.best else ''}", each.name)
            for each in found.checkpoints
        ]
        options += [(bot, bot) for bot in BOTS]
        for select, first in ((self._select("who"), []), (self._select("other"), [("nobody", NOBODY)])):
            chosen = select.value
            with self.prevent(Select.Changed):
                select.set_options([*first, *options])
                if chosen in [name for _, name in (*first, *options)]:
                    select.value = chosen

    def _select(self, which: str) -> Select[str]:
        return self.query_one(f"#{which}", Select)

    @property
    def _who(self) -> str | None:
        who = self._select("who").value
        return who if isinstance(who, str) else None

    def _wanted(self) -> list[Wanted]:
        """Whom to count, the first one and the one it is compared with."""
        found = self._shelf or Shelf()
        digests = {each.name: each.manifest.digest for each in found.checkpoints if each.manifest}
        return [
            Wanted(name, digests.get(name, ""), found.variant, self.seats, self.games)
            for name in (self._who, self._select("other").value)
            if isinstance(name, str) and name
        ]

    @property
    def _means_others(self) -> bool:
        """Whether the names that were counted mean another run or game now; one that is gone means nobody."""
        wanted = self._wanted()
        names, asked = ([each.name for each in them] for them in (wanted, self._asked))
        return names == asked and wanted != self._asked

    @on(Select.Changed)
    def _chosen(self) -> None:
        if self._who is None:
            self._draw()
            self.say(_NEITHER)
        else:
            self.start(self._count)

    def action_count_again(self) -> None:
        """Count the chosen player anew."""
        for wanted in self._wanted():
            self._counted.pop(wanted, None)
        self._chosen()

    def action_count_newest(self) -> None:
        """Choose the newest checkpoint."""
        newest = [each.name for each in (self._shelf or Shelf()).checkpoints if each.newest]
        if not newest:
            self.say(_NONE)
        elif self._who == newest[0]:
            self.say("This is the newest checkpoint.")
        else:
            self._select("who").value = newest[0]

    def action_swap_players(self) -> None:
        """Exchange the two."""
        who, other = self._select("who"), self._select("other")
        if not isinstance(who.value, str) or not isinstance(other.value, str) or not other.value:
            self.say("Choose somebody to compare with first.")
            return
        with self.prevent(Select.Changed):
            who.value, other.value = other.value, who.value
        self._chosen()

    async def _count(self) -> None:
        wanted = self._asked = self._wanted()
        for each in wanted:
            if each not in self._counted:
                self.say(LOADING)
                printed = await child.run(self.words_of("conventions", [each.name]), self.tell_far)
                self._counted[each] = convention_maps.counted(printed)
        self.say("")
        self._draw(*(self._counted[each] for each in wanted))

    def _draw(self, *found: Counted) -> None:
        self._shown = found
        heading, matrix = "", EMPTY
        if len(found) == 1:
            heading = f"{found[0].agent}: % of next moves (column) after a move (row)"
            matrix = convention_maps.shares(found[0])
        elif found:
            heading = f"{found[0].agent} minus {found[1].agent}: difference in points of %"
            matrix = convention_maps.differences(*found[:2])
        self.query_one("#heading", Static).update(heading)
        self.query_one(HeatMap).show_matrix(matrix)

    @on(HeatMap.Pointed)
    def _read_out(self, event: HeatMap.Pointed) -> None:
        if not self._shown:  # what was pointed at is gone
            words = ""
        elif len(self._shown) == 2:
            words = convention_maps.comparison(*self._shown, event.row, event.column)
        else:
            words = convention_maps.reading(self._shown[0], event.row, event.column)
        self.query_one("#reading", Static).update(words)
