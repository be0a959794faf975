"""How `hanabi-tui` ends, as a number for shells, cron and systemd.

    code  name       meaning
    0     DONE       done: stopped with a checkpoint, completed, or the command did what was asked
    1     FAILED     failed, with the reason; `status`, `doctor`, verbs: something is wrong, or refused
    2     BAD_INPUT  settings, flags or files that cannot be used, or that the learner refuses
    3     LOCKED     another run holds the directory; nothing was begun
    4     WAITING    the deadline (--until, --max-minutes) came while the run was paused: it stopped

A second Ctrl-C ends at once with 128 and the number of the signal, as shells have it. `hanabi-gpu` ends with
0, 1 and 2 likewise.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """The number that a process ends with."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    LOCKED = 3
    WAITING = 4
