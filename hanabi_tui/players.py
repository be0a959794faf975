"""The commands about players and their games: measuring them, together and alone, and looking on."""

from pathlib import Path
from typing import Annotated

import typer

from hanabi_tui.flags import RunDirectory
from hanabi_tui.options import directory_of, takes_settings
from hanabi_tui.settings import Given

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Progress = Annotated[
    bool, typer.Option("--progress", help="Say on standard error how far it is, terminal or not.")
]

Seats = Annotated[
    int | None,
    typer.Option(
        min=2, max=5, help="Seats. Default: as many as it was trained on, the fewest if several; bots: 2."
    ),
]


Game = Annotated[
    str | None,
    typer.Option(
        metavar="GAME",
        help="full, small, very-small, or numbers such as c3r5h5i8l3: colours, ranks, cards in hand, "
        "information tokens, lives; what is left out is as in full. "
        "Default: the one it trained on; bots: full.",
    ),
]


@app.command()
def evaluate(
    checkpoint: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CHECKPOINT",
            help="A run's directory (its newest one), DIR@best, DIR@12400, or the folder of one; bots too, "
            "and agents of your own: FILE.py:CLASS.",
        ),
    ] = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(
            help="A bot, or FILE.py:CLASS; repeat for more. Default, without checkpoints: every bot."
        ),
    ] = None,
    players: Annotated[
        list[int] | None,
        typer.Option(
            min=2, max=5, help="Seats; repeat for more. Default: those it trained on; bots: 2 to 5."
        ),
    ] = None,
    games: Annotated[int, typer.Option(min=1, max=10_000_000, help="Games for each line.")] = 1000,
    variant: Game = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides the decks; equal for every agent.")] = 0,
    save: Annotated[
        Path | None, typer.Option(help="Save the first game of the last line there, as hanab.live JSON.")
    ] = None,
    save_all: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Save all games of the last line there, at most 10,000, in a file each."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, an object a line.")] = False,
    progress: Progress = False,
) -> None:
    """Measure players: mean score ± standard error, perfect games, strike-outs.

    Strict: 0 points for a game that lost its last life (the published rule). Kept: its points count.
    """
    from hanabi_tui.commands import evaluate as command

    command.run(
        checkpoint or [],
        agent or [],
        players or [],
        games,
        variant,
        seed,
        save,
        save_all,
        as_json=as_json,
        progress=progress,
    )


@app.command()
def crossplay(
    agent: Annotated[
        list[str],
        typer.Argument(
            help="Two or more: bots by name, checkpoints as for evaluate, FILE.py:CLASS.", show_default=False
        ),
    ],
    players: Seats = None,
    games: Annotated[int, typer.Option(min=1, max=1_000_000, help="Decks, the same for all.")] = 1000,
    variant: Game = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides the decks.")] = 0,
    as_json: AsJson = False,
    progress: Progress = False,
) -> None:
    """Play players with each other: a matrix of mean scores.

    With 2 seats the row's player begins, the column's is the other. With
    more, the row's player sits in each seat once for every deck, the
    column's in all the others.
    """
    from hanabi_tui.commands import crossplay as command

    command.run(agent, players, games, variant, seed, as_json=as_json, progress=progress)


@app.command()
def conventions(
    agent: Annotated[
        str, typer.Argument(help="A bot by name, a checkpoint as for evaluate, or FILE.py:CLASS.")
    ],
    players: Seats = None,
    games: Annotated[int, typer.Option(min=1, max=1_000_000, help="Games that are counted.")] = 1000,
    variant: Game = None,
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
    from hanabi_tui.commands import conventions as command

    command.run(agent, players, games, variant, seed, as_json=as_json, svg=svg, progress=progress)


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
    from hanabi_tui.commands import replay as command

    command.run(game, turn, as_link=link)


@app.command()
@takes_settings(hidden=True)
def report(
    given: Given,
    *,
    directory: RunDirectory = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The page's file; - for standard output. Default: report.html in DIR."),
    ] = None,
) -> None:
    """Write a run as one page of HTML: curves, evaluations, settings, history, the best game.

    The run may be live. The page needs no network, and holds no secrets.
    """
    from hanabi_tui.commands import report as command

    command.run(directory or directory_of(given), output)


@app.command()
def agents() -> None:
    """List the rule-based players and where each comes from."""
    from hanabi_tui.commands import evaluate as command

    command.list_agents()
