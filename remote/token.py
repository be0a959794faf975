"""Which shared token `hanabi-gpu` takes."""

import logging
from collections.abc import Mapping
from pathlib import Path

from engine.machine.credential import TOKEN, read_token, token_in_file

log = logging.getLogger(__name__)

SHORT = 16
"""Characters; a token of fewer can be guessed by who listens in on the proof of it."""


def token_from(environment: Mapping[str, str], given: str | None, file: Path | None) -> str:
    """The token from the command line, a file, the environment or systemd; the first that is there.

    Says what speaks against it, but never what it is. Raises TokenSourceError.
    """
    if given is not None:
        log.warning(
            "a token on a command line can be read by every user of this machine; put it into a "
            "file of your own, and name that with --auth-token-file"
        )
        token = given
    elif file is not None:
        token = read_token(file, "--auth-token-file")
    elif (found := token_in_file(environment)) is not None:
        token, _ = found
    else:
        token = environment.get(TOKEN, "")
    if 0 < len(token) < SHORT:
        log.warning("the token has %d characters: one of %d or more cannot be guessed", len(token), SHORT)
    return token
