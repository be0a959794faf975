"""The ground of a run: what its directory holds, opened, and found sound or said to be damaged.

What is lost is begun anew, loudly, as long as there is a generation to go on from. Without one a run begins
only where none ever was.
"""

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.contracts import events as e
from engine.errors import ConfigError, EngineError
from engine.game.variants import Variant
from engine.machine.durable import damaged
from engine.run.keeping import Keeper, games_of
from engine.settings.config import Config
from engine.settings.games import variants_of
from engine.store.directory import RING, STATE, Directory, Saved, read_settings
from engine.store.generations import Generations
from engine.store.manifest import Generation, GenerationError, OtherVersionError
from engine.store.metrics import Database
from engine.store.replay import Replay
from engine.store.ring import BLOCK_SAMPLES, blocks_for, check_layout, is_ruin
from engine.training.ending import share_done
from engine.workers.crew import Crew

Tell = Callable[[e.AnyEvent], None]


class RunError(EngineError):
    """A run that cannot begin or go on; says what to do."""


@dataclass
class Ground:
    """What a run stands on before it has a learner."""

    config: Config
    directory: Directory
    generation: Generation | None
    keeper: Keeper
    replay: Replay
    database: Database
    variants: tuple[Variant, ...]
    tainted: bool = False  # samples since the generation tell of values that had run away
    crew: Crew | None = None  # that has begun to start; None: nobody knows yet how many weights there are

    def start_crew(self, weight_count: int) -> Crew:
        """Have the workers begin to start, where they stood; a network has so many weights.

        Raises OSError; then there is none, and it may be tried again.
        """
        # decks that no life of this run has dealt before, where the replay was lost too; but what is serial
        # shall repeat itself
        since = self.generation.manifest.counters.samples if self.generation else 0
        if self.generation and not self.config.general.serial:
            since = max(self.replay.position, since)
        crew = Crew(self.config, self.variants, weight_count, self.directory.logs, since)
        try:
            crew.begin(kept_games(self.generation, crew) if self.config.general.serial else [])
        except OSError:
            crew.stop()
            raise
        self.crew = crew
        return crew

    def stop(self) -> None:
        """End the workers."""
        if self.crew is not None:
            self.crew.stop()


def open_ground(config: Config, directory: Directory, run: str, tell: Tell) -> Ground:
    """Open what a directory holds of a run.

    Args:
      config: of the run.
      directory: held by this process.
      run: the id that a new run shall have.
      tell: takes events.

    Raises:
      RunError: no sound generation of a run that had some, or one of another model.
      ReplayError, CrewError, OSError.
    """
    generations, saved = Generations(directory.generations), directory.saved()
    generation = _newest(generations, directory, saved, tell)
    if generation is not None:
        _check_model(config, directory.path, generation)
        _tell_other_games(config, directory, generation, tell)
        _tell_missing(directory, saved, generation, tell)
    variants = variants_of(config.game_ranges)
    known = generation.manifest.run if generation else saved.run if saved else run
    keeper = Keeper(generations, known, [str(variant) for variant in variants])
    if generation is not None:
        _move_ruin(config, directory, generation, tell)
    replay = _open_replay(config, directory, keeper, tell)
    if generation is None and saved is None and replay.serial:
        raise _lost(directory, f"its replay holds {len(replay):,} samples")
    database = Database(directory.database)
    if database.found:
        tell(e.Notice(time=time.time(), step=0, text=database.found, warning=True))
    tainted = saved is not None and saved.tainted
    ground = Ground(config, directory, generation, keeper, replay, database, variants, tainted)
    if generation is not None:
        # workers and learner both take seconds to start; here they can do so at once
        crew = ground.start_crew(generation.manifest.weights)
        if config.general.serial and games_of(generation) and not kept_games(generation, crew):
            _begin_other_games(ground, generation, tell)
    return ground


def kept_games(generation: Generation | None, crew: Crew) -> list[bytes]:
    """The games of each worker, where a generation has them and they are those that the crew plays."""
    games = games_of(generation) if generation else []
    return games if crew.fit(games) else []


def newest_of(generations: Generations, tell: Tell) -> Generation | None:
    """The newest sound generation; what is wrong with those passed over is told."""
    generation, passed = generations.newest()
    _tell_passed(generations, generation, passed, tell)
    return generation


def _tell_passed(
    generations: Generations, found: Generation | None, passed: list[GenerationError], tell: Tell
) -> None:
    step = found.manifest.step if found else 0
    for error in passed:
        tell(e.GenerationDamaged(time=time.time(), step=step, path=str(generations.folder), why=str(error)))


def completed(config: Config, directory: Directory) -> Generation | None:
    """The generation with which the run in a directory was as long as set and evaluated, if it is.

    Raises RunError for one of another model.
    """
    generation, _ = Generations(directory.generations).newest()
    if generation is None:
        return None
    counters = generation.manifest.counters
    if not (counters.finished and share_done(config, counters) >= 1):  # without an end there is no share
        return None
    _check_model(config, directory.path, generation)
    return generation


