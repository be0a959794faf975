"""The console's application: a header, one view at a time, a footer, and the keys that all views share."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingsMap, BindingType
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from engine.commands import Command, Done, Refused, Reply
from hanabi_tui.console.actions import EVERYWHERE, Action
from hanabi_tui.console.bridge import NOT_CONNECTED, Bridge
from hanabi_tui.console.model import Model
from hanabi_tui.console.pages import PAGES, Page
from hanabi_tui.console.view import View

REFRESH = 0.25
"""Seconds between two looks at what is new."""


class Console(App[str]):
    """Shows a run and steers it.

    Attributes:
      model: what is known of the run.
      page: the view that is shown.
    """

    TITLE = "hanabi-tui"
    CSS = """
    #header, #footer { height: 1; }
    #views { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, model: Model, *, bridge: Bridge | None = None, pages: Sequence[Page] = PAGES, **more: Any
    ) -> None:
        """Without a bridge it shows the model as it is."""
        super().__init__(**more)
        self.model, self._bridge, self._pages = model, bridge, tuple(pages)
        self.page: View | None = None
        self._shown = -1
        self._steering: set[asyncio.Task[Reply]] = set()

    def compose(self) -> ComposeResult:
        """Header, views, footer."""
        yield Static(id="header", markup=False)
        yield ContentSwitcher(id="views")
        yield Static(id="footer", markup=False)

    async def on_mount(self) -> None:
        """Open the first view, and follow the run."""
        await self.action_open(self._pages[0].title)
        self.set_interval(REFRESH, self._look)
        if self._bridge is not None:
            self.run_worker(self._bridge.run(), group="bridge")

    @property
    def actions(self) -> tuple[Action, ...]:
        """What can be done now: in the view that is shown, and everywhere."""
        return (*(self.page.actions if self.page else ()), *EVERYWHERE)

    def _look(self) -> None:
        changes = self._bridge.changes if self._bridge is not None else 0
        if changes != self._shown and self.page is not None:
            self._shown = changes
            self.page.show(self.model)

    async def action_open(self, title: str) -> None:
        """Bring a view into sight."""
        page = next(each for each in self._pages if each.title == title)
        switcher = self.query_one(ContentSwitcher)
        known = switcher.query(f"#{page.id}")
        view = known.first(View) if known else page.load()
        if view is self.page:
            return
        if self.page is not None:
            self.page.leave()
        if not known:
            await switcher.add_content(view)
        switcher.current = page.id
        self.page = view
        self._bind_keys()
        view.show(self.model)
        if self.focused is None or self.focused not in view.walk_children(Widget):
            first = next((each for each in view.walk_children(Widget) if each.focusable), None)
            self.set_focus(first)

    def _bind_keys(self) -> None:
        bindings = [Binding(page.key, f"open('{page.title}')", page.title) for page in self._pages]
        for action in self.actions:
            bindings += [Binding(key, f"perform('{action.name}')", action.label) for key in action.keys]
        self._bindings = BindingsMap(bindings)

    async def action_perform(self, name: str) -> None:
        """Do what an action says."""
        await self.perform(name)

    async def perform(self, name: str) -> None:
        """Do what the action of a name says: the view's, or one of all views'."""
        holder = (
            self.page if any(each.name == name for each in (self.page.actions if self.page else ())) else self
        )
        await self.run_action(name, holder)

    def steer(self, command: Command) -> "asyncio.Task[Reply]":
        """Have the run carry out a command, and show what became of it; awaited, the reply."""
        task = asyncio.create_task(self._steer(command))
        self._steering.add(task)
        task.add_done_callback(self._steering.discard)
        return task

    async def _steer(self, command: Command) -> Reply:
        if self.model.read_only:
            reply: Reply = Refused(why="this console only looks (--read-only)")
        elif self._bridge is None:
            reply = Refused(why=NOT_CONNECTED)
        else:
            reply = await self._bridge.ask(command)
        match reply:
            case Done(text=text):
                self.say(text)
            case Refused(why=why):
                self.say(f"Not done: {why}", warning=True)
        return reply

    def say(self, text: str, *, warning: bool = False) -> None:
        """Show a short message for a moment."""
        self.notify(text, severity="warning" if warning else "information", markup=False)

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard (OSC 52)."""
        self.copy_to_clipboard(text)
        self.say(f"{len(text):,} characters copied")
