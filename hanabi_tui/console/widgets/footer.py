"""The last lines: the views by their numbers, and what can be done here, from the registry."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from hanabi_tui.console.actions import Action
from hanabi_tui.console.keymap import shown

ALWAYS = ("help", "quit")
"""Actions that are shown however narrow the screen is."""

GAP = 2
"""Columns between two actions."""


class Footer(Widget):
    """Views in the upper line, actions in the lower one; both can be clicked."""

    DEFAULT_CSS = """
    Footer {
        height: 2; width: 100%; padding: 0 1; background: $panel; color: $foreground;
        link-style: none; link-color: $foreground; link-background: $panel;
    }
    """

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._views: Sequence[tuple[str, str]] = ()
        self._current = ""
        self._actions: Sequence[Action] = ()

    def show(self, views: Sequence[tuple[str, str]], current: str, actions: Sequence[Action]) -> None:
        """Show the keys of views (key and title), which one is open, and the actions that it and all have."""
        self._views, self._current, self._actions = views, current, actions
        self.refresh()

    def render(self) -> Content:
        """Two lines, as wide as there is room."""
        return Content("\n").join((self._view_line(), self._action_line()))

    def _view_line(self) -> Content:
        width = self.content_size.width
        lengths = [len(title) for _, title in self._views]
        gap = "  " if sum(lengths) + 4 * len(lengths) <= width else " "
        longest = max(lengths, default=0)
        while longest > 3 and sum(2 + len(gap) + min(longest, each) for each in lengths) > width + len(gap):
            longest -= 1
        parts = []
        for key, title in self._views:
            name = title if len(title) <= longest else f"{title[: longest - 1]}…"
            style = "bold reverse" if title == self._current else ""
            part = Content.assemble((f"{key}", "bold $text-accent"), (f" {name}", style))
            parts.append(part.stylize(f"@click=app.open('{title}')"))
        return Content(gap).join(parts).truncate(width)

    def _action_line(self) -> Content:
        """What the view has, as far as there is room next to what is always there: help and the way out."""
        offered = [each for each in self._actions if each.footer and each.keys]
        always = [_part(each) for each in offered if each.name in ALWAYS]
        room = self.content_size.width - sum(GAP + part.cell_length for part in always)
        line: list[Content] = []
        for action in (each for each in offered if each.name not in ALWAYS):
            part = _part(action)
            room -= part.cell_length + (GAP if line else 0)
            if room < 0:
                break
            line.append(part)
        return Content(" " * GAP).join([*line, *always])


def _part(action: Action) -> Content:
    part = Content.assemble((shown(action.keys[0]), "bold $text-accent"), f" {action.label}")
    return part.stylize(f"@click=app.perform('{action.name}')")
