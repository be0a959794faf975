"""What `hanabi-tui doctor` says, laid out for a pane and in colours."""

from hanabi_tui.commands.finding import Verdict, read
from hanabi_tui.console.pieces import Line, bad, good, plain, quiet, strong, warning, wrapped

INDENT = 6
"""Cells before what a verdict is about."""


def laid_out(line: str, width: int) -> list[str]:
    """What `doctor` says in a line, broken between words; what follows its first line stands under it."""
    if (found := read(line)) is not None:
        about, text = found.about, found.text
        first, *rest = wrapped(f"{about}: {text}" if text else about, width - INDENT) or [""]
        return [f"{found.verdict:<{INDENT}}{first}", *(" " * INDENT + more for more in rest)]
    indent = INDENT if line.startswith(" ") else 0
    return [" " * indent + part for part in wrapped(line, width - indent)] or [""]


def dressed(line: str) -> Line:
    """A line of a test: its verdict in its colour, and where to go from there."""
    verdict, _, rest = line.partition(" ")
    match verdict:
        case Verdict.OK:
            return (good(verdict), plain(f" {rest}"))
        case Verdict.NOTE:
            return (warning(verdict), plain(f" {rest}"))
        case Verdict.FAIL:
            return (bad(verdict), strong(f" {rest}"))
    return (quiet(line),) if line.startswith("      →") else (plain(line),)
