"""How a run's words stand on standard output: plain lines, or JSON, an object a line; with journald's levels.

    {"time":1790000000.1,"level":"info","text":"generation 400 saved: …","event":{"type":"GenerationSaved",…}}

`event` is there where an event is told; its fields are those of docs/metrics.md, NaN is null. Under systemd,
plain lines begin with <4> and the like, which journald takes off and keeps as the line's priority.
"""

import logging
import os
import time
from collections.abc import Mapping
from enum import IntEnum, StrEnum

import msgspec

from engine.contracts import events as e
from engine.contracts.log_lines import line, words
from engine.contracts.states import State


class LogFormat(StrEnum):
    """Kinds of lines."""

    plain = "plain"
    json = "json"


class Level(IntEnum):
    """How grave a line is, as syslog numbers it."""

    error = 3
    warning = 4
    info = 6


def level_of(event: e.AnyEvent) -> Level:
    """How grave an event is."""
    match event:
        case e.StateChanged(state=State.FAILED):
            return Level.error
        case e.StateChanged(state=State.PAUSED) | e.Notice(warning=True):
            return Level.warning
        case e.WorkerLost() | e.GenerationDamaged() | e.ReplayDamaged():
            return Level.warning
    return Level.info


class Format:
    """Makes lines.

    Args:
      kind: plain or json.
      journal: whether journald reads what is written, which knows the time by itself.
    """

    def __init__(self, kind: LogFormat = LogFormat.plain, *, journal: bool = False) -> None:
        self._json, self._journal = kind is LogFormat.json, journal

    def said(self, text: str, level: Level = Level.info) -> str:
        """A text as a line."""
        if self._json:
            return _encoded({"time": time.time(), "level": level.name, "text": text})
        return f"<{int(level)}>{text}" if self._journal else text

    def told(self, event: e.AnyEvent) -> str:
        """An event as a line; as JSON with all its fields."""
        if self._json:
            said = {"time": event.time, "level": level_of(event).name, "text": words(event)}
            return _encoded({**said, "event": event})
        return self.said(words(event), level_of(event)) if self._journal else line(event)


def _encoded(said: dict[str, object]) -> str:
    return msgspec.json.encode(said).decode()  # NaN is null


class Formatter(logging.Formatter):
    """The same for what libraries log."""

    def __init__(self, form: Format) -> None:
        super().__init__("%(message)s")
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        grave = Level.error if record.levelno >= logging.ERROR else Level.warning
        text = super().format(record)
        return self._form.said(text, grave if record.levelno >= logging.WARNING else Level.info)


def is_journal(environment: Mapping[str, str], descriptor: int = 1) -> bool:
    """Whether journald reads a descriptor: JOURNAL_STREAM names its socket, and children may have another."""
    device, _, number = environment.get("JOURNAL_STREAM", "").partition(":")
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return (device, number) == (str(found.st_dev), str(found.st_ino))