def _newest(
    generations: Generations, directory: Directory, saved: Saved | None, tell: Tell
) -> Generation | None:
    generation, passed = generations.newest()
    others = [error for error in passed if isinstance(error, OtherVersionError)]
    if generation is None and others:
        raise RunError(f"{others[0]}, {_anew(directory.path)}")
    _tell_passed(generations, generation, passed, tell)
    if generation is None and saved is not None and saved.generation >= 0:
        raise _lost(directory, f"its {STATE} tells of generation {saved.generation}")
    if generation is None and generations.paths():
        raise _lost(directory, "there are ruins of some")
    return generation


def _lost(directory: Directory, traces: str) -> RunError:
    """Never begin from random weights where a run was."""
    return RunError(
        f"{directory.generations} holds no sound generation, but {traces}. Put a copy of one back, "
        f"{_anew(directory.path)}"
    )


def _anew(path: Path) -> str:
    return f"or begin anew with: hanabi-tui fresh --checkpoint-dir {shlex.quote(str(path))}"


def _tell_missing(directory: Directory, saved: Saved | None, generation: Generation, tell: Tell) -> None:
    """Say what else a run should have left here, and did not."""
    files = [directory.replay, directory.database]
    missing = [str(path) for path in files if not path.exists() or not path.stat().st_size]
    missing += [str(directory.path / STATE)] if saved is None else []
    for name in missing:
        text = f"{name} is missing, or nothing in it can be read: it is begun anew"
        tell(e.Notice(time=time.time(), step=generation.manifest.step, text=text, warning=True))


def check_fit(config: Config, path: Path, generation: Generation) -> None:
    """Raise RunError or ReplayError where the run in a directory cannot go on with these settings."""
    _check_model(config, path, generation)
    check_layout(path / RING, blocks_for(config.training.buffer_size, slack_of(config)))


def _check_model(config: Config, path: Path, generation: Generation) -> None:
    wanted, found = msgspec.structs.asdict(config.model), msgspec.structs.asdict(generation.manifest.model)
    keys = [key for key in wanted if wanted[key] != found[key]]
    differing = [f"{key} = {wanted[key]} (the run has {found[key]})" for key in keys]
    if not differing:
        return
    back = "set these back"
    if set(keys) <= {"max_colors", "max_ranks", "max_hand_size"}:
        back = "the preset takes these from the games, so give the --variant again that it began with"
    raise RunError(
        f"[model] does not fit the run in {path}: {', '.join(differing)}. A network cannot "
        f"change its shape: {back}, use another --checkpoint-dir, {_anew(path)}"
    )


def _tell_other_games(config: Config, directory: Directory, generation: Generation, tell: Tell) -> None:
    """Say so where the run is to play what it did not play before; nobody may have meant it."""
    try:
        before = variants_of(read_settings(directory.path).game_ranges)
    except ConfigError:  # it only informs
        return
    now = variants_of(config.game_ranges)
    if set(before) != set(now):
        text = (
            f"this run played {_listed(before)} until now, and plays {_listed(now)} from now on, with the "
            "network that it has. For a run of its own: another --checkpoint-dir"
        )
        tell(e.Notice(time=time.time(), step=generation.manifest.step, text=text, warning=True))


def _begin_other_games(ground: Ground, generation: Generation, tell: Tell) -> None:
    """Say that a serial run does not repeat itself from here on; and have it stand on games that it can."""
    text = (
        "the games that its worker had under way are others than are played now (players, variant or "
        "games_per_worker): new ones are dealt"
    )
    tell(e.Notice(time=time.time(), step=generation.manifest.step, text=text, warning=True))
    ground.keeper.wanted = True


def _listed(variants: tuple[Variant, ...]) -> str:
    return " and ".join(map(str, variants))


def slack_of(config: Config) -> int:
    """Samples that the ring of a run holds besides those that are drawn from."""
    if not config.general.serial:
        return 0
    return max(config.training.buffer_size // 4, 4 * config.simulation.chunk_samples)


def _move_ruin(config: Config, directory: Directory, generation: Generation, tell: Tell) -> None:
    """Put a ring that has lost its head aside: samples can be collected again, as long as a generation is."""
    ring = directory.replay
    if not is_ruin(ring, blocks_for(config.training.buffer_size, slack_of(config))):
        return
    aside = damaged(ring)
    ring.rename(aside)
    tell(
        e.ReplayDamaged(
            time=time.time(),
            step=generation.manifest.step,
            why=f"{ring} has lost its beginning: it was moved to {aside}, and an empty one is begun",
            samples=min(config.training.buffer_size, generation.manifest.counters.samples),
        )
    )


def _open_replay(config: Config, directory: Directory, keeper: Keeper, tell: Tell) -> Replay:
    keeper.slack = slack_of(config)
    replay = Replay(directory.replay, config.training.buffer_size, keeper.slack)
    if replay.found:
        tell(
            e.ReplayDamaged(
                time=time.time(),
                step=max(keeper.newest, 0),
                why="; ".join(damage.why for damage in replay.found[:3]),
                samples=len(replay.found) * BLOCK_SAMPLES,
            )
        )
    return replay
