"""The shared token in a file: the one that the environment names, or that systemd hands over."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from engine.errors import EngineError

TOKEN = "HANABI_AUTH_TOKEN"
"""The variable that is the token."""

TOKEN_FILE = "HANABI_AUTH_TOKEN_FILE"
"""The variable that names a file whose first line is the token."""

FOLDER, NAME = "CREDENTIALS_DIRECTORY", "hanabi.auth_token"
"""The variable that says where systemd's LoadCredential= has put it, and its name there."""


class TokenSourceError(EngineError):
    """A token that cannot be had, or a file of one that others can read."""


def token_in_file(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The token that a file holds, and what names that file; None: nothing does. Raises TokenSourceError."""
    if file := environment.get(TOKEN_FILE):
        if TOKEN in environment:
            raise TokenSourceError(f"{TOKEN_FILE} and {TOKEN}: give one of the two")
        return read_token(Path(file), TOKEN_FILE), TOKEN_FILE
    handed = Path(environment.get(FOLDER, "")) / NAME
    if TOKEN in environment or FOLDER not in environment or not handed.is_file():
        return None
    # systemd lets the user in by an access list, which looks like a right of the group
    return read_token(handed, NAME, mode_counts=False), NAME


def read_token(file: Path, name: str, *, mode_counts: bool = True) -> str:
    """The first line of a file, which `name` names; `mode_counts`: nobody else may read it.

    Says what is wrong with it, but never what it is. Raises TokenSourceError.
    """
    where = f"{name} = {file}"
    try:
        with file.expanduser().open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            token = opened.readline().strip()
    except OSError as error:
        raise TokenSourceError(f"{where}: {error.strerror}") from None
    except UnicodeDecodeError:
        token = ""
    if mode_counts and mode & 0o077:
        raise TokenSourceError(f"{where} can be read by others (mode {mode:o}): chmod 600 {file}")
    if not token:
        raise TokenSourceError(f"{where}: the first line of the file must be the token")
    return token
