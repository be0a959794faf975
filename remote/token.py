"""Where the shared token comes from."""

import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from engine.machine.credential import credential
from remote.errors import RemoteError

log = logging.getLogger(__name__)

SHORT = 16
"""Characters; a token of fewer can be guessed by who listens in on the proof of it."""

TOKEN, TOKEN_FILE = "HANABI_AUTH_TOKEN", "HANABI_AUTH_TOKEN_FILE"


class TokenSourceError(RemoteError):
    """A token that cannot be had, or a file of one that others can read."""


def token_from(environment: Mapping[str, str], given: str | None, file: Path | None) -> str:
    """The token from the command line, a file, the environment or systemd; the first that is there.

    Says what speaks against it, but never what it is. Raises TokenSourceError.
    """
    if given is not None:
        log.warning(
            "a token on a command line can be read by every user of this machine; put it into a "
            "file of your own, "
            "and name that with --auth-token-file"
        )
        token = given
    elif file is not None or TOKEN_FILE in environment:
        token = read_token(file or Path(environment[TOKEN_FILE]))
    elif TOKEN not in environment and (handed := credential(environment)) is not None:
        token = read_token(handed, mode_counts=False)
    else:
        token = environment.get(TOKEN, "")
    if 0 < len(token) < SHORT:
        log.warning("the token has %d characters: one of %d or more cannot be guessed", len(token), SHORT)
    return token


def read_token(file: Path, *, mode_counts: bool = True) -> str:
    """The first line of a file; `mode_counts`: nobody else may read it. Raises TokenSourceError."""
    try:
        with file.open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            token = opened.readline().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenSourceError(f"the token file {file} cannot be read: {error}") from None
    # systemd lets the user in by an access list, which looks like a right of the group
    if mode_counts and mode & 0o077:
        raise TokenSourceError(
            f"the token file {file} can be read by others (mode {mode:o}): chmod 600 {file}"
        )
    if not token:
        raise TokenSourceError(f"the token file {file} is empty: its first line is the token")
    return token
