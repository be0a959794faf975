"""`console.toml`: how a user wants the console to be.

theme = "high-contrast"          # of `hanabi-tui attach --theme`; default: the one last chosen
bell = true                      # ring on alerts
alert_command = "notify-send"    # run on alerts by the shell, with HANABI_ALERT and HANABI_ALERT_TEXT set
"""

import contextlib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from engine.settings.keys import nearest
from hanabi_tui.console.own.folders import OwnFileError, config_folder, read_table, state_folder

FILE = "console.toml"
CHOSEN = "theme"
"""In the state folder: the name of the theme that was chosen last."""


class Preferences(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What console.toml may say."""

    theme: Annotated[str, Meta(description="a theme's name; empty: the one last chosen")] = ""
    bell: Annotated[bool, Meta(description="true, false: ring the terminal's bell on alerts")] = True
    alert_command: Annotated[str, Meta(description="a shell command that is run on alerts")] = ""


def read_preferences(path: Path | None = None) -> Preferences:
    """The user's preferences; the defaults where there is no file. Raises OwnFileError."""
    path = path or config_folder() / FILE
    table = read_table(path)
    names = list(Preferences.__struct_fields__)
    for name in table:
        if name not in names:
            close = nearest(name, names)
            raise OwnFileError(f"{path}: {name}: no such key{close}; allowed are {', '.join(names)}")
    try:
        return msgspec.convert(table, Preferences)
    except msgspec.ValidationError as error:
        raise OwnFileError(
            f"{path}: {error}; theme and alert_command are texts, bell is true or false"
        ) from None


def last_theme() -> str:
    """The theme that was chosen last; empty: none was."""
    try:
        return (state_folder() / CHOSEN).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def remember_theme(name: str) -> None:
    """Begin with this theme next time."""
    with contextlib.suppress(OSError):  # a home that cannot be written to costs only this
        state_folder().mkdir(parents=True, exist_ok=True)
        (state_folder() / CHOSEN).write_text(name + "\n", encoding="utf-8")
