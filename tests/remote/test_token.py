"""Where the shared token comes from, and which of several counts."""

from pathlib import Path

import pytest

from engine.machine.credential import TokenSourceError
from remote.token import token_from


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_nearest_source_counts(tmp_path: Path) -> None:
    file = write(tmp_path / "file", "of a file\nand more\n")
    write(tmp_path / "hanabi.auth_token", "of systemd\n")
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert token_from(environment, None, None) == "of systemd"
    environment |= {"HANABI_AUTH_TOKEN": "of the environment"}
    assert token_from(environment, None, None) == "of the environment"
    assert token_from(environment, None, file) == "of a file"
    assert token_from(environment, "given", file) == "given"
    assert token_from({"HANABI_AUTH_TOKEN_FILE": str(file)}, None, None) == "of a file"
    with pytest.raises(TokenSourceError, match="HANABI_AUTH_TOKEN_FILE and HANABI_AUTH_TOKEN: give one"):
        token_from(environment | {"HANABI_AUTH_TOKEN_FILE": str(file)}, None, None)
    assert token_from({}, None, None) == ""


def test_a_file_that_others_can_read_is_refused_but_not_what_systemd_hands_over(tmp_path: Path) -> None:
    """Where systemd lets a user in by an access list, it looks like a right of the group."""
    handed = write(tmp_path / "hanabi.auth_token", "of systemd\n", 0o440)
    assert token_from({"CREDENTIALS_DIRECTORY": str(tmp_path)}, None, None) == "of systemd"
    with pytest.raises(TokenSourceError, match="chmod 600"):
        token_from({}, None, handed)


def test_a_service_without_a_token_has_none(tmp_path: Path) -> None:
    assert token_from({"CREDENTIALS_DIRECTORY": str(tmp_path)}, None, None) == ""
