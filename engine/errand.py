"""An errand of a crew: an evaluation that one of its members is sent on, and another if that one falls."""

from collections.abc import Iterable

from engine.member import Member
from engine.orders import Evaluate, Evaluated


class Errand:
    """At most one at a time; a new one takes the place of one that is not done."""

    def __init__(self) -> None:
        self._order: Evaluate | None = None
        self._sent: int | None = None  # the number of the member that is on it

    def begin(self, order: Evaluate) -> None:
        """Have it done."""
        self._order, self._sent = order, None

    def send(self, members: Iterable[Member]) -> None:
        """Send the first that is ready, if there is an errand and nobody is on it."""
        if self._order is None or self._sent is not None:
            return
        for member in members:
            if member.ready:
                self._sent = member.number
                member.send(self._order)
                return

    def fell(self, member: Member) -> None:
        """A member is no more; if it was on the errand, another one is to be sent."""
        if self._sent == member.number:
            self._sent = None

    def hear(self, report: Evaluated) -> None:
        """Somebody is back; from an errand that another has replaced, perhaps."""
        if self._order is not None and report.number == self._order.number:
            self._order = self._sent = None
