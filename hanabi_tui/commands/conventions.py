"""`hanabi-tui conventions`: what the next player does after each move, as a heat map in the terminal."""

from collections.abc import Iterator
from itertools import groupby
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from engine import named
from engine.game.moves import COLOUR_LETTERS, Kind, Move, to_shared
from engine.players.conventions import Conventions, conventions
from hanabi_tui.commands.contenders import check, contenders, game_of, say_of_seats, seats_of
from hanabi_tui.commands.heat import ANY, RARE, ground, ink
from hanabi_tui.commands.json_text import json_text
from hanabi_tui.commands.matrix_svg import picture
from hanabi_tui.commands.move_words import answer, cause
from hanabi_tui.commands.pulse import Pulse
from hanabi_tui.commands.saving import check_writable, write

ROW_LABEL = 9
"""Columns of `discard 1` and `hint R +2`."""


def run(
    name: str,
    players: int | None,
    games: int,
    asked: str | None,
    seed: int,
    *,
    as_json: bool,
    svg: Path | None,
    progress: bool,
) -> None:
    """Print the conditional action matrix of one player.

    Args:
      name: a bot or a checkpoint; see hanabi_tui.commands.contenders.
      players: seats; None: as contenders.seats_of chooses.
      games: K games that are counted.
      asked: a game, as engine.named takes it; None: as contenders.game_of chooses.
      seed: decides the decks.
      as_json: print JSON instead.
      svg: where a picture goes, if anywhere.
      progress: say how far it is, terminal or not.

    Raises AgentError, GenerationError, OSError: before any game is played.
    """
    (who,) = contenders([name])
    variant = named(game_of([who], asked), players or seats_of([who]))
    check(who, variant)
    say_of_seats(who, [variant.players])
    to_shared(variant)  # refuses hands that JSON could not tell of, before anything is played
    if svg is not None:
        check_writable(svg)
    with Pulse(games, f"{who.name}, {variant.players} players", lines=progress) as pulse:
        found = conventions(who.make, variant, games, seed, pulse.tell)
    title = f"{who.name}, {variant}"
    if as_json:
        print(to_json(found, who.name, seed), flush=True)
    else:
        console = Console(highlight=False)
        console.print(heat_map(found, title, console.width if console.is_terminal else None), soft_wrap=True)
    if svg is not None:
        labels = [label(move, variant.players) for move in found.moves]
        rows = [row_label(move, variant.players) for move in found.moves]
        head = f"{title}, {games:,} games: next move (column) after a move (row), %"
        write(svg, picture(head, rows, labels, found.conditional(), ANY, found.marginal()))
        if not as_json:
            print(f"The picture is in {svg}")


def label(move: Move, players: int) -> str:
    """A move above its column: d1 and p1 are slots, R a colour, 1 a rank; +2 whom a hint is given to."""
    whom = f"+{move.offset}" if players > 2 else ""
    match move.kind:
        case Kind.DISCARD:
            return f"d{move.slot + 1}"
        case Kind.PLAY:
            return f"p{move.slot + 1}"
        case Kind.COLOUR:
            return f"{COLOUR_LETTERS[move.value]}{whom}"
        case Kind.RANK:
            return f"{move.value + 1}{whom}"


def row_label(move: Move, players: int) -> str:
    """A move before its row."""
    if move.kind in (Kind.DISCARD, Kind.PLAY):
        return f"{move.kind.name.lower()} {move.slot + 1}"
    whom = f" +{move.offset}" if players > 2 else ""
    value = COLOUR_LETTERS[move.value] if move.kind is Kind.COLOUR else f"{move.value + 1}"
    return f"hint {value}{whom}"


def heat_map(found: Conventions, title: str, width: int | None) -> Text:
    """The matrix, shaded, with a number in each field; as several side by side where it would be too wide.

    Args:
      found: the matrix.
      title: whose it is.
      width: columns of the screen; None: as many as it takes.
    """
    lines = [Text(f"{title}: % of next moves (column) after a move (row)", style="bold")]
    groups = [
        [column for column, _ in members]
        for _, members in groupby(enumerate(found.moves), key=lambda each: (each[1].kind, each[1].offset))
    ]
    for i, panel in enumerate(_panels(groups, _cell(found), width)):
        lines += [Text()] * (i > 0) + list(_panel(found, panel))
    return Text("\n").join(lines)


def _cell(found: Conventions) -> int:
    """Columns of a field: of ` d1`, ` R+1` and `100`."""
    return 1 + max(len(label(move, found.variant.players)) for move in found.moves)


_TIMES = 8
"""Columns of how often a move was made: 80 in all for 2 players."""


def _panels(groups: list[list[int]], cell: int, width: int | None) -> Iterator[list[list[int]]]:
    """Groups of columns that fit the screen beside each other, at least one."""
    panel: list[list[int]] = []
    for group in groups:
        wanted = ROW_LABEL + sum(1 + cell * len(each) for each in (*panel, group)) - 1 + _TIMES
        if panel and width is not None and wanted > width:
            yield panel
            panel = []
        panel.append(group)
    yield panel


def _panel(found: Conventions, groups: list[list[int]]) -> Iterator[Text]:
    players, cell = found.variant.players, _cell(found)
    head = Text(" " * ROW_LABEL)
    for i, group in enumerate(groups):
        head.append(" " * (i > 0))
        for column in group:
            head.append(f"{label(found.moves[column], players):>{cell}}")
    yield head.append(f"{'times':>{_TIMES}}")
    conditional = found.conditional()
    for row, move in enumerate(found.moves):
        yield _line(row_label(move, players), conditional[row], int(found.made[row]), groups, cell)
    yield _line(ANY, found.marginal(), int(found.made.sum()), groups, cell)


def _line(name: str, shares: NDArray[np.float64], times: int, groups: list[list[int]], cell: int) -> Text:
    line = Text(f"{name:<{ROW_LABEL}}")
    for i, group in enumerate(groups):
        line.append(" " * (i > 0))
        for column in group:
            line.append_text(_field(float(shares[column]), cell))
    shown = f"{times:,}" if times < 1_000_000 else f"{times / 1e6:.1f}M"
    return line.append(f"{shown:>{_TIMES}}")


def _field(share: float, cell: int) -> Text:
    """A share as % on its ground; `.` for never, nothing where the move was never answered."""
    if isnan(share):
        return Text(" " * cell)
    if share < RARE:
        return Text(f"{'0' if share else '.':>{cell}}", style="dim")
    on, letters = (f"rgb({r},{g},{b})" for r, g, b in (ground(share), ink(share)))
    return Text(f"{100 * share:>{cell}.0f}", style=f"{letters} on {on}")


def to_json(found: Conventions, name: str, seed: int) -> str:
    """All of it as JSON; null stands in rows of moves that were never answered."""
    variant = found.variant
    moves = [
        {
            "id": i,
            "shared": int(shared),
            "name": str(move),
            "label": label(move, variant.players),
            "row": row_label(move, variant.players),
            "after": cause(move, variant),
            "then": answer(move, variant),
        }
        for i, (move, shared) in enumerate(zip(found.moves, to_shared(variant), strict=True))
    ]
    said = {
        "agent": name,
        "variant": variant.name,
        "players": variant.players,
        "games": found.games,
        "seed": seed,
        "moves": moves,
        "made": found.made.tolist(),
        "answered": found.answered.tolist(),
        "marginal": found.marginal().tolist(),
        "conditional": found.conditional().tolist(),
    }
    return json_text(said)
