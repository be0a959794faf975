"""What can be done at a table, whether a game is watched or played: leaf through it, ask an agent, save."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.machine.home import at_home
from engine.store.directory import GENERATIONS
from hanabi_tui.console.dialogues.choice import confirm
from hanabi_tui.console.tables import landmarks
from hanabi_tui.console.tables.table_process import TableProcess
from hanabi_tui.console.view import View
from hanabi_tui.console.widgets.prompt import Prompt
from hanabi_tui.console.widgets.table import Table
from hanabi_tui.table import messages as m


class AtTable(View):
    """A view with a table in it, and one line for questions."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self.table_process = TableProcess(self._hear)
        self._agent: str | None = None  # None: the run's newest checkpoint

    async def on_unmount(self) -> None:
        """The table's process goes, too."""
        await self.table_process.close()

    @property
    def table(self) -> Table:
        """Where the game lies."""
        return self.query_one(Table)

    @property
    def has_eyes(self) -> bool:
        """Whether whoever sits here looks at it now, and is asked nothing."""
        return self.display and self.app.screen is self.screen and not self.query_one(Prompt).asking

    def _hear(self, words: str) -> None:
        if self.is_attached:
            self.app.say(words)

    # what an agent thinks

    def ask_agent(self) -> None:
        """Have the agent judge the game; only a question to it is given up for that, no move and no file."""
        self.run_worker(self.judge(), group="judging", exclusive=True)

    async def judge(self, since: int = 0) -> None:
        """Ask the agent what it thinks of the game from a turn on, and show it."""
        agent = self._agent
        if agent is None:
            directory = self.app.model.directory
            agent = str(directory) if (directory / GENERATIONS).is_dir() else ""
        if agent and not since:
            self.table.remark(f"asking {agent} what it thinks …")
        reply = await self.table_process.ask(m.Judge, agent=agent, since=since)
        if isinstance(reply, m.Refused) and agent:
            self.app.say(f"No values: {reply.why}", warning=True)
            reply = await self.table_process.ask(m.Judge, agent="", since=since)
        if self.table.laid is not None and isinstance(reply, m.Judged):
            self.table.laid.judged(reply)
            self.show_turn(reply.remark)
        else:
            self.table.remark(why(reply))

    def show_turn(self, word: str = "") -> None:
        """Draw the turn, and say what is remarkable of it."""
        self.table.draw()
        self.table.remark(word or self.about())

    def about(self) -> str:
        """What stands below the board where nothing special is to be said."""
        laid, seen = self.table.laid, self.table.appraisal
        if laid is None:
            return ""
        perspective = self.table.perspective
        parts = ["all cards" if perspective is None else f"{laid.game.names[perspective]}'s view"]
        if seen is not None and seen.rank:
            lost = f", {seen.loss:.2f} below the best" if seen.loss >= 0.005 else ", as good as any"
            parts.append(f"{laid.agent}: ▸ is number {seen.rank} of {len(seen.values)}{lost}")
        elif laid.agent and laid.appraisals:
            parts.append(f"{laid.agent}'s values")
        else:
            parts.append("no values: a chooses an agent")
        return " · ".join(parts)

    # leafing

    def go(self, turn: int) -> None:
        """Show another turn."""
        self.table.go(turn)
        self.show_turn()

    def action_step_on(self) -> None:
        """The next move."""
        self.go(self.table.turn + 1)

    def action_step_back(self) -> None:
        """The move before."""
        self.go(self.table.turn - 1)

    def action_to_deal(self) -> None:
        """The deal."""
        self.go(0)

    def action_to_end(self) -> None:
        """The end."""
        if self.table.laid is not None:
            self.go(self.table.laid.last)

    def action_next_misplay(self) -> None:
        """The next misplay."""
        self.jump(landmarks.next_mistake, 1, "misplay")

    def action_last_misplay(self) -> None:
        """The misplay before."""
        self.jump(landmarks.next_mistake, -1, "misplay")

    def jump(self, find: Callable[[Sequence[m.Turn], int, int], int | None], by: int, what: str) -> None:
        """Go to what is found, on or back, or say that there is none."""
        if self.table.laid is None:
            return
        found = find(self.table.laid.game.turns, self.table.turn, by)
        if found is None:
            self.show_turn(f"no {what} {'after' if by > 0 else 'before'} this move")
        else:
            self.go(found)

    def action_seat(self) -> None:
        """The next seat's view."""
        self.table.next_seat()
        self.show_turn()

    def action_beliefs(self) -> None:
        """Beliefs, or moves."""
        self.table.toggle()

    # asking

    def action_agent(self) -> None:
        """Ask for an agent."""
        hint = "a run's directory, DIR@best, DIR@STEP; empty: this run's newest"
        self.query_one(Prompt).ask("Whose values?", self._agent or "", self._take_agent, hint)

    def _take_agent(self, words: str) -> None:
        self._agent = words or None
        if self.table.laid is not None:
            self.ask_agent()

    def action_save(self) -> None:
        """Ask where to, and save."""
        if self.table.laid is None:
            self.app.say("There is no game on the table.", warning=True)
            return
        title = self.table.laid.game.title
        name = title if title.endswith(".json") else f"hanabi-{title.replace(' ', '-')}.json"
        self.query_one(Prompt).ask("Save as:", str(Path("~") / name), self._take_name)

    def _take_name(self, words: str) -> None:
        def sure(answer: str | None) -> None:
            if answer is not None:
                self.run_worker(self._save(words), group="table")

        if os.path.isfile(at_home(words)):  # noqa: PTH113 Path's raises where one may not look
            self.app.push_screen(confirm(f"{words} is there already. Replace it?", "Replace"), sure)
        elif words:
            sure("yes")

    async def _save(self, path: str) -> None:
        reply = await self.table_process.ask(m.Save, path=path, turn=self.table.turn)
        if isinstance(reply, m.Saved):
            replaced = ", in place of another file" if reply.replaced else ""
            self.app.say(f"Saved to {reply.path}{replaced}. hanabi-tui replay shows it, too.")
        else:
            self.app.say(why(reply), warning=True)

    def action_link(self) -> None:
        """Copy a link."""
        if self.table.laid is not None:
            self.run_worker(self._link(), group="table")

    async def _link(self) -> None:
        reply = await self.table_process.ask(m.Save, turn=self.table.turn)
        if not isinstance(reply, m.Saved):
            self.app.say(why(reply), warning=True)
        elif not reply.link:
            self.app.say(reply.remark, warning=True)
        else:
            self.app.copy(reply.link)
            self.app.say(f"{reply.link}\n{reply.remark}".strip())


def why(reply: m.Reply) -> str:
    """Why something was not done."""
    return reply.why if isinstance(reply, m.Refused) else "the table answers something else"
