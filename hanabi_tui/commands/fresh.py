"""`hanabi-tui fresh`: begin anew. Nothing is deleted; what there was is moved aside."""

import shlex
import sys
from pathlib import Path

import typer

from engine.errors import EngineError
from engine.store.directory import LockedError, clear, has_traces, read_state
from hanabi_tui.exit_codes import ExitCode


def run(path: Path, *, ask: bool) -> ExitCode:
    """Move a run's directory aside, after asking; nothing happens while a run holds it, which is said.

    Raises EngineError where nobody can be asked.
    """
    if not has_traces(path):
        typer.echo(f"There is no run in {path}; the next one begins anew.")
        return ExitCode.DONE
    if ask:
        if not sys.stdin.isatty():
            raise EngineError(
                f"this would begin the run in {path} anew; add --yes to do so where nobody is asked"
            )
        typer.confirm(f"{_told(path)} Move it aside and begin anew?", abort=True)
    try:
        aside = clear(path)
    except LockedError as error:
        print(f"hanabi-tui: {error}", file=sys.stderr)
        return ExitCode.LOCKED
    if aside is None:  # somebody else was quicker
        typer.echo(f"There is no run in {path} any more; the next one begins anew.")
        return ExitCode.DONE
    back = f"mv {shlex.quote(str(aside))}/* {shlex.quote(str(path))}/"
    typer.echo(f"Moved to {aside}. To get it back, before another run begins: {back}")
    return ExitCode.DONE


def _told(path: Path) -> str:
    state = read_state(path)
    if state is None:
        return f"{path} holds a run."
    counters = state.counters
    best = "" if counters.best is None else f", best score {counters.best:.2f}"
    return (
        f"{path} holds a run: {state.state}, step {counters.step:,}, {counters.games:,} games, "
        f"{counters.seconds / 60:.0f} min of training{best}."
    )
