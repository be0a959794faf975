"""The command palette: everything the registry knows, found by a part of its name."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from hanabi_tui.console.own.keymap import shown

if TYPE_CHECKING:
    from hanabi_tui.console.app import Console


class Commands(Provider):
    """Views and actions of the console."""

    def _all(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        console = cast("Console", self.app)
        for key, title in console.views:
            yield f"{title} ({key})", "Open this view.", partial(console.action_open, title)
        for action in console.offered:
            keys = f" ({shown(action.keys[0])})" if action.keys else ""
            yield f"{action.label}{keys}", action.help, partial(console.perform, action.name)

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, about, does in self._all():
            yield DiscoveryHit(name, does, help=about)

    async def search(self, query: str) -> Hits:
        """Those that fit."""
        matcher = self.matcher(query)
        for name, about, does in self._all():
            score = max(matcher.match(name), 0.5 * matcher.match(about))
            if score > 0:
                yield Hit(score, matcher.highlight(name), does, text=name, help=about)
