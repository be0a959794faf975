"""Changing settings while a run runs."""

from typing import Any

from engine.errors import ConfigError
from engine.settings.bearable import check_workers
from engine.settings.checks import check
from engine.settings.config import Config
from engine.settings.keys import KEYS, Key, build, nearest, value_of


def read_live(name: str, text: str) -> tuple[Key, Any]:
    """A key that may change while the run runs, and the value that a text says.

    Raises ConfigError, naming the keys that may.
    """
    key = KEYS.get(name)
    if key is None:
        raise ConfigError([f"there is no setting {name}{nearest(name, list(KEYS))}"])
    if not key.live:
        may = ", ".join(each.name for each in KEYS.values() if each.live)
        raise ConfigError([f"{key} cannot change while the run runs; these can: {may}"])
    try:
        return key, key.read(text)
    except ValueError as error:
        raise ConfigError([f"{key} = {text}: {error}"]) from None


def with_value(config: Config, key: Key, value: Any) -> Config:
    """The settings with another value for one key. Raises ConfigError; nothing has changed."""
    values = {each.name: value_of(config, each) for each in KEYS.values()}
    changed = build(values | {key.name: value})
    mistakes = check(changed)
    if mistakes:
        raise ConfigError(mistakes)
    if key.name == "num_workers":  # whoever changes another may be confined to fewer cores than the run
        check_workers(changed)
    return changed
