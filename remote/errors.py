"""Everything the way between run and learner can refuse, as a tree.

    RemoteError
    ├── WireError         bytes that are no message; the peer's fault
    │   ├── TooLargeError    more bytes than are allowed
    │   └── VersionError     a peer of another version; also a MismatchError: trying again helps nobody
    ├── LinkError         the other side cannot be reached, or fell silent; also a ConnectionError
    │   ├── AbsentError      it dials in by itself, and has not; also an AwaitedError: to look is cheap
    │   └── BrokenError      it was reached, and its learner failed; also an UnsureError: where does it stand?
    ├── SshError          the other machine is there, and does not let us in; also a BarredError
    │   ├── UnknownHostError    nobody has accepted its key yet
    │   └── ChangedHostError    it shows another key than the accepted one
    ├── TokenError        the two sides do not have the same token; also a BarredError
    ├── HeldError         another run holds the learner; also a BusyError: later it may be free
    └── AddressError      an address that cannot be served on; also an OSError
        └── UnavailableError    now; maybe later: in use, or not this machine's, or not yet

What a learner itself refuses (MismatchError, GapError, NotLoadedError, LearnerError) crosses the wire as
what it is: see `engine.contracts.learner`.
"""

from engine.contracts.learner import AwaitedError, BarredError, BusyError, MismatchError, UnsureError


class RemoteError(Exception):
    """Something between run and learner went wrong."""


class WireError(RemoteError, ValueError):
    """Bytes that are no message."""


class TooLargeError(WireError):
    """More bytes than are allowed."""


class VersionError(WireError, MismatchError):
    """A peer of another version; the message names both."""


class LinkError(RemoteError, ConnectionError):
    """The other side cannot be reached, or fell silent."""


class AbsentError(LinkError, AwaitedError):
    """The other side dials in by itself, and has not."""


class BrokenError(LinkError, UnsureError):
    """The learner failed at a call in a way it did not foresee; nobody knows where it stands."""


class SshError(RemoteError, BarredError):
    """The other machine is there, and does not let us in; trying again helps nobody."""


class UnknownHostError(SshError):
    """Nobody has accepted this machine's key yet."""


class ChangedHostError(SshError):
    """Another key than the accepted one: another machine, or one in between."""


class TokenError(RemoteError, BarredError):
    """The two sides do not have the same token; trying again helps nobody."""


class HeldError(RemoteError, BusyError):
    """Another run holds the learner; the message says which."""


class AddressError(RemoteError, OSError):
    """An address, or the path of a socket, that cannot be served on."""


class UnavailableError(AddressError):
    """It cannot be served on now, and maybe later: it is in use, or not this machine's, or not yet."""
