"""Checkpoints: what lies on disk; looked at, compared, measured, played with each other, gone back to."""

import asyncio
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import DataTable, Label, Static, TabbedContent, TabPane

from engine.contracts.commands import Done, Refused, Restore
from engine.store.manifest import GenerationError, open_generation
from hanabi_tui.commands.heat import LETTERS
from hanabi_tui.console.actions import Action
from hanabi_tui.console.live.changes import past_changes
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.measuring import checkpoint_words as words
from hanabi_tui.console.measuring import child, measured
from hanabi_tui.console.measuring.contestants import Checkpoint, Shelf
from hanabi_tui.console.measuring.playing import LOADING, PlayingView
from hanabi_tui.console.widgets.heatmap import HeatMap
from hanabi_tui.console.widgets.shelf_table import ShelfTable

_GROUP = "Checkpoints"
_EMPTY = "No checkpoint yet; the run saves one now and then. The rule bots below can be measured meanwhile."


def _action(name: str, key: str, label: str, says: str, *, footer: bool = False) -> Action:
    return Action(name, (key,), label, says, group=_GROUP, footer=footer)


class Checkpoints(PlayingView):
    """A table of checkpoints and rule bots; below it what is known of those that are chosen."""

    actions: ClassVar[tuple[Action, ...]] = (
        _action("choose", "space", "Choose", "Choose the one under the cursor, or no longer.", footer=True),
        _action("choose_none", "u", "None", "Choose nobody any longer."),
        _action("verify", "v", "Verify", "Verify the checksums of the chosen, or of all.", footer=True),
        _action("compare", "d", "Compare", "Compare two chosen: scores, settings, progress.", footer=True),
        _action("measure", "m", "Evaluate", "Play games with each of the chosen, and count.", footer=True),
        _action("crossplay", "x", "Cross-play", "Play the chosen with each other.", footer=True),
        Action(
            "restore_this",
            ("b",),
            "Go back",
            "Have the run go back to the checkpoint under the cursor; later ones are set aside. Asks.",
            group=_GROUP,
            steers=True,
            footer=True,
        ),
        _action("end_work", "escape", "End it", "End the games or checks that are going on here."),
    )

    DEFAULT_CSS = """
    Checkpoints ShelfTable { height: 1fr; min-height: 5; }
    Checkpoints #below { height: 1fr; min-height: 6; }
    Checkpoints TabPane { padding: 0 1; }
    Checkpoints #pair { height: 1; }
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._asked = ""
        self._checked: dict[tuple[str, float], str] = {}
        self._evaluations: dict[tuple[str, int, int], measured.Evaluated] = {}
        self._crossplay: tuple[measured.Crossplay, list[str]] | None = None

    def compose(self) -> ComposeResult:
        """The table, with how many games are played, and what was found, in tabs."""
        yield ShelfTable(self._soundness)
        with Horizontal(classes="choices"):
            yield Label("Games with")
            yield from self.game_choices()
        with TabbedContent(id="below"):
            with TabPane("Details", id="of-one"), VerticalScroll():
                yield Static(id="details", markup=False)
            with TabPane("Comparison", id="of-two"), VerticalScroll():
                yield Static("Choose two with space, then press d.", id="comparison", markup=False)
            with TabPane("Evaluation", id="of-games"), VerticalScroll():
                yield Static("Choose some with space, then press m.", id="evaluation", markup=False)
            with TabPane("Cross-play", id="of-pairs"):
                yield Static("Choose some with space, then press x.", id="pair", markup=False)
                yield HeatMap()
        yield Static(id="work", markup=False)

    def on_mount(self) -> None:
        """Keys go to the table first."""
        self._table.focus()

    @property
    def _table(self) -> ShelfTable:
        return self.query_one(ShelfTable)

    def show(self, model: Model) -> None:
        """Look at the directory again, if it changed; else let ages grow."""
        super().show(model)
        if not self._looking:
            self._table.grow_old()

    def take_in(self, found: Shelf, *, first: bool) -> None:
        """Fill the table; say so where there is no checkpoint."""
        self._fill(found)
        if not found.checkpoints:
            self.say(_EMPTY)

    def _fill(self, found: Shelf) -> None:
        self._table.fill(found)
        self._tell_of_it()

    def _soundness(self, each: Checkpoint) -> str:
        if each.manifest is None:
            return each.why
        return self._checked.get((str(each.path), each.manifest.created), words.UNCHECKED)

    @on(DataTable.RowHighlighted)
    def _tell_of_it(self) -> None:
        found = self._table.named(self._table.under)
        if found is None:
            said = f"{self._table.under}, a rule bot: `hanabi-tui agents` says where it comes from."
        else:
            said = words.details(found, self._soundness(found))
        self.query_one("#details", Static).update(said)

    @on(DataTable.RowSelected)
    def action_choose(self) -> None:
        """Choose the one under the cursor, or no longer."""
        if not self._table.under:
            return
        self._table.choose(self._table.under)
        chosen = self._table.chosen
        self.say(f"Chosen: {', '.join(map(self._table.label, chosen))}" if chosen else "")

    def action_choose_none(self) -> None:
        """Choose nobody any longer."""
        for name in list(self._table.chosen):
            self._table.choose(name)
        self.say("")

    # work

    def action_verify(self) -> None:
        """Verify checksums."""
        names = self._table.chosen or [each.name for each in self._table.checkpoints]
        those = [found for name in names if (found := self._table.named(name))]
        self.start(partial(self._verify, those))

    async def _verify(self, those: list[Checkpoint]) -> None:
        damaged = 0
        for number, each in enumerate(those, start=1):
            self.say(f"Verifying step {each.label}: {number} of {len(those)} (escape ends it)")
            try:
                await asyncio.to_thread(open_generation, each.path)
                found = words.SOUND
            except GenerationError as error:
                found, damaged = str(error), damaged + 1
            if each.manifest:
                self._checked[str(each.path), each.manifest.created] = found
        if self._table.shelf:
            self._fill(self._table.shelf)
        many = f"{len(those)} checkpoint{'' if len(those) == 1 else 's'} verified"
        self.say(
            f"{many}: {f'{damaged} DAMAGED' if damaged else 'all sound'}." if those else "None to verify."
        )

    def action_compare(self) -> None:
        """Compare two."""
        names = list(dict.fromkeys([*self._table.chosen, self._table.under]))
        pair = [found for name in names[:2] if (found := self._table.named(name))]
        if len(pair) < 2 or len(self._table.chosen) > 2:
            self.say("Choose two checkpoints with space, or one and point at another, then press d.")
            return
        self.start(partial(self._compare, *pair))

    async def _compare(self, one: Checkpoint, other: Checkpoint) -> None:
        changes, _ = await asyncio.to_thread(past_changes, self.app.model.directory)
        self.query_one("#comparison", Static).update(words.comparison(one, other, changes))
        self._open("of-two")

    def action_measure(self) -> None:
        """Evaluate."""
        names = self._table.chosen or [name for name in [self._table.under] if name]
        self.start(partial(self._measure, list(names)))

    async def _measure(self, names: list[str]) -> None:
        def take(line: str) -> None:
            found = measured.evaluated(line)
            self._evaluations[found.agent, found.players, found.games] = found
            self.query_one("#evaluation", Static).update(measured.table(list(self._evaluations.values())))

        self._open("of-games")
        self.say(LOADING)
        await child.run(self.words_of("evaluate", names), self.tell_far, take)
        self.say(f"{', '.join(map(self._table.label, names))}: evaluated.")

    def action_crossplay(self) -> None:
        """Play with each other."""
        if len(self._table.chosen) < 2:
            self.say("Choose two or more with space, checkpoints or bots, then press x.")
        elif len(self._table.chosen) > len(LETTERS):
            self.say(f"{len(self._table.chosen)} are chosen; at most {len(LETTERS)} can play.")
        else:
            self.start(partial(self._play, list(self._table.chosen)))

    async def _play(self, names: list[str]) -> None:
        self._open("of-pairs")
        self.say(LOADING)
        printed = await child.run(self.words_of("crossplay", names), self.tell_far)
        found, labels = measured.crossplay(printed), [self._table.label(name) for name in names]
        self._crossplay = found, labels
        self.query_one(HeatMap).show_matrix(measured.matrix(found, labels))
        self.say(found.seating.partition(" Last column")[0])

    @on(HeatMap.Pointed)
    def _read_out(self, event: HeatMap.Pointed) -> None:
        if self._crossplay:
            self.query_one("#pair", Static).update(
                measured.reading(*self._crossplay, event.row, event.column)
            )

    # going back

    def question(self, action: Action) -> str:
        """Name the checkpoint that would be gone back to; nothing is asked where none can be."""
        if action.name != "restore_this":
            return super().question(action)
        self._asked = self._table.under
        found = self._table.named(self._asked)
        if found is None or found.aside:
            return ""
        later = sum(each.step > found.step and not each.aside for each in self._table.checkpoints)
        aside = f"{later} later checkpoint{'s are' if later != 1 else ' is'} set aside, not deleted"
        return f"Go back to step {found.label} (score {words.score(found)})? {aside}."

    async def action_restore_this(self) -> None:
        """Have the run go back to the checkpoint that was asked about: the table may have moved on since."""
        found = self._table.named(self._asked)
        if found is None or found.aside:
            self.say("A run goes back to a checkpoint in its place: to no bot, nor to one set aside.")
            return
        match await self.app.steer(Restore(step=found.step)):
            case Done(text=text):
                self.say(text)
            case Refused(why=why):
                self.say(f"Not done: {why}")

    def _open(self, tab: str) -> None:
        self.query_one("#below", TabbedContent).active = tab
