"""`hanabi-tui config`: the settings a run would start with."""

import sys

from rich.console import Console
from rich.text import Text

from engine.errors import ConfigError
from engine.settings.bearable import check_workers
from engine.settings.config import SECTIONS
from engine.settings.keys import ABOUT, Key, keys_of, value_of
from hanabi_tui.settings import PRESET, Settings, to_toml

NAME_WIDTH, VALUE_WIDTH = 19, 17
ORIGIN_WIDTH = 33
"""The longest name in the environment; of longer origins (paths), the end is shown."""


def run(settings: Settings, *, as_toml: bool) -> None:
    """Print settings, as a table or as a file of settings."""
    if as_toml:
        if settings.config.network.auth_token:
            print(f"# auth_token is left out; {settings.origins['auth_token']} gave it\n")
        print(to_toml(settings.config), end="")
        return
    console = Console(highlight=False)
    for line in table(settings, console.width):
        console.print(line, soft_wrap=True)
    try:
        check_workers(settings.config)
    except ConfigError as error:  # they may be meant for another machine
        print(f"hanabi-tui: no run would start here: {error}", file=sys.stderr)


def table(settings: Settings, width: int) -> list[Text]:
    """A line for each key: its value with unit, its meaning as far as there is room, where it came from."""
    lines = [_line(PRESET, settings.preset, settings.origins[PRESET.name], width)]
    for section in SECTIONS:
        heading = Text.assemble((f"[{section}]", "bold"), f" {ABOUT[section]}")
        heading.truncate(width, overflow="ellipsis")
        lines += [Text(), heading]
        for key in keys_of(section):
            shown = f"{key.shown(value_of(settings.config, key))} {key.unit}".rstrip()
            lines.append(_line(key, shown, settings.origins[key.name], width))
    return lines


def _line(key: Key, shown: str, origin: str, width: int) -> Text:
    left = Text(f"{key.name:<{NAME_WIDTH}} {shown}".ljust(NAME_WIDTH + 1 + VALUE_WIDTH))
    right = Text(origin if len(origin) <= ORIGIN_WIDTH else f"…{origin[1 - ORIGIN_WIDTH :]}")
    if origin != "default":
        right.stylize("cyan")
    meaning = Text(key.meaning, style="dim")
    meaning.truncate(max(0, width - left.cell_len - right.cell_len - 2), overflow="ellipsis", pad=True)
    return Text(" ").join((left, meaning, right))
