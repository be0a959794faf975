"""`hanabi-tui evaluate` and `hanabi-tui agents`: how well players play, a line each."""

import shlex
from collections.abc import Sequence
from functools import partial
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import Games, Variant, named
from engine.game.variants import MAX_PLAYERS
from engine.players.bots import BOTS
from engine.players.evaluation import Evaluation, evaluate, recorded
from engine.records.hanablive import dump
from hanabi_tui.commands.contenders import (
    Contender,
    agent,
    called,
    check,
    contenders,
    game_of,
    say,
    say_of_seats,
)
from hanabi_tui.commands.json_text import json_text
from hanabi_tui.commands.pulse import Pulse
from hanabi_tui.commands.saving import check_folder, check_writable, write, write_all


def run(
    checkpoints: Sequence[str],
    agents: Sequence[str],
    players: Sequence[int],
    games: int,
    asked: str | None,
    seed: int,
    save: Path | None,
    save_all: Path | None = None,
    *,
    as_json: bool,
    progress: bool,
) -> None:
    """Print a line for each player and number of seats.

    Args:
      checkpoints: or agents; see hanabi_tui.commands.contenders.
      agents: bots, and users' own; none of either: every bot.
      players: numbers of seats; none: those a checkpoint was trained on, for bots those of the checkpoints
        beside them, else all.
      games: K games a line.
      asked: a game, as engine.named takes it; None: as contenders.game_of chooses.
      seed: decides the decks.
      save: where the first game of the last line goes, if anywhere.
      save_all: the folder for all games of the last line, at most MOST_FILES, if any.
      as_json: print an object a line instead.
      progress: say how far it is, terminal or not.

    Raises:
      AgentError: an unknown agent, or one that cannot play; said before any game is played.
      GenerationError: a checkpoint that cannot be read; likewise.
      OSError: the file or folder to save to cannot be written; likewise. Playing broken off leaves none.
    """
    lines = _lines(checkpoints, agents, players, asked)
    if save is not None:
        check_writable(save)
    if save_all is not None:
        check_folder(save_all, games)
    for remark in dict.fromkeys(who.remark for who, _ in lines if who.remark and not players):
        say(remark)
    widths = max(len("agent"), *(len(who.name) for who, _ in lines)), max(len("games"), len(f"{games:,}"))
    if not as_json:
        print(header(*widths), flush=True)
    most = games if save_all is not None else int(save is not None)
    kept: list[str] = []
    for number, (who, variant) in enumerate(lines, start=1):
        keep = partial(_keep, kept, most, who.name) if most and number == len(lines) else None
        with Pulse(games, f"{who.name}, {variant.players} players", lines=progress) as pulse:
            outcome = evaluate([who.make], variant, games, seed, pulse.tell, keep)
        said = to_json(who.name, outcome, seed) if as_json else line_of(who.name, outcome, *widths)
        print(said, flush=True)
    if save is not None:
        _save(kept[0], save, aloud=not as_json)
    if save_all is not None:
        write_all(save_all, kept)
        if not as_json:
            print(f"The {len(kept):,} games of the last line are in {save_all}")


def _lines(
    checkpoints: Sequence[str], agents: Sequence[str], players: Sequence[int], asked: str | None
) -> list[tuple[Contender, Variant]]:
    """Who plays what, a line each, all able to. Arguments and errors as those of `run`."""
    everyone = contenders(checkpoints)
    everyone += [agent(name) for name in agents or ([] if checkpoints else BOTS)]
    game = game_of(everyone, asked)
    lines = [(who, named(game, seats)) for who in everyone for seats in players or _seats(who, everyone)]
    for who, variant in lines:
        check(who, variant)
    for who in everyone:
        say_of_seats(who, [variant.players for other, variant in lines if other is who])
    return lines


def _seats(who: Contender, everyone: list[Contender]) -> list[int]:
    """The numbers of seats one is measured with where nobody says."""
    beside = {seats for each in everyone for seats in each.players}
    return sorted(who.players or beside) or list(range(2, MAX_PLAYERS + 1))


def _keep(kept: list[str], most: int, player: str, games: Games, moves: Sequence[NDArray[np.int8]]) -> None:
    """Keep the first games of an evaluation as JSON; its batches are these (players.evaluation.Seen)."""
    names = [f"{called(player)} {seat + 1}" for seat in range(games.variants[0].players)]
    wanted = range(min(most - len(kept), len(games)))
    kept += [dump(recorded(games, moves, game, names)) for game in wanted]


def _save(game: str, save: Path, *, aloud: bool) -> None:
    replaced = write(save, game)
    if aloud:
        print(
            f"The first game is in {save}{' (replaced)' if replaced else ''}; "
            f"look at it with: hanabi-tui replay {shlex.quote(str(save))}"
        )


def header(name_width: int, games_width: int) -> str:
    """What stands above the lines."""
    return (
        f"{'agent':<{name_width}} {'players':>7} {'games':>{games_width}} {'strict score':>13} "
        f"{'points kept':>13} {'perfect':>7} {'struck out':>10}"
    )


def line_of(name: str, outcome: Evaluation, name_width: int, games_width: int) -> str:
    """One line below the header."""
    scores = [
        f"{outcome.mean(strict=strict):.2f} ± {_or_dash(outcome.standard_error(strict=strict))}"
        for strict in (True, False)
    ]
    return (
        f"{name:<{name_width}} {outcome.variant.players:>7} {outcome.games:>{games_width},} {scores[0]:>13} "
        f"{scores[1]:>13} {100 * outcome.perfect:>6.1f}% {100 * outcome.strike_outs:>9.1f}%"
    )


def to_json(name: str, outcome: Evaluation, seed: int) -> str:
    """The same as JSON; null stands where a single game has no standard error."""
    said = {
        "agent": name,
        "variant": outcome.variant.name,
        "players": outcome.variant.players,
        "games": outcome.games,
        "seed": seed,
        "mean": outcome.mean(),
        "error": outcome.standard_error(),
        "kept": outcome.mean(strict=False),
        "kept_error": outcome.standard_error(strict=False),
        "perfect": outcome.perfect,
        "struck_out": outcome.strike_outs,
        "best_possible": outcome.variant.max_score,
    }
    return json_text(said)


def _or_dash(error: float) -> str:
    return "–" if isnan(error) else f"{error:.3f}"


def list_agents() -> None:
    """Print every bot: its name, what it is, where it comes from."""
    for name, entry in BOTS.items():
        print(f"{name:<12} {entry.about}\n{'':<12} {entry.source}")
