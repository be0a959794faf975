"""Reading the settings again while a run runs: what changed in them since they were last read.

Only what has another value than at the last reading is applied: what somebody set meanwhile
(`hanabi-tui set`) stays, unless the file says something new about it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.contracts import commands as c
from engine.settings.bearable import check_workers
from engine.settings.config import Config
from engine.settings.keys import KEYS, value_of
from hanabi_tui.settings import Given, Settings, load


@dataclass(frozen=True)
class Change:
    """What is to be done about settings that were read again.

    Attributes:
      commands: for the run, one for each setting that may change while it runs.
      restart: the names of those that changed too, but want a restart.
    """

    commands: tuple[c.Set, ...]
    restart: tuple[str, ...]


class Rereading:
    """Reads settings again, from where they came from the first time.

    Args:
      first: as the run was started with.
      read: reads them; raises EngineError or OSError.
    """

    def __init__(self, first: Settings, read: Callable[[], Settings]) -> None:
        self._last = self._before = _values(first.config)
        self._read = read

    def read(self) -> Change:
        """What changed since the last reading. Raises EngineError, OSError; then nothing counts as read."""
        config = self._read().config
        read = _values(config)
        if read["num_workers"] != self._last["num_workers"]:
            check_workers(config)
        changed = [name for name in KEYS if read[name] != self._last[name]]
        self._before, self._last = self._last, read
        return Change(
            commands=tuple(
                c.Set(key=name, value=KEYS[name].shown(read[name])) for name in changed if KEYS[name].live
            ),
            restart=tuple(name for name in changed if not KEYS[name].live),
        )

    def refused(self, name: str) -> None:
        """A setting could not be changed: the next reading shall bring it again."""
        self._last[name] = self._before[name]


def rereading(first: Settings, given: Given) -> Rereading:
    """From the same file, environment and flags."""
    return Rereading(first, partial(load, given, dict(os.environ)))


def _values(config: Config) -> dict[str, Any]:
    return {name: value_of(config, key) for name, key in KEYS.items()}


def told(change: Change) -> str:
    """In words, what was read and what it takes."""
    live = ", ".join(f"{each.key} = {each.value}" for each in change.commands)
    said = f"settings were read again: {live or 'nothing that may change while the run runs has changed'}"
    if change.restart:
        said += f"; these want a restart: {', '.join(change.restart)}"
    return said
