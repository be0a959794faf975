"""When a process shall have ended, whatever its run still has to do: `--until 07:00`, `--max-minutes 480`.

Both are wall time, of the clock on the wall: a machine that slept past the deadline stops when it wakes.
"""

import re
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from engine.contracts import commands as c
from engine.contracts.states import State
from engine.errors import ConfigError
from engine.run.run import Run

_TIME = re.compile(r"(\d{1,2}):(\d{2})")


def deadline(began: float, until: str | None, max_minutes: float | None) -> float | None:
    """The earlier of the two, in seconds since the epoch; None: there is none. Raises ConfigError.

    Args:
      began: when the process did, s since the epoch.
      until: a time of day here, then its next occurrence; or a date and a time, 2026-11-23T07:00.
      max_minutes: since it began.
    """
    found = [] if until is None else [_moment(began, until.strip())]
    if max_minutes is not None:
        found.append(began + 60 * max_minutes)
    return min(found, default=None)


class Deadline:
    """Stops a run when its time has come.

    Args:
      moment: s since the epoch; None: never.
      say: tells people.

    Attributes:
      waited: whether the run was paused then.
    """

    def __init__(self, moment: float | None, run: Run, say: Callable[[str], None]) -> None:
        self._moment, self._run, self._say = moment, run, say
        self.waited = False

    def look(self) -> None:
        """Look at the clock."""
        if self._moment is None or time.time() < self._moment:
            return
        self._moment = None
        self.waited = self._run.state is State.PAUSED
        self._say("The deadline has come: stopping with a checkpoint.")
        self._run.command(c.Stop())


def _moment(began: float, until: str) -> float:
    try:
        if day := _TIME.fullmatch(until):
            return _next(began, time_of_day(int(day[1]), int(day[2])))
        if len(until) < len("2026-11-23T07:00"):
            raise ValueError
        moment = datetime.fromisoformat(until).timestamp()  # without a zone: this machine's
    except ValueError:
        raise ConfigError(
            [f"--until {until}: allowed: a time of day, 07:00, or a date and a time, 2026-11-23T07:00"]
        ) from None
    if moment <= began:
        raise ConfigError([f"--until {until}: that is past"])
    return moment


def _next(began: float, when: time_of_day) -> float:
    today: date = datetime.fromtimestamp(began).date()
    moments = (datetime.combine(today + timedelta(days), when).timestamp() for days in range(2))
    return next(moment for moment in moments if moment > began)
