"""The console on a terminal's whole screen."""

import gc
import os

from hanabi_tui.console.app import Console
from hanabi_tui.console.driver import Driver, obey_signals
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter
from hanabi_tui.console.own.keymap import read_keymap
from hanabi_tui.console.own.preferences import last_theme, read_preferences
from hanabi_tui.console.own.setup import Setup
from hanabi_tui.console.own.theming import all_themes, first_theme
from hanabi_tui.console.pages import PAGES


def run(model: Model, starter: Starter, theme: str, notes: list[str]) -> int:
    """Show a run until the user leaves; the exit code. Raises OwnFileError for files that cannot be used."""
    setup = set_up(theme, notes)
    # what a view is made of stays: a garbage collector that looks through it all takes a tenth of a second
    console = Console(model, setup, follow=True, starter=starter, made=gc.freeze, driver_class=Driver)
    obey_signals(console)
    last_words = console.run()
    if last_words:
        print(last_words)
    return console.return_code or 0


def set_up(theme: str, notes: list[str]) -> Setup:
    """Keymap, preferences and themes of this user. Raises OwnFileError for files that cannot be used."""
    keymap = read_keymap()
    # a view's module is loaded for this only if the keymap speaks of it
    keymap.check({page.title.lower(): page.actions for page in PAGES})
    preferences = read_preferences()
    themes, wrong = all_themes()
    first = first_theme(theme, preferences.theme, last_theme(), themes, os.environ)
    return Setup(
        keymap=keymap,
        preferences=preferences,
        themes=themes,
        theme=first,
        notes=[*notes, *wrong],
        no_colour=bool(os.environ.get("NO_COLOR")),
    )
