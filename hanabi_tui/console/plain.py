"""The console in plain lines, as a screen reader or a slow line wants it: typed commands in, sentences out.

Nothing is drawn or overwritten. What the run says comes as it is said; `quiet` stops that, but for alerts.
"""

import asyncio
import contextlib
import io
import sys
import threading
from collections.abc import Callable, Mapping

from engine.contracts import commands as c
from engine.control.messages import Message, News, Overview
from engine.errors import ConfigError
from engine.settings.keys import KEYS
from engine.settings.live import read_live
from engine.store.directory import LockedError
from hanabi_tui.console.actions import EVERYWHERE
from hanabi_tui.console.alerts import Alert, Watch
from hanabi_tui.console.live.bridge import READ_ONLY, Bridge
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter
from hanabi_tui.console.wording import failure, left_of, link_of, printable, score_of, since, state_of

_HELP = {action.name: action.help for action in EVERYWHERE}
_COMMANDS: Mapping[str, str] = {
    "status": "Say how the run stands.",
    "pause": "Have the run rest; words behind it are shown as the reason.",
    "resume": "Have it go on.",
    "checkpoint": _HELP["checkpoint"],
    "evaluate": _HELP["evaluate"],
    "settings": "List the settings that can change while the run runs.",
    "set": "Change one: set learning_rate 0.0003.",
    "workers": "Change how many workers play: workers 3.",
    "restart-workers": _HELP["restart_workers"],
    "restore": "Go back to a generation by its step, after asking: restore 12400.",
    "stop": _HELP["stop"],
    "start": _HELP["start"],
    "log": "Repeat the last lines: log 20.",
    "quiet": "Do not say lines of the run as they come; alerts still are.",
    "follow": "Say them again.",
    "help": "Say this.",
    "quit": "Leave; the run goes on.",
}


def run(model: Model, starter: Starter, notes: list[str]) -> int:
    """Talk about a run until the user leaves, or their input ends; the exit code."""
    for note in notes:
        _print(note)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_Plain(model, starter).talk())
    if model.connected or starter.alive():
        _print(f"The run goes on in {model.directory}.")
    return 0


def _print(text: str) -> None:
    print(text, flush=True)


