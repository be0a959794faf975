"""The album of a run: `games/` in its directory, with games of its evaluations as hanab.live's JSON.

    games/000012400-2p-worst-14.json        step, players, why it was kept (players.highlights), strict score;
                                            -2 and so on where another variant's game has all that in common

The names say all that a list shows, so listing opens no file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever lists an album need not know what a worker is told
    from engine.contracts.orders import Highlight

FIRST = "first"
"""The kind of the game on an evaluation's first deck."""

MOST = 64
"""Games that are kept; the oldest go first."""

_NAME = re.compile(r"(?P<step>\d+)-(?P<players>\d)p-(?P<kind>[a-z-]+)-(?P<score>\d+)(-\d+)?\.json", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """A game of the album: where it is, and what its name says."""

    path: Path
    step: int
    players: int
    kind: str
    score: int
    written: float  # s since the epoch


def entries(folder: Path) -> list[Entry]:
    """The games of an album, newest step first; none where there is no such folder."""
    found = []
    try:
        paths = list(folder.iterdir())
    except OSError:
        return []
    for path in paths:
        name = _NAME.fullmatch(path.name)
        try:
            written = path.stat().st_mtime if name else 0.0
        except OSError:  # tidied away meanwhile
            continue
        if name:
            step, players, score = (int(name[field]) for field in ("step", "players", "score"))
            found.append(Entry(path, step, players, name["kind"], score, written))
    return sorted(found, key=lambda entry: (-entry.step, entry.players, entry.path.name))


def keep(folder: Path, step: int, highlights: "Sequence[Highlight]") -> None:
    """Add games, each written whole or not at all, and tidy. Raises OSError; what was kept is still there.

    Games are for looking at: nothing waits for the disk.
    """
    if not highlights:
        return
    folder.mkdir(exist_ok=True, mode=0o700)
    taken: set[str] = set()  # of this evaluation: games of two variants may have all of a name in common
    for each in highlights:
        name = _name(step, each, taken)
        taken.add(name)
        fresh = folder / f".{name}.new"
        try:
            fresh.write_bytes(each.game)
            fresh.replace(folder / name)
        finally:
            fresh.unlink(missing_ok=True)
    # a run that went back writes lower steps than there are: what is old is told by the clock, which may have
    # been set back, so that what was just written looks old
    others = [entry for entry in entries(folder) if entry.path.name not in taken]
    by_age = sorted(others, key=lambda entry: (entry.written, entry.step), reverse=True)
    for entry in by_age[max(0, MOST - len(taken)) :]:
        entry.path.unlink(missing_ok=True)


def _name(step: int, game: "Highlight", taken: set[str]) -> str:
    name = f"{step:09d}-{game.players}p-{game.kind}-{game.score}"
    numbered = (f"{name}-{number}.json" for number in count(2))
    return next(each for each in chain([f"{name}.json"], numbered) if each not in taken)
