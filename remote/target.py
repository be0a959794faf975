"""[USER@]HOST[:PORT], as people write it."""

import re

from remote.errors import LinkError

_TARGET = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?P<host>\[[0-9a-fA-F:.%]+\]|[^@:\s\[\]]+)(?::(?P<port>\d{1,5}))?"
)


def split_target(target: str) -> tuple[str, str, int]:
    """User, host and port of [USER@]HOST[:PORT]; an IPv6 address stands in brackets. Raises LinkError."""
    found = _TARGET.fullmatch(target)
    port = int(found["port"] or 0) if found else 0
    if not found or port > 65535:
        raise LinkError(f"{target!r} is no [USER@]HOST[:PORT], with an IPv6 address in brackets")
    return found["user"] or "", found["host"].strip("[]"), port


def target_of(user: str, host: str, port: int) -> str:
    """The same the other way round; what is empty is left out."""
    bracketed = f"[{host}]" if ":" in host else host
    return (f"{user}@" if user else "") + bracketed + (f":{port}" if port else "")
