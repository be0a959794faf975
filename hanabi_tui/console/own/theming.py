"""Themes: the palettes in `themes/`, a user's own, and which one to begin with.

A theme is a TOML file; its name is the file's. Colours are written as Textual takes them ("#6cb6ff",
"ansi_blue"); `line-1` to `line-6` below [variables] are those of the charts' lines.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from engine.settings.keys import nearest
from hanabi_tui.console.own.folders import OwnFileError, config_folder, read_table

SHIPPED = Path(__file__).parents[3] / "themes"
"""Where the themes of this program are, in its sources as where it is installed."""

DEFAULT = "fireworks"
SIXTEEN = "terminal"
"""The theme for terminals with sixteen colours, and for NO_COLOR."""

_COLOURS = (
    "primary",
    "secondary",
    "accent",
    "success",
    "warning",
    "error",
    "foreground",
    "background",
    "surface",
    "panel",
    "boost",
)
_SWITCHES = ("dark", "ansi")
_NUMBERS = ("luminosity_spread", "text_alpha")
_ALLOWED = (*_SWITCHES, *_COLOURS, *_NUMBERS, "variables")
_LINES = tuple(f"line-{number}" for number in range(1, 7))


def own_themes() -> Path:
    """The folder of a user's own themes."""
    return config_folder() / "themes"


def shipped() -> dict[str, Theme]:
    """The themes that come with this program, by name."""
    return {path.stem: theme_of(path) for path in sorted(SHIPPED.glob("*.toml"))}


def all_themes() -> tuple[dict[str, Theme], list[str]]:
    """Shipped and own themes by name (an own one replaces a shipped one), and what is wrong with own ones."""
    found, wrong = shipped(), []
    for path in sorted(own_themes().glob("*.toml")):
        try:
            found[path.stem] = theme_of(path)
        except OwnFileError as error:
            wrong.append(str(error))
    return found, wrong


def theme_of(path: Path) -> Theme:
    """The theme in a file. Raises OwnFileError, which names file, key and what is allowed."""
    table = dict(read_table(path))
    for name, value in table.items():
        if name not in _ALLOWED:
            close = nearest(name, list(_ALLOWED))
            raise OwnFileError(f"{path}: {name}: no such key{close}; allowed are {', '.join(_ALLOWED)}")
        _check(path, name, value)
    if "primary" not in table:
        raise OwnFileError(f'{path}: primary is missing: the main colour, such as "#6cb6ff"')
    variables = {name: str(value) for name, value in table.pop("variables", {}).items()}
    for place, name in enumerate(_LINES):
        fallback = table.get(("primary", "accent", "success", "secondary", "warning", "error")[place])
        variables.setdefault(name, fallback or table["primary"])
    return Theme(name=path.stem, variables=variables, **table)


def _check(path: Path, name: str, value: Any) -> None:
    if name in _SWITCHES and not isinstance(value, bool):
        raise OwnFileError(f"{path}: {name} = {value!r}: allowed are true, false")
    if name in _NUMBERS and not (isinstance(value, int | float) and 0 <= value <= 1):
        raise OwnFileError(f"{path}: {name} = {value!r}: allowed are numbers 0 to 1")
    if name in _COLOURS:
        _check_colour(path, name, value)
    if name == "variables":
        if not isinstance(value, Mapping):
            raise OwnFileError(f"{path}: variables: must be a table, [variables]")
        for line in _LINES:
            if line in value:
                _check_colour(path, f"[variables] {line}", value[line])


def _check_colour(path: Path, name: str, value: Any) -> None:
    try:
        Color.parse(value if isinstance(value, str) else "")
    except ColorParseError:
        raise OwnFileError(
            f'{path}: {name} = {value!r}: allowed are colours such as "#6cb6ff", "rgb(9,90,200)", "ansi_blue"'
        ) from None


def few_colours(environment: Mapping[str, str]) -> bool:
    """Whether the terminal has sixteen colours or fewer, or the user wants none (NO_COLOR)."""
    if environment.get("NO_COLOR"):
        return True
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return False
    term = environment.get("TERM", "")
    many = ("256color", "direct", "truecolor", "kitty", "ghostty", "alacritty", "wezterm", "foot")
    return not any(name in term for name in many)


def first_theme(
    asked: str, preferred: str, last: str, known: Mapping[str, Theme], environment: Mapping[str, str]
) -> str:
    """The theme to begin with: asked for on the command line, preferred in console.toml, or chosen last.

    Raises OwnFileError for one asked for or preferred that there is not.
    """
    for name, whence in ((asked, "--theme"), (preferred, "console.toml: theme")):
        if name and name not in known:
            close = nearest(name, list(known))
            raise OwnFileError(f"{whence} = {name}: no such theme{close}; there are {', '.join(known)}")
        if name:
            return name
    if few_colours(environment):
        return SIXTEEN
    return last if last in known else DEFAULT
