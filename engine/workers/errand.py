"""An errand of a crew: an evaluation that one of its members is sent on, and another if that one falls."""

from collections.abc import Iterable

from engine.contracts.orders import Evaluate, Evaluated
from engine.workers.member import Member

FALLS = 2
"""How many may die on an errand until it is given up: what killed them would kill the next one too."""


class Errand:
    """At most one at a time; a new one takes the place of one that is not done."""

    def __init__(self) -> None:
        self._order: Evaluate | None = None
        self._sent: tuple[Member, int] | None = None  # who is on it, and in which life
        self._falls = 0

    @property
    def busy(self) -> bool:
        """Whether there is one that is not done."""
        return self._order is not None

    def begin(self, order: Evaluate) -> None:
        """Have it done; who died of one that was not done died of the same weights, or nearly so."""
        falls = self._falls if self.busy else 0
        self._order, self._sent, self._falls = order, None, falls

    def send(self, members: Iterable[Member]) -> None:
        """Send the first that is ready, if there is an errand and nobody that lives is on it."""
        ready = [member for member in members if member.ready]
        if self._order is None or any((member, member.life) == self._sent for member in ready):
            return
        if ready:
            self._sent = ready[0], ready[0].life
            ready[0].send(self._order)

    def takes(self, member: Member) -> bool:
        """Whether a member that dies in its present life dies of it."""
        return self._sent == (member, member.life)

    def fall(self) -> Evaluate | None:
        """One died of it; what it was, if it is given up for that."""
        self._falls += 1
        if self._falls < FALLS:
            return None
        given_up, self._order, self._sent = self._order, None, None
        return given_up

    def hear(self, report: Evaluated) -> None:
        """Somebody is back; from an errand that another has replaced, perhaps."""
        if self._order is not None and report.number == self._order.number:
            self._order = self._sent = None
