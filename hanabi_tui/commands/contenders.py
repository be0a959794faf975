"""Who is measured: the names that users give, as players with short names."""

import contextlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine import Games, Variant, chance, named, preset
from engine.errors import AgentError
from engine.game.variants import PRESETS
from engine.players.bots import BOTS, find
from engine.players.evaluation import Maker
from engine.players.own_agent import names_own_agent, open_own_agent
from engine.records.text import shown
from engine.settings.config import GameRangesSection
from engine.settings.games import game_name
from engine.store.manifest import GenerationError

if TYPE_CHECKING:
    from engine.players.checkpoint_player import Checkpoint

NAME_WIDTH = 30
"""Longer names lose their beginning."""


@dataclass(frozen=True)
class Contender:
    """A player to be measured."""

    name: str  # short, and no other contender's
    make: Maker
    about: str  # what it is, in a line
    players: tuple[int, ...] = ()  # numbers of seats it was trained on; none: as many as others beside it
    remark: str = ""  # on these, for whoever relies on them
    trained_on: str = ""  # its game, as engine.named takes it; empty: a bot, or nothing says so
    identity: str = ""  # equal for names that mean the same player


def agent(name: str) -> Contender:
    """A rule-based player, or one of the user's own: FILE.py:CLASS. Raises AgentError."""
    if name in BOTS or not names_own_agent(name):
        return Contender(name, find(name), BOTS[name].about, identity=name)
    try:
        found = open_own_agent(name)
    except AgentError as error:
        raise AgentError(shown(str(error))) from error  # a path may hold anything
    about = f"{found.file}:{found.called}{f': {found.about}' if found.about else ''}"
    identity = f"{found.file.resolve()}:{found.called}"
    return Contender(shown(short(found.name)), found.make, shown(about), identity=identity)


def called(name: str) -> str:
    """What a player is called at a table: `step 12400` for a checkpoint, as hanab.live takes names."""
    _, at, step = name.rpartition("@")
    return f"step {step}" if at and step.isdigit() else name


def contenders(names: Sequence[str]) -> list[Contender]:
    """Rule-based players by their names, users' own, and checkpoints; what was chosen is said on stderr.

    Args:
      names: of bots, files of users' own as players.own_agent spells them, and checkpoints as
        players.checkpoint_player does; a folder that is called like a bot can be given as ./hat.

    Raises AgentError for what is none of these, GenerationError for a checkpoint that cannot play.
    """
    return _distinct(
        names, [agent(name) if name in BOTS or names_own_agent(name) else _checkpoint(name) for name in names]
    )


def game_of(found: Sequence[Contender], asked: str | None) -> str:
    """The game that they play: what was asked for, else what they trained on, else the full game.

    Who trained on another game than was asked for is named on stderr. Raises AgentError where nothing was
    asked for and they trained on different games, VariantError for a game that there is not.
    """
    trained = {who.name: who.trained_on for who in found if who.trained_on}
    if asked is None and len({named(game) for game in trained.values()}) > 1:
        listed = ", ".join(f"{name}: {game}" for name, game in trained.items())
        raise AgentError(f"they trained on different games ({listed}); give one: --variant")
    game = asked or next(iter(trained.values()), "full")
    for name, other in trained.items():
        if named(other) != named(game):  # a game may have two names: with the usual hand spelled out, or not
            say(f"{name} trained on the {other} game and is measured on the {game} one")
    return game


def seats_of(found: Sequence[Contender]) -> int:
    """The smallest number of players that all of them were trained on; 2 for bots alone.

    What there is to remark on these numbers is said on stderr. Raises AgentError where they share none.
    """
    for remark in dict.fromkeys(who.remark for who in found if who.remark):
        say(remark)
    trained = {who.name: set(who.players) for who in found if who.players}
    if not trained:
        return 2
    if shared := set.intersection(*trained.values()):
        return min(shared)
    listed = ", ".join(f"{name}: {_listed(seats)}" for name, seats in trained.items())
    raise AgentError(
        f"no number of players is one that all were trained on ({listed}); give one: --players N"
    )


