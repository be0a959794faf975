"""The command `hanabi-tui`.

Modules that take long to load are imported inside the commands that need them, so that help comes at once.
"""

import io
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import ConfigError, EngineError
from hanabi_tui import verbs
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.log_format import LogFormat
from hanabi_tui.manner import Manner
from hanabi_tui.options import SHORT_LIST, settle, takes_settings
from hanabi_tui.settings import Given, load

app = typer.Typer(
    name="hanabi-tui",
    epilog=SHORT_LIST,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(verbs.app)


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Progress = Annotated[
    bool, typer.Option("--progress", help="Say on standard error how far it is, terminal or not.")
]

MANNER = "How --no-ui behaves"
"""Above the flags of a run that are no settings, in help."""


class Preset(StrEnum):
    """The variants that have names."""

    full = "full"
    small = "small"
    very_small = "very-small"


@app.command()
def evaluate(
    checkpoint: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CHECKPOINT",
            help="A run's directory (its newest one), DIR@best, DIR@12400, or the folder of one; bots too.",
        ),
    ] = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(help="A bot; repeat for more. Default, without checkpoints: every bot."),
    ] = None,
    players: Annotated[
        list[int] | None,
        typer.Option(
            min=2, max=5, help="Seats; repeat for more. Default: those it trained on; bots: 2 to 5."
        ),
    ] = None,
    games: Annotated[int, typer.Option(min=1, max=10_000_000, help="Games for each line.")] = 1000,
    variant: Annotated[Preset, typer.Option(help="Which game.")] = Preset.full,
    seed: Annotated[int, typer.Option(min=0, help="Decides the decks; equal for every agent.")] = 0,
    save: Annotated[
        Path | None, typer.Option(help="Save the first game of the last line there, as hanab.live JSON.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")] = False,
    progress: Progress = False,
) -> None:
    """Measure players: mean score ± standard error, perfect games, strike-outs.

    Strict: 0 points for a game that lost its last life (the published rule). Kept: its points count.
    """
    from hanabi_tui import evaluate as command

    command.run(
        checkpoint or [],
        agent or [],
        players or [],
        games,
        variant.value,
        seed,
        save,
        as_json=as_json,
        progress=progress,
    )


@app.command()
def crossplay(
    agent: Annotated[
        list[str],
        typer.Argument(help="Two or more: bots by name, checkpoints as for evaluate.", show_default=False),
    ],
    players: Annotated[int, typer.Option(min=2, max=5, help="Seats.")] = 2,
    games: Annotated[int, typer.Option(min=1, max=1_000_000, help="Decks, the same for all.")] = 1000,
    variant: Annotated[Preset, typer.Option(help="Which game.")] = Preset.full,
    seed: Annotated[int, typer.Option(min=0, help="Decides the decks.")] = 0,
    as_json: AsJson = False,
    progress: Progress = False,
) -> None:
    """Play players with each other: a matrix of mean scores.

    With 2 seats the row's player begins, the column's is the other. With
    more, the row's player sits in each seat once for every deck, the
    column's in all the others.
    """
    from hanabi_tui import crossplay as command

    command.run(agent, players, games, variant.value, seed, as_json=as_json, progress=progress)


@app.command()
def conventions(
    agent: Annotated[str, typer.Argument(help="A bot by name, or a checkpoint as for evaluate.")],
    players: Annotated[int, typer.Option(min=2, max=5, help="Seats.")] = 2,
    games: Annotated[int, typer.Option(min=1, max=1_000_000, help="Games that are counted.")] = 1000,
    variant: Annotated[Preset, typer.Option(help="Which game.")] = Preset.full,
    seed: Annotated[int, typer.Option(min=0, help="Decides the decks.")] = 0,
    as_json: AsJson = False,
    svg: Annotated[Path | None, typer.Option(help="Save a picture there too.")] = None,
    progress: Progress = False,
) -> None:
    """Show a player's conventions: what the next player does after each move, in % of those moves.

    Rows are moves, columns are answers: the conditional action matrix of
    self-play (Hu et al., "Other-Play", 2020). d1 and p1 discard and play
    slot 1, the oldest card; R hints at red, 1 at ones; with more than 2
    seats +1 is the seat after whoever gives the hint.
    """
    from hanabi_tui import conventions as command

    command.run(agent, players, games, variant.value, seed, as_json=as_json, svg=svg, progress=progress)


