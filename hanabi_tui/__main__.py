"""`hanabi-tui`, also `python -m hanabi_tui`: the command line, or what to install for it."""

import sys

from engine.machine.program import install_command

CONSOLE = frozenset({"jinja2", "rich", "textual", "typer"})
"""What a laptop that only lends its GPU need not have."""


def main() -> None:
    """Run the command line."""
    try:
        from hanabi_tui.cli import main as begin
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in CONSOLE:
            raise
        print(
            f"hanabi-tui: {error.name} is not installed here, only what lends a GPU (hanabi-gpu). For this "
            f"command: {install_command('console')}",
            file=sys.stderr,
        )
        sys.exit(2)
    begin()


if __name__ == "__main__":
    main()