class _Plain:
    """One conversation."""

    def __init__(self, model: Model, starter: Starter) -> None:
        self._model, self._starter = model, starter
        self._watch = Watch()
        self._bridge = Bridge(model, self._hear, self._lose)
        self._follows, self._greeted = True, False
        self._sure: c.Command | None = None  # waits for a yes

    async def talk(self) -> None:
        """Read commands until `quit`."""
        if self._starter.wanted:
            self._begin()
        _print("Type a command and Enter; help lists them.")
        listening = asyncio.create_task(self._bridge.run())
        watching = asyncio.create_task(self._watch_start())
        await self._look_first()
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        _read_in_background(asyncio.get_running_loop(), lines)
        try:
            while (line := await lines.get()) is not None:
                if not await self._obey(line.strip()):
                    break
        finally:
            listening.cancel()
            watching.cancel()

    async def _look_first(self) -> None:
        """Wait for the run: what is typed before would find none."""
        while not self._model.connected and (self._starter.alive() or not self._model.why):
            await asyncio.sleep(0.05)

    async def _watch_start(self) -> None:
        while not self._starter.ended_early(self._model):
            await asyncio.sleep(0.5)
        _print(f"The run ended at once: {self._starter.output()}")

    async def _obey(self, line: str) -> bool:
        """Do what a line says; False: leave."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if self._sure is not None:
            command, self._sure = self._sure, None
            if line.lower() in ("y", "yes"):
                await self._ask(command)
                return True
            _print("Left as it is.")
            if line.lower() in ("n", "no", ""):
                return True
        if word in ("quit", "exit", "q"):
            return False
        if word and word not in _COMMANDS:
            _print(f"{printable(word)}: no such command; help lists them.")
        elif word:
            await self._do(word, rest)
        return True

    async def _do(self, word: str, rest: str) -> None:
        asking: dict[str, Callable[[], c.Command]] = {
            "pause": lambda: c.Pause(reason=rest) if rest else c.Pause(),
            "resume": c.Resume,
            "checkpoint": c.Checkpoint,
            "evaluate": c.Evaluate,
            "set": lambda: _set(*rest.replace("=", " ").split()[:2]),
            "workers": lambda: _set("num_workers", rest),
        }
        grave: dict[str, Callable[[], c.Command]] = {
            "restart-workers": c.RestartWorkers,
            "restore": lambda: c.Restore(step=int(rest.replace(",", ""))),
            "stop": c.Stop,
        }
        try:
            if word in asking:
                await self._ask(asking[word]())
            elif word in grave:
                self._sure = grave[word]()
                _print(f"{_COMMANDS[word].removesuffix(' Asks.')} Do it? yes or no")
            else:
                self._tell(word, rest)
        except (ValueError, TypeError, ConfigError) as error:
            said = str(error) if isinstance(error, ConfigError) else f"{word}: {_COMMANDS[word]}"
            _print(f"Not done: {said}")

    def _tell(self, word: str, rest: str) -> None:
        match word:
            case "status":
                self._say_status()
            case "settings":
                self._say_settings()
            case "log":
                for line in list(self._model.lines)[-(int(rest) if rest else 10) :]:
                    _print(line)
            case "quiet" | "follow":
                self._follows = word == "follow"
                _print("Only alerts from now on." if word == "quiet" else "Lines of the run from now on.")
            case "start":
                self._start()
            case "help":
                for name, about in _COMMANDS.items():
                    _print(f"{name}: {about}")

    def _start(self) -> None:
        if self._model.connected:
            _print("Not done: a run is live here already.")
        elif self._model.read_only:
            _print(f"Not done: {READ_ONLY}.")
        elif self._starter.alive():
            _print("It is starting already.")
        else:
            self._begin()

    def _begin(self) -> None:
        try:
            self._starter.start()
        except LockedError as error:
            _print(f"Not done: {error}")
        except OSError as error:
            _print(f"Not done: {failure(error)}")
        else:
            first = self._starter.welcome.partition("\n")[0]
            _print(f"{first} It goes on when you leave." if first else "It starts.")

    async def _ask(self, command: c.Command) -> None:
        if self._model.read_only:
            _print(f"Not done: {READ_ONLY}.")
            return
        changes = self._bridge.changes
        match await self._bridge.ask(command):
            case c.Done(text=text):
                _print(f"Done: {text}")
                await self._hear_of_it(changes)
            case c.Refused(why=why):
                _print(f"Not done: {why}")

    async def _hear_of_it(self, before: int) -> None:
        """Wait for the news that follow a reply, so that `status` right behind it knows of them."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                while self._bridge.changes == before:
                    await asyncio.sleep(0.05)

    def _say_status(self) -> None:
        model = self._model
        for_long = f", for {since(model)}" if model.connected and since(model) else ""
        _print(f"The run in {model.directory}: {printable(state_of(model))}{for_long}.")
        progress = model.progress
        if progress is not None:
            _print(f"Step {progress.step:,}, {progress.games:,} games. {left_of(model)}".rstrip())
            _print(
                f"Speed: {progress.games_per_second:,.0f} games and "
                f"{progress.trained_per_second:,.0f} samples trained a second, {progress.workers} workers."
            )
        if score := score_of(model.evaluated):
            _print(f"Score: {score}, at step {model.evaluated.step if model.evaluated else 0:,}.")
        if link := link_of(model):
            _print(f"Learner: {link}.")

    def _say_settings(self) -> None:
        for key in KEYS.values():
            if key.live:
                value = self._model.settings.get(key.section, {}).get(key.name, key.default)
                _print(
                    f"{key.name}: {key.shown(value)} {key.unit}".rstrip() + f". {key.meaning}; {key.allowed}."
                )

    def _hear(self, message: Message) -> None:
        if isinstance(message, Overview) and not self._greeted:
            self._greeted = True
            self._say_status()
        alert = self._watch.hear(message)
        if alert is not None:
            self._say_alert(alert)
        if isinstance(message, News) and self._follows:
            for line in message.lines:
                _print(line)

    def _lose(self) -> None:
        self._greeted = False
        alert = self._watch.lost(self._model.state, self._model.why)
        if alert is not None:
            self._say_alert(alert)
        else:
            _print(f"The run is over: {self._model.state}.")

    def _say_alert(self, alert: Alert) -> None:
        _print(f"{'ALERT' if alert.bad else 'News'}: {printable(alert.text)}.")


def _set(name: str, value: str) -> c.Command:
    """Raises ConfigError for what cannot be set, or not to this."""
    read_live(name, value)
    return c.Set(key=name, value=value)


def _read_in_background(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str | None]") -> None:
    """Put what is typed into the queue, None at the end; a thread, as input may be a file or a terminal."""

    def put(line: str | None) -> None:
        try:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        except RuntimeError:  # the conversation is over
            return

    def read() -> None:
        try:
            for line in sys.stdin:
                put(line)
        finally:
            put(None)

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes that are no text make a command that there is not

    # a thread that still reads must not keep the process
    threading.Thread(target=read, daemon=True).start()
