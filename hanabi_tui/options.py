"""The flags of settings, made from the types: every command takes them that has to do with a run."""

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from engine.errors import ConfigError
from engine.settings.config import SECTIONS
from engine.settings.keys import ABOUT, KEYS, Key, Kind, keys_of
from hanabi_tui.settings import DEFAULT_FILE, PRESET, Given, Settings, flag_of, load

_METAVARS = {
    Kind.truth: "SWITCH",
    Kind.whole: "INT",
    Kind.real: "NUMBER",
    Kind.text: "TEXT",
    Kind.wholes: "INT,INT…",
    Kind.texts: "TEXT,TEXT…",
}


def _short_list() -> str:
    first = "Settings for --no-ui; hanabi-tui config --help explains them:"
    lines = (f"[{section}] {' '.join(flag_of(key.name) for key in keys_of(section))}" for section in SECTIONS)
    return "\n".join((first, "--config --preset", *(escape(line) for line in lines)))


SHORT_LIST = _short_list()
"""All flags of settings by section, for help that has no room to explain them."""


WHICH = "Which run"
"""Above the flags of settings that every help shows."""

_TELLS_WHICH = "checkpoint_dir"
"""The setting that every command about a run is about."""


def takes_settings(*, hidden: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command a flag for every setting; it gets them as its first argument, a `Given`.

    Args:
      hidden: leave them out of the command's help, but for --checkpoint-dir and --config: which run is meant.
    """

    def give(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
        flags = _parameters(hidden) if _may_be_given(command.__name__) else []

        def run(**words: Any) -> None:
            values = {name: words.pop(name, None) for name in (PRESET.name, *KEYS)}
            for name in _SWITCHES:
                if words.pop(f"no_{name}", False):
                    if values[name]:
                        both = f"{flag_of(name)} and {flag_of(f'no_{name}')}"
                        raise ConfigError([f"{both}: give one of the two"])
                    values[name] = False
            given = Given(
                file=words.pop("config", None),
                flags={name: _text(value) for name, value in values.items() if value is not None},
            )
            command(given, **words)

        run.__name__, run.__doc__ = command.__name__, command.__doc__
        parameters = [*(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own), *flags]
        # typer reads a command's options off both of these
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return give


def _may_be_given(command: str) -> bool:
    """Whether this command line may hold flags of a command: to make those of all takes 0.1 s."""
    if any(name.endswith("_COMPLETE") for name in os.environ):  # a shell asks what there is
        return True
    words = sys.argv[1:]
    if command == "root":
        return any(word.startswith("-") for word in words[:1])
    return command.rstrip("_") in words and any(word.startswith("-") for word in words)


def settle(given: Given, *, together: bool = True) -> Settings:
    """The settings of this process, and a line on standard error for all there is to say about them.

    See `load` for `together`. Raises ConfigError, OSError.
    """
    settings = load(given, os.environ, together=together)
    for note in settings.notes:
        print(f"hanabi-tui: {note}", file=sys.stderr)
    return settings


def directory_of(given: Given) -> Path:
    """The run's directory, whether or not the settings go together. Raises ConfigError, OSError."""
    return Path(settle(given, together=False).config.paths.checkpoint_dir)


_SWITCHES = [key.name for key in KEYS.values() if key.kind is Kind.truth]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)


def _parameters(hidden: bool) -> list[inspect.Parameter]:
    file = typer.Option(
        "--config",
        metavar="FILE",
        help=f"TOML file of settings; without it ./{DEFAULT_FILE}, if there is one.",
        rich_help_panel=WHICH if hidden else None,
    )
    preset = typer.Option(
        "--preset", metavar="cpu|gpu", help=f"{PRESET.meaning.capitalize()}.", hidden=hidden
    )
    return [
        _parameter("config", Path | None, file),
        _parameter(PRESET.name, str | None, preset),
        *(
            _parameter(key.name, _type(key), _option(key, *_place(key, section, hidden)))
            for section in SECTIONS
            for key in keys_of(section)
        ),
        # not as --switch/--no-switch: help would give the second name a column, and cut names short
        *(
            _parameter(f"no_{name}", bool, typer.Option(flag_of(f"no_{name}"), hidden=True), default=False)
            for name in _SWITCHES
        ),
    ]


def _parameter(name: str, kind: Any, option: Any, default: Any = None) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option]
    )


def _type(key: Key) -> Any:
    """Texts throughout: settings.load reads them, and says all that is wrong at once."""
    if key.kind is Kind.truth:
        return bool | None
    return list[str] | None if key.kind.several else str | None


def _place(key: Key, section: str, hidden: bool) -> tuple[str, bool]:
    """Below which heading of help a flag stands, and whether it is left out there."""
    if hidden and key.name == _TELLS_WHICH:
        return WHICH, False
    return f"[{section}] {ABOUT[section]}", hidden


def _option(key: Key, panel: str, hidden: bool) -> Any:
    default = f"{key.shown(key.default)}; off: {flag_of(f'no_{key.name}')}" if key.kind is Kind.truth else ""
    return typer.Option(
        flag_of(key.name),
        metavar=_METAVARS.get(key.kind, key.allowed.replace(", ", "|")),
        help=f"{key.meaning} ({default or key.shown(key.default)})",
        rich_help_panel=escape(panel),
        show_default=False,
        hidden=hidden,
    )
