"""The versions that must be the same on both machines; `--version` of both commands tells them."""

from importlib.metadata import version

from engine.contracts.learner import PROTOCOL
from engine.game.row_version import ROW_VERSION
from remote.handshake import HANDSHAKE
from remote.wire import VERSION


def versions(program: str) -> str:
    """A line; the part in brackets must be the same on both sides."""
    both = f"wire {VERSION}, protocol {PROTOCOL}, rows {ROW_VERSION}, handshake {HANDSHAKE}"
    return f"{program} {version('hanabi-tui')} ({both})"
