"""The actions that steer the run: each sends a command, and shows what became of it."""

import asyncio
from typing import TYPE_CHECKING, Any

from engine.contracts import commands as c
from engine.contracts.reasons import by_itself, waits
from engine.contracts.states import State
from engine.settings.keys import KEYS
from engine.store.directory import GENERATIONS, LockedError
from engine.store.generations import Generations
from hanabi_tui.console.dialogues.choice import Answer, Choice, confirm
from hanabi_tui.console.dialogues.entry import Entry
from hanabi_tui.console.live.bridge import NOT_CONNECTED, READ_ONLY
from hanabi_tui.console.wording import failure

if TYPE_CHECKING:
    from hanabi_tui.console.app import Console


class Steering:
    """What a console does to a run."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._tasks: set[asyncio.Task[Any]] = set()

    def steer(self, command: c.Command) -> "asyncio.Task[c.Reply]":
        """Have the run carry out a command, and show what became of it; awaited, the reply."""
        task = asyncio.create_task(self._steer(command))
        self.keep(task)
        return task

    def keep(self, task: "asyncio.Task[Any]") -> None:
        """Hold on to a task until it is done; asyncio itself does not."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _steer(self, command: c.Command) -> c.Reply:
        """Have the run carry out a command, and show what became of it."""
        if self._console.model.read_only:
            reply: c.Reply = c.Refused(why=READ_ONLY)
        elif self._console.bridge is None:
            reply = c.Refused(why=NOT_CONNECTED)
        else:
            reply = await self._console.bridge.ask(command)
        match reply:
            case c.Done(text=text):
                self._console.say(f"Done: {text}")
            case c.Refused(why=why):
                self._console.say(f"Not done: {why}", warning=True)
        return reply

    def action_pause(self) -> None:
        """Pause, or go on; where the run paused by itself, either may be meant: ask."""
        model = self._console.model
        if not model.connected or model.state is not State.PAUSED:
            self.steer(c.Pause())
        elif by_itself(model.reason):
            self._console.push_screen(_what_is_meant(model.reason), self._rest_or_go_on)
        else:
            self.steer(c.Resume())

    def _rest_or_go_on(self, answer: str | None) -> None:
        if answer is not None:
            self.steer(c.Pause() if answer == "hold" else c.Resume())

    def action_checkpoint(self) -> None:
        """Save a generation."""
        self.steer(c.Checkpoint())

    def action_evaluate(self) -> None:
        """Evaluate."""
        self.steer(c.Evaluate())

    def action_restart_workers(self) -> None:
        """Start all workers anew."""
        self.steer(c.RestartWorkers())

    def action_stop(self) -> None:
        """Stop with a checkpoint."""
        self.steer(c.Stop())

    def action_workers(self) -> None:
        """Change how many workers play."""
        key = KEYS["num_workers"]
        now = self._console.model.settings.get(key.section, {}).get(key.name, key.default)

        def change(text: str | None) -> None:
            if text is not None:
                self.steer(c.Set(key=key.name, value=text))

        about = f"How many processes play games; {key.allowed}, 0: one less than there are cores."
        self._console.push_screen(
            Entry("Workers", about, str(now), lambda text: wrong_for(key.name, text)), change
        )

    async def action_restore(self) -> None:
        """Go back to a generation."""

        def asked(text: str | None) -> None:
            if text is not None:
                self.go_back_to(int(text.replace(",", "").replace("_", "")))

        first = await asyncio.to_thread(_best_of, Generations(self._console.model.directory / GENERATIONS))
        about = "The step of the generation to go back to; the best one is filled in, Checkpoints lists all."
        self._console.push_screen(Entry("Go back", about, first, _wrong_step), asked)

    def go_back_to(self, step: int) -> None:
        """Restore a generation, after asking."""

        def sure(answer: str | None) -> None:
            if answer is not None:
                self.steer(c.Restore(step=step))

        question = f"Go back to generation {step:,}? Later ones are set aside, not deleted."
        self._console.push_screen(confirm(question, "Go back"), sure)

    def action_start(self) -> None:
        """Start a run where none is live."""
        if self._console.model.connected:
            self._console.say("Not done: a run is live here already", warning=True)
        else:
            self.begin()

    def begin(self) -> None:
        """Start a run in the background."""
        starter = self._console.starter
        if starter is None:
            self._console.say("Not done: this console does not know how the run was started", warning=True)
            return
        if starter.alive():
            self._console.say("It is starting already")
            return
        try:
            starter.start()
        except LockedError as error:
            self._console.say(f"Not done: {error}", warning=True)
        except OSError as error:
            self._console.say(f"Not done: {failure(error)}", warning=True)

    async def stop_and_leave(self) -> None:
        """Stop the run, as soon as it can be reached where it only starts; leave when it has ended."""
        starter = self._console.starter
        if not self._console.model.connected:
            self._console.say("It is stopped as soon as it can be reached")
        while starter is not None and starter.alive() and not self._console.model.connected:
            await asyncio.sleep(0.1)
        reply = await self._steer(c.Stop())
        if isinstance(reply, c.Done):
            while self._console.model.connected:  # saving a generation takes a while
                await asyncio.sleep(0.1)
            directory = self._console.model.directory
            self._console.exit(f"The run in {directory} has stopped; the same command goes on from there.")


def _what_is_meant(reason: str) -> Choice:
    """What to do about a pause that nobody asked for."""
    if waits(reason):
        return Choice(
            f"The run waits, and goes on by itself when it can: {reason}. "
            "Held, it rests also then, until somebody has it go on.",
            [Answer("resume", "t", "Try again now"), Answer("hold", "h", "Hold it")],
        )
    return Choice(
        f"The run paused by itself: {reason}. It can go on as it is; going back to an earlier generation, "
        "as Checkpoints does, is safer.",
        [Answer("resume", "g", "Go on as it is", grave=True)],
    )


def _best_of(generations: Generations) -> str:
    """The step of the best generation, else of the newest; empty: there is none."""
    paths = generations.by_score() or generations.paths()
    return str(int(paths[0].stem)) if paths else ""


def wrong_for(name: str, text: str) -> str:
    """What is wrong with a text as the value of a key; empty if nothing is."""
    try:
        KEYS[name].read(text)
    except ValueError as error:
        return str(error)
    return ""


def _wrong_step(text: str) -> str:
    plain = text.replace(",", "").replace("_", "")
    return "" if plain.isascii() and plain.isdigit() and len(plain) < 16 else "allowed: a step, such as 12400"
