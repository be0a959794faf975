"""Mutual proof of a shared token, before anything else of a peer is read.

Both sides are to show that they know the token, and neither tells it:

    client → service    b"HNBI", HANDSHAKE, 32 random bytes
    service → client    b"HNBI", HANDSHAKE, 32 random bytes
    client → service    HMAC-SHA-256 by the token of b"client", both random parts      32 bytes
    service → client    1, HMAC-SHA-256 by the token of b"service", both random parts  33 bytes
                        0 and 32 zeros, if the client's was wrong

Every message has a fixed size, so nothing is allocated for a stranger and nothing parsed. The client proves
first: a service that anybody may dial is no oracle for guesses. Proofs are compared in constant time. Both
random parts go into each proof, so one heard before proves nothing. Without a token (sockets that only their
owner can reach) the empty one is proven the same way: one path, and a side that has one refuses the other.

It does not encrypt, and does not bind the bytes that follow: whoever can change them on their way can take
the link over. That is what the tunnel is for.
"""

import contextlib
import hashlib
import hmac
import secrets
import struct

from engine.contracts.learner import BarredError
from remote.connection import Stream
from remote.errors import TokenError

MAGIC = b"HNBI"
"""How either side begins."""

HANDSHAKE = 1
"""Counted up whenever the above changes."""

PATIENCE = 5.0
"""Seconds that each message of it may take to come."""

_OPENING = struct.Struct("<4sH32s")
_PROOF = hashlib.sha256().digest_size
_VERDICT = 1 + _PROOF


def prove(stream: Stream, token: str) -> None:
    """The client's part. Raises TokenError, EOFError."""
    begin, mine = opening()
    stream.write(begin)
    theirs = _opening(_read(stream, _OPENING.size))
    stream.write(_proof(token, b"client", mine, theirs))
    verdict = _read(stream, _VERDICT)
    if not verdict[0]:
        raise TokenError(
            "the learner's side does not accept this side's auth_token. Each side reads its own once: start "
            "that one anew whose token is mended"
            if token
            else "the learner's side asks for an auth_token, and none is set here"
        )
    if not hmac.compare_digest(verdict[1:], _proof(token, b"service", mine, theirs)):
        raise TokenError(
            "the learner's side does not know the auth_token that is set here: is it the right machine?"
        )


def demand(stream: Stream, token: str) -> None:
    """The service's part. Raises TokenError, EOFError."""
    theirs, (begin, mine) = _read(stream, _OPENING.size), opening()
    if theirs.startswith(MAGIC):  # one of another version is to hear which this is; garbage hears nothing
        stream.write(begin)
    theirs = _opening(theirs)
    given = _read(stream, _PROOF)
    if not hmac.compare_digest(given, _proof(token, b"client", theirs, mine)):
        with contextlib.suppress(EOFError):  # it may be gone, or not listen
            stream.write(bytes(_VERDICT))
        raise TokenError("it does not know the auth_token")
    stream.write(b"\x01" + _proof(token, b"service", theirs, mine))


def opening() -> tuple[bytes, bytes]:
    """What either side begins with, and the random part of it."""
    mine = secrets.token_bytes(32)
    return _OPENING.pack(MAGIC, HANDSHAKE, mine), mine


def _opening(data: bytes) -> bytes:
    magic, version, random = _OPENING.unpack(data)
    if magic != MAGIC:
        raise EOFError("what answers there is no learner of this kind")
    if version != HANDSHAKE:
        raise BarredError(
            f"this side speaks handshake version {HANDSHAKE}, the other {version}: install the same on both"
        )
    return bytes(random)


def _proof(token: str, side: bytes, client: bytes, service: bytes) -> bytes:
    return hmac.digest(token.encode(), side + client + service, "sha256")


def _read(stream: Stream, size: int) -> bytes:
    data = bytearray(size)
    stream.read_into(memoryview(data), PATIENCE)
    return bytes(data)
