"""The commands that steer a live run, and tell what it says: each a thin door to `commands.steering`.

They find the run as it was started: by --checkpoint-dir, the environment or the settings file.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from engine.contracts import commands as c
from engine.contracts.reasons import ASKED
from engine.errors import ConfigError
from hanabi_tui.options import directory_of, takes_settings
from hanabi_tui.settings import Given

app = typer.Typer()


@app.command()
@takes_settings(hidden=True)
def pause(
    given: Given,
    *,
    reason: Annotated[str, typer.Argument(help="Shown wherever the run shows itself.")] = ASKED,
) -> None:
    """Have the live run of --checkpoint-dir rest, until `resume`."""
    _tell(given, c.Pause(reason=reason))


@app.command()
@takes_settings(hidden=True)
def resume(given: Given) -> None:
    """End a pause; or have a run that waits for its learner or its disk try again now."""
    _tell(given, c.Resume())


@app.command()
@takes_settings(hidden=True)
def checkpoint(given: Given) -> None:
    """Have the live run save a generation now."""
    _tell(given, c.Checkpoint())


@app.command()
@takes_settings(hidden=True)
def examine(given: Given) -> None:
    """Have the live run evaluate itself now; `evaluate` measures what is saved."""
    _tell(given, c.Evaluate())


@app.command()
@takes_settings(hidden=True)
def restore(given: Given, *, step: Annotated[int, typer.Argument(min=0, help="Of the generation.")]) -> None:
    """Have the live run go back to a generation; later ones are set aside, not deleted."""
    _tell(given, c.Restore(step=step))


@app.command()
@takes_settings(hidden=True)
def workers(
    given: Given,
    *,
    count: Annotated[
        int | None, typer.Argument(min=0, max=256, help="So many from now on; 0: one less than cores.")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Start all anew instead.")] = False,
) -> None:
    """Change how many workers the live run has, or start them anew."""
    if restart == (count is not None):
        raise ConfigError(["workers: give a number, or --restart"])
    _tell(given, c.RestartWorkers() if restart else c.Set(key="num_workers", value=str(count)))


@app.command("set")
@takes_settings(hidden=True)
def set_(
    given: Given, *, change: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", show_default=False)]
) -> None:
    """Change settings of the live run, from the next step on; a key that may not change says which may."""
    from hanabi_tui.commands import steering

    raise typer.Exit(steering.change(directory_of(given), change))


@app.command()
@takes_settings(hidden=True)
def stop(
    given: Given,
    *,
    wait: Annotated[bool, typer.Option(help="Until it has ended.")] = True,
) -> None:
    """Have the live run save a generation and end; the command that began it goes on from there."""
    from hanabi_tui.commands import steering

    raise typer.Exit(steering.stop(directory_of(given), wait=wait))


@app.command()
@takes_settings(hidden=True)
def events(
    given: Given,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="What happens from now on.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")] = False,
) -> None:
    """List what happened to a run: states, evaluations, generations, changed settings, troubles."""
    from hanabi_tui.commands import steering

    _until_ctrl_c(partial(steering.events, directory_of(given), follow=follow, as_json=as_json))


@app.command()
@takes_settings(hidden=True)
def logs(
    given: Given,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on, until Ctrl-C.")] = False,
    last: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 50,
) -> None:
    """Print the last lines that a run said."""
    from hanabi_tui.commands import steering

    _until_ctrl_c(partial(steering.logs, directory_of(given), follow=follow, last=last))


def _tell(given: Given, command: c.Command) -> None:
    from hanabi_tui.commands import steering

    raise typer.Exit(steering.tell(directory_of(given), command))


def _until_ctrl_c(does: Callable[[], int]) -> None:
    try:
        raise typer.Exit(does())
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
