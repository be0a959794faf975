"""The last lines: the views by their numbers, and what can be done here, from the registry."""

from collections.abc import Sequence

from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from hanabi_tui.console.actions import Action
from hanabi_tui.console.own.keymap import shown
from hanabi_tui.console.pages import Page

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
        self._pages: Sequence[Page] = ()
        self._current = ""
        self._actions: Sequence[Action] = ()
        self._drawn: dict[tuple[object, ...], list[Strip]] = {}

    def show(self, pages: Sequence[Page], current: str, actions: Sequence[Action]) -> None:
        """Show the keys of views, the title of the one that is open, and the actions that it and all have."""
        self._pages, self._current, self._actions = pages, current, tuple(actions)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line; what each view's are is kept, as drawing text that can be clicked takes milliseconds."""
        shown = (self.size, self._current, self._actions)
        if shown not in self._drawn:
            self._drawn[shown] = [super(Footer, self).render_line(each) for each in range(self.size.height)]
        return self._drawn[shown][y]

    def on_resize(self) -> None:
        """Each line is another."""
        self._drawn.clear()

    def notify_style_update(self) -> None:
        """Each line may look other."""
        self._drawn.clear()
        super().notify_style_update()

    def render(self) -> Content:
        """Two lines, as wide as there is room."""
        return Content("\n").join((self._view_line(), self._action_line()))

    def _view_line(self) -> Content:
        width, pages = self.content_size.width, self._pages
        whole = [page.title for page in pages]
        short = [page.short for page in pages]
        mixed = [page.title if page.title == self._current else page.short for page in pages]
        fit = (names for names in (whole, mixed, short) if sum(map(len, names)) + 3 * len(names) - 1 <= width)
        names = next(fit, [name[: max(3, width // len(pages) - 3)] for name in short])
        gap = "  " if sum(map(len, names)) + 4 * len(names) <= width else " "
        parts = []
        for page, name in zip(pages, names, strict=True):
            style = "bold reverse" if page.title == self._current else ""
            part = Content.assemble((page.key, "bold $text-accent"), " ", (name, style))
            parts.append(part.stylize(f"@click=app.open('{page.title}')"))
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
