"""Settings that were changed while a run ran, what they were at its start, and what undo takes back."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.contracts.events import SettingChanged
from engine.errors import ConfigError
from engine.settings.keys import KEYS, value_of
from engine.store.directory import DATABASE, read_settings
from engine.store.history import MetricsError, read


def past_changes(directory: Path) -> tuple[tuple[SettingChanged, ...], str]:
    """All changes that run.db knows, oldest first, and why there are none if it cannot be read."""
    try:
        with read(directory / DATABASE) as history:
            events = (kept.event for kept in history.events())
            return tuple(event for event in events if isinstance(event, SettingChanged)), ""
    except MetricsError as error:
        return (), str(error)


def values_at_start(directory: Path) -> Mapping[str, object]:
    """The settings that may change, by key, as the run was last started; empty where that is not known."""
    try:
        config = read_settings(directory)
    except ConfigError:
        return {}
    return {key.name: value_of(config, key) for key in KEYS.values() if key.live}


def joined(past: Iterable[SettingChanged], new: Iterable[SettingChanged]) -> tuple[SettingChanged, ...]:
    """Both in the order of their time, each once."""
    return tuple(sorted({*past, *new}, key=lambda change: change.time))


def undoable(changes: Iterable[SettingChanged], since: float = 0.0) -> SettingChanged | None:
    """The last change that was not taken back yet; None if there is none.

    A change is taken back by one of the same key the other way round. Those before `since` (s since the
    epoch), when the run was started, ended with the process that they were made in.
    """
    standing: list[SettingChanged] = []
    for change in changes:
        if change.time < since:
            continue
        last = next((each for each in reversed(standing) if each.key == change.key), None)
        if last is not None and (last.old, last.new) == (change.new, change.old):
            standing.remove(last)
        else:
            standing.append(change)
    return standing[-1] if standing else None
