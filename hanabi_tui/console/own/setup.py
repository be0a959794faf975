"""How a console is set up: by its command line, and by the user's own files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textual.theme import Theme

from hanabi_tui.console.own.keymap import Keymap
from hanabi_tui.console.own.preferences import Preferences
from hanabi_tui.console.own.theming import DEFAULT, shipped
from hanabi_tui.console.pages import PAGES, Page


@dataclass(frozen=True)
class Setup:
    """How a console is set up.

    Attributes:
      pages: its views.
      keymap: the user's keys.
      preferences: what the user's console.toml says.
      themes: by name; the first shown is `theme`.
      notes: what the user should be told at the start.
      no_colour: whether NO_COLOR is set.
    """

    pages: Sequence[Page] = PAGES
    keymap: Keymap = field(default_factory=lambda: Keymap({}, Path()))
    preferences: Preferences = field(default_factory=Preferences)
    themes: dict[str, Theme] = field(default_factory=shipped)
    theme: str = DEFAULT
    notes: Sequence[str] = ()
    no_colour: bool = False
