"""The shared token as systemd hands it over: a file that a unit's LoadCredential= names."""

from collections.abc import Mapping
from pathlib import Path

FOLDER, NAME = "CREDENTIALS_DIRECTORY", "hanabi.auth_token"
"""The variable that says where it is, and its name there."""


def credential(environment: Mapping[str, str]) -> Path | None:
    """The file of the token, if systemd hands one over."""
    folder = environment.get(FOLDER, "")
    file = Path(folder) / NAME
    return file if folder and file.is_file() else None
