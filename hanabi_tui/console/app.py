"""The console's application: a header, one view at a time, a footer, and the keys that all views share."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, ClassVar

from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingsMap, BindingType
from textual.command import Provider
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from engine.contracts.commands import Command, Reply
from hanabi_tui.console.actions import EVERYWHERE, Action
from hanabi_tui.console.alarm import Alarm
from hanabi_tui.console.announcement import announcement
from hanabi_tui.console.dialogues.choice import confirm
from hanabi_tui.console.housekeeping import Housekeeping
from hanabi_tui.console.live.bridge import READ_ONLY, Bridge
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter
from hanabi_tui.console.own.keymap import shown
from hanabi_tui.console.own.setup import Setup
from hanabi_tui.console.pages import Page
from hanabi_tui.console.palette import Commands
from hanabi_tui.console.steering import Steering
from hanabi_tui.console.view import View
from hanabi_tui.console.widgets.banner import Banner
from hanabi_tui.console.widgets.blank import Blank
from hanabi_tui.console.widgets.footer import Footer
from hanabi_tui.console.widgets.header import Header
from hanabi_tui.console.wording import failure

REFRESH = 0.25
"""Seconds between two looks at what is new."""


class Views(Screen[None]):
    """The screen that has the views; a change of focus repaints what has it and had it, not all of it."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