def say_of_seats(who: Contender, measured: Iterable[int]) -> None:
    """Say on stderr with which numbers of players one is measured that it did not train with."""
    if who.players and (others := set(measured) - set(who.players)):
        say(f"{who.name} trained with {_listed(who.players)} players and is measured with {_listed(others)}")


def _listed(seats: Iterable[int]) -> str:
    return " and ".join(map(str, sorted(seats)))


def check(who: Contender, variant: Variant) -> None:
    """Raise AgentError if one cannot play a variant. What it prints meanwhile goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        who.make(Games.shuffled([variant], chance.stream(0)))


def _checkpoint(name: str) -> Contender:
    # torch takes seconds to load, and bots need none
    from engine.players.checkpoint_player import open_checkpoint

    if "/" not in name and "@" not in name and not Path(name).exists():
        raise AgentError(
            f"{shown(name)!r} is no agent ({', '.join(BOTS)}), and there is no checkpoint of that name; "
            "one of your own is FILE.py:CLASS"
        )
    try:
        found = open_checkpoint(name)
    except GenerationError as error:
        raise GenerationError(shown(str(error))) from None  # a path may hold anything
    path = shown(str(found.generation.path))
    for damage in found.passed:
        say(f"passed over: {damage}")
    if found.chosen:
        say(f"{shown(name)}: {found.chosen}, {path}")
    games = found.trained_on()
    manifest = found.generation.manifest
    score = "" if manifest.score is None else f", score {manifest.score:.2f} when last evaluated"
    about = f"{path}: step {manifest.step:,}{score}"
    trained_on = game_name(games) if games else _largest_game(found)
    if games and any(len(set(sizes)) > 1 for sizes in (games.colors, games.ranks, games.hand_sizes)):
        say(f"{shown(found.name)} trained on games of several sizes; the largest is {trained_on}")
    identity = str(found.generation.path.resolve())
    players, remark = _players(found, games)
    return Contender(shown(found.name), found.make, about, players, remark, trained_on, identity)


def _largest_game(found: "Checkpoint") -> str:
    """The largest game with a name that it could have trained on, where nothing says which it was."""
    for name in PRESETS:
        with contextlib.suppress(AgentError):
            found.largest.check([preset(name)])
            return name
    return ""


def _players(found: "Checkpoint", games: GameRangesSection | None) -> tuple[tuple[int, ...], str]:
    """The numbers of players it was trained on, or could be; and what there is to say about them."""
    name, most = shown(found.name), found.largest.players
    able = tuple(range(2, most + 1))
    if games is None:
        return able, f"{name}: nothing says what it trained on; its network sees up to {most} players"
    skipped = sorted(seats for seats in set(games.players) if seats > most)
    trained = tuple(sorted(set(games.players) - set(skipped)))
    if not skipped:
        return trained, ""
    return trained or able, f"{name}: {_listed(skipped)} players are skipped; its network sees up to {most}"


def _distinct(given: Sequence[str], found: list[Contender]) -> list[Contender]:
    """The same with names that differ: as they were given where the short ones do not, else numbered."""
    names = [who.name for who in found]
    names = [
        short(shown(word) if names.count(name) > 1 else name) for word, name in zip(given, names, strict=True)
    ]
    return [
        replace(who, name=f"{name} #{names[: i + 1].count(name)}" if names.count(name) > 1 else name)
        for i, (who, name) in enumerate(zip(found, names, strict=True))
    ]


def short(name: str) -> str:
    """A name that fits its column."""
    return name if len(name) <= NAME_WIDTH else f"…{name[1 - NAME_WIDTH :]}"


def say(words: str) -> None:
    """A line to the reader that is no result."""
    print(f"hanabi-tui: {shown(words)}", file=sys.stderr, flush=True)
