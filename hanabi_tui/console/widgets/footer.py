"""The last lines: the views by their numbers, and what can be done here, from the registry."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from hanabi_tui.console.actions import Action
from hanabi_tui.console.keymap import shown


class Footer(Widget):
    """Views in the upper line, actions in the lower one; both can be clicked."""

    DEFAULT_CSS = """
    Footer { height: 2; width: 100%; background: $panel; color: $foreground; padding: 0 1; }
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
        width = self.content_size.width
        line = Content()
        for action in (each for each in self._actions if each.footer and each.keys):
            part = Content.assemble((shown(action.keys[0]), "bold $text-accent"), f" {action.label}")
            part = part.stylize(f"@click=app.perform('{action.name}')")
            longer = Content("  ").join((line, part)) if line.cell_length else part
            if longer.cell_length > width:
                break
            line = longer
        return line