class Console(App[str]):
    """Shows a run and steers it.

    Attributes:
      model: what is known of the run.
      page: the view that is shown.
      bridge: the connection to the run; None: it shows the model as it is.
      starter: starts a run; None: it cannot.
      steering, housekeeping: what it does to the run, and for whoever looks at it.
    """

    TITLE = "hanabi-tui"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Commands}
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = """
    #views { height: 1fr; }
    """

    def __init__(
        self,
        model: Model,
        setup: Setup | None = None,
        *,
        follow: bool = False,
        starter: Starter | None = None,
        made: Callable[[], object] = lambda: None,
        **more: Any,
    ) -> None:
        """Make one.

        Args:
          model: what is known of the run.
          setup: how it is set up.
          follow: connect to the run of the model's directory.
          starter: how to start one.
          made: called when a view was made and is seen.
          more: as for any application.
        """
        setup = setup or Setup()
        super().__init__(ansi_color=True if setup.no_colour else None, **more)
        self.model, self.starter, self.setup = model, starter, setup
        self.steering, self.housekeeping = Steering(self), Housekeeping(self)
        alarm = Alarm(self)
        self.bridge = Bridge(model, alarm.hear, alarm.lose) if follow else None
        self.page: View | None = None
        self._actions: tuple[Action, ...] = ()
        self._shown, self._made = -1, made
        self._header, self._banner, self._footer = Header(), Banner(), Footer()
        self._views = Blank(id="views")
        for theme in setup.themes.values():
            self.register_theme(theme)
        self.theme = setup.theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What themes of Textual's own lack."""
        return {f"line-{number}": "#6cb6ff" for number in range(1, 7)}

    def get_default_screen(self) -> Screen[None]:
        """What everything is on."""
        return Views(id="_default")

    def compose(self) -> ComposeResult:
        """Header, banner, views, footer."""
        yield self._header
        yield self._banner
        yield self._views
        yield self._footer

    async def on_mount(self) -> None:
        """Open the first view, and follow the run."""
        await self.action_open(self.setup.pages[0].title)
        self._look()
        self.set_interval(REFRESH, self._look)
        for note in self.setup.notes:
            self.say(note, warning=True)
        if self.bridge is not None:
            self.run_worker(self.bridge.run(), group="bridge")
        if self.starter is not None and self.starter.wanted:
            self.call_after_refresh(self.steering.begin)

    # views

    @property
    def views(self) -> list[tuple[str, str]]:
        """Key and title of every view."""
        return [(page.key, page.title) for page in self.setup.pages]

    @property
    def offered(self) -> tuple[Action, ...]:
        """What can be done now, in this view and everywhere, with the user's keys."""
        return self._actions

    def key_of(self, name: str) -> str:
        """The key of an action, as people know it; empty if it has none, or is not offered."""
        keys = next((each.keys for each in self._actions if each.name == name), ())
        return shown(keys[0]) if keys else ""

    async def action_open(self, title: str) -> None:
        """Bring a view into sight."""
        page = next(each for each in self.setup.pages if each.title == title)
        known = self._views.query(f"#{page.id}")
        view = known.first(View) if known else page.load()
        before = self.page
        if view is before:
            return
        with self.batch_update():  # one picture, not several
            if before is not None:
                before.leave()
                before.display = False
            if known:
                view.display = True
            else:
                await self._views.mount(view)
                self.call_after_refresh(self._made)
            self.page = view
            self._learn_actions(page)
            view.show(self.model)
            parts = view.walk_children(Widget)
            if self.focused is None or self.focused not in parts or not _in_sight(self.focused):
                self.set_focus(next((each for each in parts if each.focusable and _in_sight(each)), None))

    def _learn_actions(self, page: Page) -> None:
        own = self.page.actions if self.page is not None else ()
        keymap = self.setup.keymap
        every = (*keymap.apply(own, page.title), *keymap.apply(EVERYWHERE, beside=page.title))
        self._actions = tuple(each for each in every if not (each.steers and self.model.read_only))
        bindings = [Binding(key, f"open('{title}')", title) for key, title in self.views]
        for action in self._actions:
            bindings += [Binding(key, f"perform('{action.name}')", action.label) for key in action.keys]
        self._bindings = BindingsMap(bindings)
        self._footer.show(self.setup.pages, page.title, self._actions)

    def _look(self) -> None:
        """Show what is new; at most as often as it is called."""
        if not self._header.is_attached:  # the end of the application
            return
        changes = self.bridge.changes if self.bridge is not None else 0
        begins = self.starter is not None and self.starter.alive()
        self._header.show(self.model, begins=begins)
        if changes != self._shown and self.page is not None:
            self._shown = changes
            self.page.show(self.model)
        follows, key = self.bridge is not None, self.key_of("start")
        self._banner.say(announcement(self.model, self.starter, key, follows=follows))

    # actions

    async def perform(self, name: str) -> None:
        """Do what the action of a name says: the view's, or one of all views'; after the view's question."""
        action = next((each for each in self._actions if each.name == name), None)
        if action is None:
            self.say(f"Not done: {READ_ONLY}", warning=True)
            return

        async def act(answer: str | None) -> None:
            if answer is None:
                return
            with self._saying_why_not():
                if (doing := self._method_of(name)()) is not None:
                    # keys and the screen wait for no disk, and for no run that does not answer
                    self.run_worker(self._finish(doing), group=f"deed {name}", exclusive=True)

        question = self.page.question(action) if self.page is not None else action.asks
        if question:
            self.push_screen(confirm(question, action.label), act)
        else:
            await act("yes")

    async def _finish(self, doing: Awaitable[None]) -> None:
        with self._saying_why_not():
            await doing

    @contextlib.contextmanager
    def _saying_why_not(self) -> Iterator[None]:
        """A disk that fails ends a deed, not the console."""
        try:
            yield
        except OSError as error:
            self.say(f"Not done: {failure(error)}", warning=True)

    def _method_of(self, name: str) -> Callable[[], Awaitable[None] | None]:
        own = self.page is not None and any(each.name == name for each in self.page.actions)
        holders = [self.page] if own else [self.steering, self.housekeeping]
        holder = next(each for each in holders if hasattr(each, f"action_{name}"))
        method: Callable[[], Awaitable[None] | None] = getattr(holder, f"action_{name}")
        return method

    async def action_perform(self, name: str) -> None:
        """What keys and clicks do."""
        await self.perform(name)

    def steer(self, command: Command) -> "asyncio.Task[Reply]":
        """Have the run carry out a command, and show what became of it; awaited, the reply."""
        return self.steering.steer(command)

    def exit(
        self, result: str | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """Leave. What goes on for views ends before they are taken apart, else it would find only pieces."""
        self.workers.cancel_all()
        super().exit(result, return_code, message)

    # messages

    def say(self, text: str, *, warning: bool = False) -> None:
        """Show a short message for a moment."""
        self.notify(text, severity="warning" if warning else "information", markup=False)

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard (OSC 52)."""
        self.copy_to_clipboard(text)
        self.say(f"{len(text):,} characters copied")


def _in_sight(part: Widget) -> bool:
    """Whether a part of a view is shown now: what hides it may be around it."""
    return all(each.display for each in part.ancestors_with_self)
