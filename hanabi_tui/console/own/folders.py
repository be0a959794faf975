"""Where a user's own files are: for the console keymap, preferences, themes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.errors import EngineError


class OwnFileError(EngineError):
    """A file of the user's that cannot be used as it is; names file, key and what is allowed."""


def config_folder() -> Path:
    """`~/.config/hanabi-tui`, or where XDG_CONFIG_HOME puts it."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "hanabi-tui"


def state_folder() -> Path:
    """`~/.local/state/hanabi-tui`, or where XDG_STATE_HOME puts it."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "hanabi-tui"


def read_table(path: Path) -> Mapping[str, Any]:
    """A TOML file; empty where there is none. Raises OwnFileError."""
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OwnFileError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OwnFileError(f"{path}: not TOML: {error}") from None
