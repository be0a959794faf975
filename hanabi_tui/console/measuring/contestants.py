"""Who can be looked at, measured and compared: a run's checkpoints, those set aside, and the rule bots."""

import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.contracts.events import Evaluated
from engine.errors import ConfigError
from engine.settings.config import GameRangesSection
from engine.settings.games import game_name
from engine.store.directory import DATABASE, GENERATIONS, SETTINGS, read_settings
from engine.store.generations import Generations
from engine.store.history import MetricsError, read
from engine.store.manifest import GenerationError, Manifest, read_manifest


@dataclass(frozen=True)
class Checkpoint:
    """A generation on disk.

    Attributes:
      name: as `hanabi-tui evaluate` and its like take it.
      label: as people call it: its step; behind it where it lies, if it was set aside.
      path: its folder.
      step: it was cut after.
      manifest: what it says of itself; None if that cannot be read.
      why: then, why.
      size: bytes.
      error: standard error of the manifest's score; None: not known.
      aside: whether the run went back behind it.
      newest, best: whether a run would start from it; whether it has the highest score.
    """

    name: str
    label: str
    path: Path
    step: int
    manifest: Manifest | None
    why: str
    size: int
    error: float | None
    aside: bool
    newest: bool = False
    best: bool = False

    @property
    def score(self) -> float | None:
        """Of its own weights, or of the last evaluation before it since the one before."""
        return self.manifest.score if self.manifest else None


def checkpoints(directory: Path) -> tuple[Checkpoint, ...]:
    """All of a run, newest first, those set aside last. Reads manifests and run.db: not for the event loop.

    Args:
      directory: the run's.
    """
    generations = Generations(directory / GENERATIONS)
    evaluations: tuple[Evaluated, ...] = ()
    with contextlib.suppress(MetricsError), read(directory / DATABASE) as history:
        evaluations = history.evaluations()
    paths, scored = generations.paths(), generations.by_score()
    found = []
    for path in paths:
        marks = {"newest": path == paths[0], "best": path in scored[:1]}
        found.append(_checkpoint(path, evaluations, aside=False, **marks))
    return (*found, *(_checkpoint(path, evaluations, aside=True) for path in generations.aside()))


def _checkpoint(
    path: Path, evaluations: Sequence[Evaluated], *, aside: bool, newest: bool = False, best: bool = False
) -> Checkpoint:
    manifest, why = None, ""
    try:
        manifest = read_manifest(path)
    except GenerationError as error:
        why = str(error)
    step = int(path.stem)
    in_place = not aside and not path.suffix
    return Checkpoint(
        name=f"{path.parent.parent.resolve()}@{step}" if in_place else str(path.resolve()),
        label=f"{step:,}" if in_place else f"{step:,} ({path.parent.name if aside else path.name})",
        path=path,
        step=step,
        manifest=manifest,
        why=why,
        size=_size(path, manifest),
        error=_error(manifest, evaluations),
        aside=aside,
        newest=newest,
        best=best,
    )


def _size(path: Path, manifest: Manifest | None) -> int:
    if manifest is not None:
        return sum(file.size for file in manifest.files.values())
    size = 0
    with contextlib.suppress(OSError):  # it may be removed meanwhile
        size = sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return size


def _error(manifest: Manifest | None, evaluations: Sequence[Evaluated]) -> float | None:
    """The standard error of a manifest's score, from the evaluation that it is of."""
    if manifest is None or manifest.score is None:
        return None
    for event in reversed(evaluations):
        if event.step <= manifest.step and math.isclose(event.mean, manifest.score):
            return event.error
    return None


@dataclass(frozen=True)
class Shelf:
    """What lies in a run's directory.

    Attributes:
      checkpoints: newest first, those set aside last.
      variant: the game that the run plays, as engine.named takes it.
      players: with how many, the fewest first.
      stamp: changes when checkpoints or settings do.
    """

    checkpoints: tuple[Checkpoint, ...] = ()
    variant: str = "full"
    players: tuple[int, ...] = (2,)
    stamp: tuple[int, ...] = ()


def shelf(directory: Path) -> Shelf:
    """Look at a run's directory. Reads files: not for the event loop."""
    stamp = stamp_of(directory)  # first: what changes meanwhile is looked at again
    played = GameRangesSection(players=(2,))
    with contextlib.suppress(ConfigError):
        played = read_settings(directory).game_ranges
    return Shelf(checkpoints(directory), game_name(played), tuple(sorted(set(played.players))), stamp)


def stamp_of(directory: Path) -> tuple[int, ...]:
    """Changes when a checkpoint comes, goes, is set aside, or has a score noted, or if settings are others.

    A look at each folder, and at config.toml.
    """
    generations = directory / GENERATIONS
    stamps = []
    with contextlib.suppress(OSError):
        folders = (generations, *sorted(generations.iterdir()))
        stamps = [folder.stat().st_mtime_ns for folder in folders]
    with contextlib.suppress(OSError):
        stamps.append((directory / SETTINGS).stat().st_mtime_ns)
    return tuple(stamps)
