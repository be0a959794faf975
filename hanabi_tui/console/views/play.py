"""Play: a person at the table, with bots and checkpoints."""

from pathlib import Path

from textual import events, work
from textual.app import ComposeResult

from engine.records.position import DISCARD, PLAY
from hanabi_tui.console.actions import Action
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.tables.spelling import HINT, Speller, Spelling, meaning
from hanabi_tui.console.tables.stray import Stray
from hanabi_tui.console.tables.table_actions import KEYS, PLAYING
from hanabi_tui.console.views.at_table import AtTable, why
from hanabi_tui.console.views.seating import Seating
from hanabi_tui.console.widgets.board import Board
from hanabi_tui.console.widgets.move_list import MoveList
from hanabi_tui.console.widgets.prompt import Prompt
from hanabi_tui.console.widgets.table import Table
from hanabi_tui.table import messages as m


class Play(AtTable):
    """A form to seat the players, then the table."""

    actions = PLAYING

    DEFAULT_CSS = """
    Play Table { display: none; }
    Play.table Table { display: block; }
    Play.table Seating { display: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._spelling = Spelling()
        self._practice = False
        self._deals = 0  # under way
        self._stray = Stray()
        self._busy = self._shown = self._suggested = False

    def compose(self) -> ComposeResult:
        """Form, table, and a line for questions."""
        yield Seating()
        yield Table(chooses=True)
        yield Prompt()

    def on_mount(self) -> None:
        """Nobody sees an agent's view unasked."""
        self.table.insight = False
        self.table.add_class("blind")
        self.table.choose(moves=False)

    def show(self, model: Model) -> None:
        """Offer the checkpoints that there are."""
        if not self.has_class("table"):
            self._offer(model.directory)
        if not self._suggested and "game_ranges" in model.settings:
            self._suggested = True
            self.query_one(Seating).suggest(model.settings["game_ranges"])
        if not self._shown:
            self._shown = True
            self.query_one("#deal").focus()  # what stands there will do: Enter is enough

    @work(group="seating", exclusive=True)
    async def _offer(self, directory: Path) -> None:
        await self.query_one(Seating).look(directory)

    # a game begins

    def on_seating_dealt(self, event: Seating.Dealt) -> None:
        """Deal."""
        self.run_worker(self._deal(event), group="deal", exclusive=True)  # a move under way comes first

    async def _deal(self, event: Seating.Dealt) -> None:
        self.app.say("The players take their seats …")
        self._deals += 1
        try:
            reply = await self.table_process.ask(
                m.Deal, seats=event.seats, variant=event.variant, seed=event.seed
            )
        finally:
            self._deals -= 1
        if not isinstance(reply, m.Laid):
            self.app.say(why(reply), warning=True)
            return
        self._practice, self._spelling = event.practice, Spelling()
        self.table.lay(reply.game, len(reply.game.turns) - 1)
        self._sit_down()
        await self._arrive(0)

    def _sit_down(self) -> None:
        """From the form to the table."""
        self.add_class("table")
        if self.has_eyes:
            self.query_one(Board).focus()

    def question(self, action: Action) -> str:
        """A game that goes on is not left by a slip."""
        if action.name == "new_game" and self._goes_on:
            return "Leave this game? Escape in the form comes back to it; dealing another one ends it."
        return super().question(action)

    def action_new_game(self) -> None:
        """Back to the form."""
        self.remove_class("table")
        self.show(self.app.model)
        self.query_one("#deal").focus()

    async def _arrive(self, since: int) -> None:
        """It is a person's turn, or the game is over."""
        table = self.table
        if table.laid is None:
            return
        game = table.laid.game
        table.go(table.laid.last)
        position = game.turns[-1].position
        if position.over or not game.people:
            table.perspective = None
        elif position.to_move in game.people:
            table.perspective = position.to_move
        if table.insight:
            await self.judge(since)
        self.show_turn()

    @property
    def _goes_on(self) -> bool:
        """Whether a game is on the table that is not over."""
        laid = self.table.laid
        return laid is not None and self.has_class("table") and not laid.game.turns[-1].position.over

    @property
    def _my_turn(self) -> bool:
        """Whether a move can be made in the turn that is shown."""
        laid = self.table.laid
        if laid is None or not self._goes_on or self.table.turn != laid.last:
            return False
        return laid.game.turns[-1].position.to_move in laid.game.people

    def about(self) -> str:
        """What to do, what a hint meant, or how the game ended."""
        laid, turn = self.table.laid, self.table.present
        if laid is None or turn is None:
            return ""
        if self._spelling.begun and self._my_turn:
            return self._speller.question(self._spelling)
        if not laid.game.people:
            return super().about()
        if turn.position.over:
            return f"{laid.game.result} · g another game · w save · y link · b looks back"
        if not self._my_turn:
            return f"move {self.table.turn} of {laid.last}: End goes back to the game"
        keyed = ((self.app.key_of(name), what) for name, what in KEYS)
        return self._told() or " · ".join(f"{key} {what}" for key, what in keyed if key)

    def _told(self) -> str:
        """What the newest hint to this player says, if one came since the own move; else the last move's."""
        assert self.table.laid is not None
        game = self.table.laid.game
        recent = [turn.position for turn in game.turns[: -len(game.names) : -1]]
        mine = [each for each in recent if each.last is not None and each.last.target == recent[0].to_move]
        return meaning((mine or recent)[0], game.names)

    # moves

    @property
    def _speller(self) -> Speller:
        assert self.table.laid is not None
        turn = self.table.laid.game.turns[-1]
        keys = (self.app.key_of(name) for name in ("play_card", "discard_card"))
        return Speller(turn.position, turn.choices, self.table.laid.game.names, *keys)

    def _spell(self, spelling: Spelling) -> None:
        if spelling.done is not None:
            self._spelling = Spelling()
            self._make(spelling.done)
            return
        self._spelling = spelling
        self.show_turn(
            f"{spelling.word}; {self.about()}" if spelling.word and spelling.begun else spelling.word
        )

    def _begin(self, deed: str) -> None:
        laid = self.table.laid
        refused = Stray.after(deed, aimed=laid is None or len(laid.game.names) == 2, colours=self._goes_on)
        if not self._my_turn:
            self._say_why_not()
            self._stray = refused
            return
        begun = self._speller.begin(deed, self._spelling.slot)
        self._spell(begun)
        self._stray = Stray() if begun.begun else refused

    def _say_why_not(self) -> None:
        laid = self.table.laid
        if laid is None or not self.has_class("table"):
            self.app.say("There is no game yet: deal one.", warning=True)
        elif laid.game.turns[-1].position.over:
            self.show_turn("the game is over: g deals another one")
        elif self._busy:
            self.show_turn("the others are thinking")
        else:
            self.show_turn("this is an earlier move: End goes back to the game")

    def action_play_card(self) -> None:
        """Play: a slot follows."""
        self._begin(PLAY)

    def action_discard_card(self) -> None:
        """Discard: a slot follows."""
        self._begin(DISCARD)

    def action_hint(self) -> None:
        """Hint: whom and what follow."""
        self._begin(HINT)

    def action_cancel(self) -> None:
        """No question, no form, or no move."""
        if self.query_one(Prompt).withdraw():
            return
        if self.table.laid is not None and not self.has_class("table") and not self._deals:
            self._sit_down()
        self._spelling = Spelling()
        self.show_turn()

    def on_key(self, event: events.Key) -> None:
        """While a move is spelled, keys belong to it; what comes behind one that is refused, to nothing."""
        if self._stray.takes(event.key):
            event.stop()
            return
        if not self._spelling.begun or not self._my_turn:
            return
        deeds = (each.keys for each in self.app.offered if each.name in ("play_card", "discard_card"))
        if self._spelling.slot >= 0 and any(event.key in keys for keys in deeds):
            return  # that is the deed for the card that was pointed at
        if len(event.key) == 1 and event.key.isalnum():
            event.stop()
            event.prevent_default()
            self._spell(self._speller.press(self._spelling, event.key))

    def on_board_picked(self, event: Board.Picked) -> None:
        """A card was pointed at."""
        if self._my_turn:
            picked = self._speller.pick(event.seat, event.slot)
            self._spell(picked)
            self._stray = Stray() if picked.begun else Stray.after(HINT)

    def on_move_list_chosen(self, event: MoveList.Chosen) -> None:
        """A move was chosen from the list."""
        if self._my_turn:
            self._make(event.choice)
        else:
            self._say_why_not()

    def _make(self, choice: m.Choice) -> None:
        if not self._busy:
            self._busy = True
            self.run_worker(self._go_on(choice), group="table")

    async def _go_on(self, choice: m.Choice) -> None:
        try:
            self.table.remark(f"{choice.words} …")
            reply = await self.table_process.ask(
                m.Make, deed=choice.deed, slot=choice.slot, target=choice.target, value=choice.value
            )
            await self._take(reply)
        finally:
            self._busy = False

    def action_take_back(self) -> None:
        """Back to the turn before."""
        if not self._practice:
            self.show_turn("moves can be taken back in practice games only: g, then Practice")
        elif self.table.laid is not None and not self._busy:
            self.run_worker(self._back(), group="table")

    async def _back(self) -> None:
        await self._take(await self.table_process.ask(m.TakeBack))

    async def _take(self, reply: m.Reply) -> None:
        if isinstance(reply, m.Went) and self.table.laid is not None:
            self._give_up()
            self.table.laid.went(reply)
            await self._arrive(reply.since)
        else:
            self.show_turn(why(reply))

    def _give_up(self) -> None:
        """What was spelled was meant for another position."""
        if self._spelling.deed:
            self._stray = Stray.after(self._spelling.deed, aimed=self._spelling.target >= 0)
        self._spelling = Spelling()

    # what can be seen

    def action_insight(self) -> None:
        """Show or hide an agent's view."""
        self.table.insight = not self.table.insight
        self.table.set_class(not self.table.insight, "blind")
        self.table.choose(moves=self.table.insight)
        if self.table.insight and self.table.laid is not None:
            self.ask_agent()
        else:
            self.show_turn()

    def action_seat(self) -> None:
        """Another seat's view, where that is fair."""
        laid = self.table.laid
        if laid is not None and not self._practice and not laid.game.turns[-1].position.over:
            self.show_turn(
                "the others see your cards: look from their seats in practice games, or at the end"
            )
            return
        super().action_seat()
