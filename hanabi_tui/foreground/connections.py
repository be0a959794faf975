"""The connections to a learner, one after the other, and what went over all of them."""

from engine.contracts.vitals import Link
from remote.client import Client, Traffic


class Connections:
    """At most one connection at a time. Any thread may ask for `link` while another one makes the next."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._connects = 0
        self._sent = self._received = 0  # bytes, over connections that were

    def replace(self, client: Client) -> None:
        """Have a new one, in place of the one before."""
        self.drop()
        self._client = client
        self._connects += 1

    def drop(self) -> bool:
        """Close the one that is there; whether one was, lost or not."""
        client, self._client = self._client, None
        if client is None:
            return False
        traffic = client.traffic
        self._sent += traffic.sent
        self._received += traffic.received
        client.close()
        return True

    def link(self, where: str) -> Link:
        """The way to the learner: what went over all of them so far, and the round trip of the newest."""
        client = self._client  # which another thread may let go of
        now = client.traffic if client else Traffic(sent=0, received=0, round_trip=None)
        return Link(
            where=where,
            connects=self._connects,
            sent=self._sent + now.sent,
            received=self._received + now.received,
            round_trip=now.round_trip if client and not client.lost else None,
        )
