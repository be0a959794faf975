"""`hanabi-tui crossplay`: a matrix of how well players play with each other."""

from collections.abc import Sequence
from math import isnan

from engine import named
from engine.errors import AgentError
from engine.players.bots import BOTS
from engine.players.crossplay import CrossPlay, crossplay, games_of
from hanabi_tui.commands.contenders import Contender, check, contenders, game_of, say_of_seats, seats_of
from hanabi_tui.commands.heat import LETTERS
from hanabi_tui.commands.json_text import json_text
from hanabi_tui.commands.pulse import Pulse

CELL = 7
"""Columns of an entry: ` ±0.123`."""


def run(
    names: Sequence[str],
    players: int | None,
    games: int,
    asked: str | None,
    seed: int,
    *,
    as_json: bool,
    progress: bool,
) -> None:
    """Print the matrix of some players.

    Args:
      names: of bots and checkpoints, two or more; see hanabi_tui.commands.contenders.
      players: seats; None: as contenders.seats_of chooses.
      games: K decks.
      asked: a game, as engine.named takes it; None: as contenders.game_of chooses.
      seed: decides the decks.
      as_json: print JSON instead.
      progress: say how far it is, terminal or not.

    Raises AgentError, GenerationError: a player that there is not, or that cannot play; before any game.
    """
    if not 2 <= len(names) <= len(LETTERS):
        raise AgentError(
            f"{len(names)} given: cross-play needs 2 to {len(LETTERS)} players, bots or checkpoints"
        )
    found = contenders(names)
    variant = named(game_of(found, asked), players or seats_of(found))
    for i, who in enumerate(found):
        twins = [
            name for name, other in zip(names[:i], found, strict=False) if other.identity == who.identity
        ]
        if twins:
            also = f" (as {twins[0]}, too)" if twins[0] != names[i] else ""
            raise AgentError(f"{names[i]} is given twice{also}; its row says how it plays with itself")
        check(who, variant)
    for who in found:
        say_of_seats(who, [variant.players])
    total = games_of(len(found), variant.players, games)
    with Pulse(total, f"{len(found) ** 2} pairings", lines=progress) as pulse:
        outcome = crossplay([who.make for who in found], variant, games, seed, pulse.tell)
    print(to_json(outcome, found, seed) if as_json else table(outcome, found), flush=True)


def table(outcome: CrossPlay, found: Sequence[Contender]) -> str:
    """The matrix and what it shows, in lines of text."""
    mean, error = outcome.mean(), outcome.standard_error()
    others, others_error = outcome.with_others(), outcome.with_others_error()
    width = max(len(who.name) for who in found) + 2
    head = "".join(f"{letter:>{CELL}}" for letter, _ in zip(LETTERS, found, strict=False))
    lines = [*_title(outcome), "", f"{'':<{width}}{head}  others"]
    for row, who in enumerate(found):
        lines.append(
            f"{LETTERS[row]} {who.name:<{width - 2}}{''.join(map(_mean, mean[row]))} {_mean(others[row])}"
        )
        lines.append(f"{'':<{width}}{''.join(map(_error, error[row]))} {_error(others_error[row])}")
    lines += ["", *_summary(outcome)]
    legend = [f"{LETTERS[i]} {who.about}" for i, who in enumerate(found) if who.name not in BOTS]
    return "\n".join([*lines, *[""][: len(legend)], *legend])


def _title(outcome: CrossPlay) -> list[str]:
    seats = outcome.variant.players
    if seats == 2:
        who = "The row's player begins, the column's is the other."
    else:
        who = f"The row's player sits in each seat once, the column's in the other {seats - 1}."
    return [
        f"Cross-play, {outcome.variant}: mean strict score ± standard error, {outcome.decks:,} decks.",
        who,
        "Last column: the mean of a player's row and column, without self-play.",
    ]


def _summary(outcome: CrossPlay) -> list[str]:
    """The two numbers by which papers on zero-shot coordination compare ways to learn."""
    pairs = (
        ("Self-play", outcome.self_play(), outcome.self_play_error(), "mean of the diagonal"),
        ("Cross-play", outcome.cross_play(), outcome.cross_play_error(), "mean of all other entries"),
    )
    return [
        *(f"{name:<11}{_mean(mean)} {_error(error)}   {what}" for name, mean, error, what in pairs),
        "Their ± is over agents, not decks: how much it matters which ones were given.",
    ]


def _mean(value: float) -> str:
    return f"{value:>{CELL}.2f}"


def _error(value: float) -> str:
    return f"{'±–' if isnan(value) else f'±{value:.2f}':>{CELL}}"


def to_json(outcome: CrossPlay, found: Sequence[Contender], seed: int) -> str:
    """All of it as JSON; null stands where a single deck, or too few agents, have no standard error."""
    variant = outcome.variant
    said = {
        "variant": variant.name,
        "players": variant.players,
        "decks": outcome.decks,
        "seed": seed,
        "agents": [{"name": who.name, "about": who.about} for who in found],
        "seating": " ".join(_title(outcome)[1:]),
        "mean": outcome.mean().tolist(),
        "standard_error": outcome.standard_error().tolist(),
        "with_others": outcome.with_others().tolist(),
        "with_others_standard_error": outcome.with_others_error().tolist(),
        "self_play": outcome.self_play(),
        "self_play_standard_error": outcome.self_play_error(),
        "cross_play": outcome.cross_play(),
        "cross_play_standard_error": outcome.cross_play_error(),
    }
    return json_text(said, indent=1)
