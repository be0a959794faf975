"""The last lines of the log."""

from itertools import islice

from engine.contracts.reasons import by_itself
from engine.contracts.states import State
from hanabi_tui.console.glance.sight import Room, Sight
from hanabi_tui.console.pieces import Line, Piece, plain, quiet, warning

CLOCK = len("12:04:31  ")


def log_lines(sight: Sight, room: Room) -> tuple[Line, ...]:
    """As many of the last lines as there is room for."""
    lines = sight.model.lines
    if not lines:
        return ((quiet("nothing was said yet"),),)
    last = islice(lines, max(len(lines) - room.height, 0), None)
    return tuple(dressed(line) for line in last)


def dressed(line: str) -> Line:
    """A log line: its time of day quiet, a warning marked."""
    clock, said = (line[:CLOCK], line[CLOCK:]) if line[:8].count(":") == 2 else ("", line)
    body: Piece = warning(said) if is_warning(line) else plain(said)
    return (quiet(clock), body) if clock else (body,)


def is_warning(line: str) -> bool:
    """Whether a log line tells of something that is wrong; such lines say so."""
    said = line[CLOCK:] if line[:8].count(":") == 2 else line
    state, _, reason = said.partition(": ")
    return said.startswith(("WARNING", "failed")) or (state == State.PAUSED and by_itself(reason))
