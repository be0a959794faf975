"""The command `hanabi-tui`.

Modules that take long to load are imported inside the commands that need them, so that help comes at once.
"""

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import ConfigError, EngineError
from engine.machine.durable import FULL
from engine.machine.printable import shown
from hanabi_tui import players, verbs
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.flags import (
    LogFormatFlag,
    MaxMinutes,
    MetricsPort,
    Plain,
    QuietIfLocked,
    ReadOnly,
    RunDirectory,
    Theme,
    Until,
)
from hanabi_tui.foreground.log_format import LogFormat
from hanabi_tui.foreground.manner import Manner
from hanabi_tui.options import SHORT_LIST, directory_of, settle, takes_settings
from hanabi_tui.settings import Given, load

app = typer.Typer(
    name="hanabi-tui",
    epilog=SHORT_LIST,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(players.app)
app.add_typer(verbs.app)


@app.command()
@takes_settings(hidden=True)
def fresh(
    given: Given,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Begin anew: move what a run has left in --checkpoint-dir aside, after asking."""
    from hanabi_tui.commands import fresh as command

    raise typer.Exit(command.run(directory_of(given), ask=not yes))


@app.command()
@takes_settings()
def config(
    given: Given,
    *,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print them as a settings file, without secrets.")
    ] = False,
) -> None:
    """Show the settings a run would start with, and where each comes from.

    Later wins: default, preset, file, environment (HANABI_SEED for --seed), flag.
    """
    from hanabi_tui.commands import config as command

    command.run(settle(given), as_toml=toml)


@app.command()
@takes_settings(hidden=True)
def status(
    given: Given,
    *,
    local: Annotated[
        bool, typer.Option("--local", help="Only what the run's directory says; ask no learner.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again every 2 s, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")] = False,
) -> None:
    """Show where a run is, and how its learner and the link are doing.

    Takes the settings of the run: --checkpoint-dir, --gpu-host and so on. Ends with 1 if the learner does not
    answer, as it cannot where it lives with a run on this machine that is not live.
    """
    from hanabi_tui.commands import status as command

    try:
        settings = settle(given, together=not local)
        raise typer.Exit(command.run(settings, local=local, watch=watch, as_json=as_json))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command()
@takes_settings(hidden=True)
def trust(
    given: Given,
    *,
    host: Annotated[str, typer.Argument(metavar="[USER@]HOST[:PORT]", help="The machine, as ssh knows it.")],
    fingerprint: Annotated[
        str, typer.Option(help="Accept this key only (SHA256:…), without asking.", show_default=False)
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Only look: print the key as JSON, accept nothing.")
    ] = False,
) -> None:
    """Look at a machine's SSH host key, and accept it, as ssh does at the first connection."""
    from hanabi_tui.commands import trust as command

    command.run(host, settle(given, together=False).config.network, fingerprint=fingerprint, as_json=as_json)


@app.command()
@takes_settings(hidden=True)
def doctor(given: Given) -> None:
    """Check everything a run needs here, on the way to the GPU, and there; say what to do about each fault.

    Takes the settings of the run. Ends with 1 if something is wrong.
    """
    from hanabi_tui.commands import doctor as command

    raise typer.Exit(command.run(given))


@app.command()
@takes_settings(hidden=True)
def attach(
    given: Given,
    *,
    directory: RunDirectory = None,
    read_only: ReadOnly = False,
    plain: Plain = False,
    theme: Theme = "",
) -> None:
    """Open the console on a run that is live, or was; several may look at the same one."""
    from hanabi_tui.console import opening

    looks = opening.Looks(read_only, plain, theme)
    raise typer.Exit(opening.attach(directory or directory_of(given), looks))


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],  # its own parser has them
    }
)
def systemd(context: typer.Context) -> None:
    """Install the run, or what lends a GPU, as a service: systemd install --help."""
    from hanabi_tui import systemd as command

    raise typer.Exit(command.main(context.args))


def _say_version(wanted: bool) -> None:
    if wanted:
        from remote.versions import versions

        typer.echo(versions("hanabi-tui"))
        raise typer.Exit


@app.callback(invoke_without_command=True)
@takes_settings(hidden=True)
def root(
    given: Given,
    *,
    context: typer.Context,
    no_ui: Annotated[
        bool, typer.Option("--no-ui", help="Train here, without a console; takes the settings below.")
    ] = False,
    read_only: ReadOnly = False,
    plain: Plain = False,
    theme: Theme = "",
    log_format: LogFormatFlag = LogFormat.plain,
    until: Until = None,
    max_minutes: MaxMinutes = None,
    quiet_if_locked: QuietIfLocked = False,
    metrics_port: MetricsPort = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hanabi: self-play training with a console, exact fast games, players, recorded games to look at.

    Without a command: open the console on the live run of the checkpoint directory, or start one and
    open it. The run is a process of its own and goes on without the console.
    """
    manner = Manner(
        given=given,
        log_format=log_format,
        until=until,
        max_minutes=max_minutes,
        quiet_if_locked=quiet_if_locked,
        metrics_port=metrics_port,
    )
    if context.invoked_subcommand:
        if no_ui or read_only or plain or theme or manner != Manner():
            command = context.invoked_subcommand
            raise ConfigError(
                [f"--no-ui, settings and the like do not go before {command}: hanabi-tui {command} --help"]
            )
        return
    if no_ui:
        if read_only or plain or theme:
            raise ConfigError(["--no-ui has no console: leave --read-only, --plain and --theme out"])
        from hanabi_tui.foreground import headless

        raise typer.Exit(headless.run(load(given, os.environ), manner))
    if manner != Manner(given=given):
        raise ConfigError(["--log-format, --until and the like go with --no-ui"])
    from hanabi_tui.console import opening

    raise typer.Exit(opening.open_or_start(given, settle(given), opening.Looks(read_only, plain, theme)))


def main() -> None:
    """Run the command line; what users get wrong is said in a line, without a traceback."""
    # a program started with these closed (>&-) has none; what it says then goes nowhere
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 it lives as long as we
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 likewise
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 likewise
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a stream that lacks the letters of a name, or the ±
    try:
        _run()
    except (BrokenPipeError, SystemExit) as end:
        # typer and rich make an exit of their own of a broken pipe
        if not isinstance(end, BrokenPipeError) and not isinstance(end.__context__, BrokenPipeError):
            raise
        # the reader (head, a closed pager) has seen enough; keep Python from complaining at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _run() -> None:
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # here, where a closed pipe is still understood
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        # there may be room again in a while, for whoever starts this again
        code = ExitCode.FAILED if error.errno in FULL else ExitCode.BAD_INPUT
        sys.exit(_refuse(f"{where}{error.strerror or error}", code))
    except EngineError as error:
        sys.exit(_refuse(str(error)))


def _refuse(message: str, code: ExitCode = ExitCode.BAD_INPUT) -> int:
    said = shown(message, keep="\n")  # another machine may have said some of it
    print(f"hanabi-tui: {said}", file=sys.stderr)
    return code
