"""The console with one view, shown without a terminal, for tests."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from hanabi_tui.console.app import Console
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.own.setup import Setup
from hanabi_tui.console.pages import PAGES, Page
from hanabi_tui.console.view import View

PATIENCE = 90.0
"""Seconds within which things happen even on a busy machine."""


@contextlib.asynccontextmanager
async def shown(
    view: type[View], model: Model | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[str]]:
    """A view in a console without a run; `pilot.app` is the console, `pilot.app.page` the view.

    Change the model as you like, then call `pilot.app.page.show(model)`, and `await pilot.pause()`.
    """
    own = _Given("1", view.__name__, view.__module__, view.__name__, view)
    page = next((each for each in PAGES if each.view == view.__name__), own)
    app = Console(model or Model(Path("checkpoints")), Setup(pages=(page,)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


@dataclass(frozen=True)
class _Given(Page):
    """A page whose view is a test's own."""

    kind: type[View]

    def load(self) -> View:
        return self.kind(id=self.id)


def text_of(pilot: Pilot[str]) -> str:
    """What is on the screen, as plain text, a line a row."""
    return "\n".join(strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips())


async def until(pilot: Pilot[str], true: Callable[[], bool]) -> None:
    """Let the console work until something is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, text_of(pilot)
        await pilot.pause(0.02)


async def seen(pilot: Pilot[str], *words: str) -> str:
    """The screen as soon as it says all this."""
    await until(pilot, lambda: all(word in text_of(pilot) for word in words))
    return text_of(pilot)


async def seen_anywhere(pilot: Pilot[str], *words: str) -> str:
    """The screen as soon as it says all this, wherever lines break, within a path also."""

    def said() -> bool:
        screen = "".join(text_of(pilot).split())
        return all("".join(word.split()) in screen for word in words)

    await until(pilot, said)
    return text_of(pilot)
