"""What a run tells: kept in run.db, and handed on to whoever asked for events."""

from collections import deque
from collections.abc import Iterator

from engine.contracts.events import AnyEvent
from engine.contracts.vitals import Vitals
from engine.store.metrics import Database

LONGEST = 100_000
"""Events that wait while run.db cannot be written; older ones are handed on all the same, but not kept."""


class Teller:
    """Takes events.

    Attributes:
      database: where they are kept; None: not open yet, they wait.
    """

    def __init__(self) -> None:
        self.database: Database | None = None
        self._news: deque[AnyEvent | Vitals] = deque()
        self._unrecorded: deque[AnyEvent] = deque(maxlen=LONGEST)

    def tell(self, event: AnyEvent) -> None:
        """Take an event."""
        self._news.append(event)
        self._unrecorded.append(event)

    def mention(self, vitals: Vitals) -> None:
        """Take what is told, but not kept."""
        self._news.append(vitals)

    def record(self) -> None:
        """Bring what was told into run.db. Raises MetricsError; what is left waits."""
        while self.database is not None and self._unrecorded:
            self.database.record(self._unrecorded[0])
            self._unrecorded.popleft()

    def news(self) -> Iterator[AnyEvent | Vitals]:
        """What was told since this was last asked."""
        while self._news:
            yield self._news.popleft()
