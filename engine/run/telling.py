"""What a run tells: kept in run.db, and handed on to whoever asked for events."""

import time
from collections import deque
from collections.abc import Iterator

from engine.contracts.events import AnyEvent, Notice
from engine.contracts.vitals import Vitals
from engine.store.metrics import Database

LONGEST = 100_000
"""Events that wait while run.db cannot be written; older ones are handed on all the same, but not kept."""


class Teller:
    """Takes events; they wait to be kept until somebody says `record`."""

    def __init__(self) -> None:
        self._database: Database | None = None
        self._found = ""
        self._news: deque[AnyEvent | Vitals] = deque()
        self._unrecorded: deque[AnyEvent] = deque(maxlen=LONGEST)

    def keep_in(self, database: Database) -> None:
        """Events are to be kept there; what was wrong with it until now was told."""
        self._database, self._found = database, database.found

    def tell(self, event: AnyEvent) -> None:
        """Take an event."""
        self._news.append(event)
        self._unrecorded.append(event)

    def mention(self, vitals: Vitals) -> None:
        """Take what is told, but not kept."""
        self._news.append(vitals)

    def tell_found(self, step: int) -> None:
        """A run.db that was found damaged meanwhile, and replaced, is said loudly."""
        if self._database is not None and self._database.found != self._found:
            self._found = self._database.found
            self.tell(Notice(time=time.time(), step=step, text=self._found, warning=True))

    def record(self) -> None:
        """Bring what was told into run.db. Raises MetricsError; what is left waits."""
        while self._database is not None and self._unrecorded:
            self._database.record(self._unrecorded[0])
            self._unrecorded.popleft()

    def news(self) -> Iterator[AnyEvent | Vitals]:
        """What was told since this was last asked."""
        while self._news:
            yield self._news.popleft()