@app.command()
def replay(
    game: Annotated[
        str,
        typer.Argument(help="A hanab.live JSON file, - for standard input, or a replay link or its code."),
    ],
    turn: Annotated[
        int | None, typer.Option(help="Start after so many moves; into a pipe, print only the board there.")
    ] = None,
    link: Annotated[
        bool, typer.Option("--link", help="Print the game's link for hanab.live instead.")
    ] = False,
) -> None:
    """Step through a recorded game; into a pipe, print it."""
    from hanabi_tui import replay as command

    command.run(game, turn, as_link=link)


@app.command()
def report(
    directory: Annotated[Path, typer.Argument(metavar="[DIR]", help="The run's directory.")] = Path(
        "checkpoints"
    ),
    output: Annotated[
        Path | None,
        typer.Option(help="The page's file; - for standard output. Default: report.html in DIR."),
    ] = None,
) -> None:
    """Write a run as one page of HTML: curves, evaluations, settings, history, the best game.

    The run may be live. The page needs no network, and holds no secrets.
    """
    from hanabi_tui import report as command

    command.run(directory, output)


@app.command()
def agents() -> None:
    """List the rule-based players and where each comes from."""
    from hanabi_tui import evaluate as command

    command.list_agents()


@app.command()
def fresh(
    checkpoint_dir: Annotated[Path, typer.Option(help="The run's directory.")] = Path("checkpoints"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Begin anew: move what a run has left aside, after asking."""
    from hanabi_tui import fresh as command

    command.run(checkpoint_dir, ask=not yes)


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
    from hanabi_tui import config as command

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
    """Show where a run is, and how its learner and the link fare.

    Takes the settings of the run: --checkpoint-dir, --gpu-host and so on. Ends with 1 if the learner does not
    answer.
    """
    from hanabi_tui import status as command

    try:
        raise typer.Exit(command.run(settle(given), local=local, watch=watch, as_json=as_json))
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
    from hanabi_tui import trust as command

    command.run(host, settle(given).config.network, fingerprint=fingerprint, as_json=as_json)


@app.command()
@takes_settings(hidden=True)
def doctor(given: Given) -> None:
    """Check everything a run needs here, on the way to the GPU, and there; say what to do about each fault.

    Takes the settings of the run. Ends with 1 if something is wrong.
    """
    from hanabi_tui import doctor as command

    raise typer.Exit(command.run(given))


ReadOnly = Annotated[bool, typer.Option("--read-only", help="Only look on: nothing can be changed.")]
Plain = Annotated[
    bool,
    typer.Option("--plain", help="Lines and typed commands instead of a screen, as for a screen reader."),
]
Theme = Annotated[str, typer.Option(help="Colours of the console; T in it shows them.", show_default=False)]


@app.command()
def attach(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The run's directory.")] = Path(
        "checkpoints"
    ),
    read_only: ReadOnly = False,
    plain: Plain = False,
    theme: Theme = "",
) -> None:
    """Open the console on a run that is live, or was; several may look at the same one."""
    from hanabi_tui.console import opening

    raise typer.Exit(opening.attach(directory, opening.Manner(read_only, plain, theme)))


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
    log_format: Annotated[
        LogFormat,
        typer.Option(help="Plain lines, or JSON, an object a line.", rich_help_panel=MANNER),
    ] = LogFormat.plain,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Stop with a checkpoint at 07:00, or at 2026-11-23T07:00.",
            rich_help_panel=MANNER,
        ),
    ] = None,
    max_minutes: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            min=0.0,
            help="Stop with a checkpoint after so many minutes, pauses included.",
            rich_help_panel=MANNER,
        ),
    ] = None,
    quiet_if_locked: Annotated[
        bool,
        typer.Option(
            "--quiet-if-locked",
            help="Say nothing where another run holds the directory; ends with 3.",
            rich_help_panel=MANNER,
        ),
    ] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT",
            min=0,
            max=65535,
            help="Serve metrics for Prometheus on 127.0.0.1.",
            rich_help_panel=MANNER,
        ),
    ] = None,
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
        from hanabi_tui import headless

        raise typer.Exit(headless.run(load(given, os.environ), manner))
    if manner != Manner(given=given):
        raise ConfigError(["--log-format, --until and the like go with --no-ui"])
    from hanabi_tui.console import opening

    raise typer.Exit(opening.open_or_start(given, settle(given), opening.Manner(read_only, plain, theme)))


def main() -> None:
    """Run the command line; what users get wrong is said in a line, without a traceback."""
    # a program started with these closed (>&-) has none; what it says then goes nowhere
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 it lives as long as we
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 likewise
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
        sys.exit(_refuse(f"{where}{error.strerror or error}"))
    except EngineError as error:
        sys.exit(_refuse(str(error)))


def _refuse(message: str) -> int:
    print(f"hanabi-tui: {message}", file=sys.stderr)
    return ExitCode.BAD_INPUT
