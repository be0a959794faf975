"""The actions that leave the run alone: help, finding, colours, copies and pictures, leaving."""

import asyncio
import shlex
from typing import TYPE_CHECKING

from textual.widget import Widget

from hanabi_tui.console.dialogues.choice import Answer, Choice
from hanabi_tui.console.dialogues.help import Help
from hanabi_tui.console.dialogues.jump import Jump
from hanabi_tui.console.dialogues.themes import Themes
from hanabi_tui.console.own.preferences import remember_theme

if TYPE_CHECKING:
    from hanabi_tui.console.app import Console


class Housekeeping:
    """What a console does for whoever looks at it."""

    def __init__(self, console: "Console") -> None:
        self._console = console

    def action_help(self) -> None:
        """Show all keys."""
        self._console.push_screen(Help(self._console.offered, self._console.views))

    def action_palette(self) -> None:
        """Find anything."""
        self._console.action_command_palette()

    def action_jump(self) -> None:
        """Letters over the view's parts."""
        page = self._console.page
        parts = page.walk_children(Widget) if page is not None else []
        seen = [part for part in parts if part.focusable and part.region.area]
        if not seen:
            self._console.say("There is nothing to jump to: this view is all of one piece")
            return

        def go(part: Widget | None) -> None:
            if part is not None:
                part.focus()

        self._console.push_screen(Jump(seen), go)

    def action_theme(self) -> None:
        """Choose colours."""

        def keep(name: str | None) -> None:
            if name is not None:
                remember_theme(name)

        known, now = tuple(self._console.setup.themes), self._console.theme
        self._console.push_screen(Themes(known, now), keep)

    def action_copy_text(self) -> None:
        """Copy the selection, or the view."""
        screen, page = self._console.screen, self._console.page
        if text := screen.get_selected_text():
            self._console.copy(text)
        elif page is not None:
            x, y, width, height = page.region
            strips = screen._compositor.render_strips()[y : y + height]
            self._console.copy("\n".join(strip.crop(x, x + width).text.rstrip() for strip in strips))

    def action_picture(self) -> None:
        """Save the screen as SVG."""
        try:
            self._console.say(f"Saved as {self._console.save_screenshot()}")
        except OSError as error:
            self._console.say(f"Not saved: {error.strerror}", warning=True)

    def action_redraw(self) -> None:
        """Draw everything anew."""
        self._console.refresh(layout=True)

    def action_suspend(self) -> None:
        """Give the terminal to the shell."""
        self._console.action_suspend_process()

    def action_quit(self) -> None:
        """Close the console; ask what becomes of a live run."""
        model, starter = self._console.model, self._console.starter
        live = model.connected or (starter is not None and starter.alive())  # also one that only starts
        if not live or model.read_only:
            self._console.exit("")
            return
        answers = [Answer("leave", "l", "Leave it running"), Answer("stop", "s", "Stop it", grave=True)]
        question = (
            "The run goes on without this console, unless you stop it; stopping saves a checkpoint, "
            "and the same command goes on from there."
        )
        self._console.push_screen(Choice(question, answers, repeated="leave"), self._leave)

    def _leave(self, answer: str | None) -> None:
        directory = self._console.model.directory
        if answer == "leave":
            where = shlex.quote(str(directory))
            self._console.exit(f"The run goes on in {directory}. To see it again: hanabi-tui attach {where}")
        elif answer == "stop":
            self._console.steering.keep(asyncio.create_task(self._console.steering.stop_and_leave()))
