"""Taking a run up: from nothing, or from its newest sound generation; and again when its learner was lost.

Generation, replay, database and learner are all brought to the same step; what came after it never happened.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from engine import events as e
from engine.config import Config, variants_of
from engine.crew import Crew
from engine.directory import STATE, Directory
from engine.errors import EngineError
from engine.examining import Examiner
from engine.generations import LEARNER, Counters, Generation, GenerationError, Generations
from engine.keeping import Keeper, games_of, pending_of
from engine.learner import Greeting, Learner, LearnerError, Welcome
from engine.metrics import Database
from engine.replay import BLOCK_SAMPLES, Replay
from engine.sample import SAMPLE
from engine.schedule import share_done
from engine.training import Training
from engine.variants import Variant

Connect = Callable[[], Learner]
"""What brings a run to its learner, not greeted yet. Raises ConnectionError, and LearnerError for good."""

Tell = Callable[[e.AnyEvent], None]


class RunError(EngineError):
    """A run that cannot begin or go on; says what to do."""


@dataclass
class Parts:
    """What a run is made of, once it was taken up."""

    training: Training
    keeper: Keeper
    examiner: Examiner
    database: Database

    def stop(self) -> None:
        """End the workers."""
        self.training.crew.stop()


def take_up(config: Config, directory: Directory, connect: Connect, run: str, tell: Tell) -> Parts:
    """Start all parts where the run stands.

    Args:
      config: of the run.
      directory: held by this process.
      connect: to the learner.
      run: the id that a new run shall have.
      tell: takes events.

    Raises:
      RunError: no sound generation of a run that had some, or one of another model.
      ReplayError, LearnerError, CrewError, ConnectionError, OSError.
    """
    generations = Generations(directory.generations)
    generation = _newest(generations, directory, tell)
    if generation is not None:
        _check_model(config, generation)
    saved = directory.saved()
    keeper = Keeper(generations, generation.manifest.run if generation else saved.run if saved else run)
    replay = _open_replay(config, directory, keeper, tell)
    database = Database(directory.database)
    if database.found:
        tell(e.Notice(time=time.time(), step=0, text=database.found, warning=True))
    variants = variants_of(config.game_ranges)
    # both take seconds to start: where it is known how many weights there are, they do so at once
    crew = _begin_crew(config, variants, generation, directory, replay) if generation else None
    try:
        learner = connect()
        _stand(config, keeper, generation, replay, database, learner)
        crew = crew or _begin_crew(config, variants, _first_weights(learner), directory, replay)
        training = Training(config, replay, crew, learner)
        _begin(training, generation, learner)
        crew.await_ready()
        crew.play()
    except BaseException:
        if crew is not None:
            crew.stop()
        raise
    return Parts(training, keeper, Examiner(variants), database)


def _begin_crew(
    config: Config,
    variants: tuple[Variant, ...],
    start: Generation | int,
    directory: Directory,
    replay: Replay,
) -> Crew:
    """A crew that has begun to start: from a generation, or for a network of so many weights."""
    if isinstance(start, int):
        crew = Crew(config, variants, start, directory.logs)
        crew.begin()
        return crew
    manifest = start.manifest
    crew = Crew(config, variants, manifest.weights, directory.logs, replay.position)
    crew.begin(_games(config, start, crew))
    return crew


def _first_weights(learner: Learner) -> int:
    weights = learner.weights(-1).result()
    if weights is None:
        raise LearnerError("the learner gave no weights")
    return len(weights.flat)


def is_complete(config: Config, directory: Directory) -> bool:
    """Whether the run in a directory is as long as was set, and its last evaluation done."""
    generation, _ = Generations(directory.generations).newest()
    if generation is None:
        return False
    counters = generation.manifest.counters
    return counters.finished and share_done(config, counters) >= 1


def take_up_again(parts: Parts, learner: Learner, tell: Tell) -> None:
    """Go back to the newest generation with a learner that knows nothing of what came after it.

    Raises RunError where there was one and none is sound, and as `take_up`; then it is to be done again.
    """
    training, keeper = parts.training, parts.keeper
    keeper.forget_cut()
    parts.examiner.forget()
    generation, passed = keeper.generations.newest()
    _tell_damage(keeper.generations, generation, passed, tell)
    if generation is None and keeper.newest >= 0:
        raise RunError(
            f"{keeper.generations.folder} holds no sound generation any more; it had {keeper.newest}"
        )
    training.learner = learner
    _stand(training.config, keeper, generation, training.replay, parts.database, learner)
    _begin(training, generation, learner)
    if training.config.general.serial:
        training.restart_workers(_games(training.config, generation, training.crew))


def _newest(generations: Generations, directory: Directory, tell: Tell) -> Generation | None:
    generation, passed = generations.newest()
    _tell_damage(generations, generation, passed, tell)
    saved = directory.saved()
    if generation is None and (passed or (saved is not None and saved.generation >= 0)):
        had = f"its {STATE} tells of generation {saved.generation}" if saved else "there are ruins of some"
        raise RunError(
            f"{directory.generations} holds no sound generation, but {had}. Put a copy of one back, or begin "
            f"anew with: hanabi-tui fresh --checkpoint-dir {directory.path}"
        )
    return generation


def _tell_damage(
    generations: Generations, used: Generation | None, passed: Sequence[GenerationError], tell: Tell
) -> None:
    step = used.manifest.step if used else 0
    for error in passed:
        tell(e.GenerationDamaged(time=time.time(), step=step, path=str(generations.folder), why=str(error)))


def _check_model(config: Config, generation: Generation) -> None:
    wanted, found = msgspec.structs.asdict(config.model), msgspec.structs.asdict(generation.manifest.model)
    differing = [
        f"{key} = {wanted[key]} (the run has {found[key]})" for key in wanted if wanted[key] != found[key]
    ]
    if differing:
        raise RunError(
            f"[model] does not fit the run in {generation.path.parent.parent}: {', '.join(differing)}. "
            "A network cannot change its shape: set these back, or use another --checkpoint-dir"
        )


def _open_replay(config: Config, directory: Directory, keeper: Keeper, tell: Tell) -> Replay:
    size = config.training.buffer_size
    keeper.slack = 0
    if config.general.serial:
        chunk = config.simulation.games_per_worker * config.simulation.moves_per_chunk
        keeper.slack = max(size // 4, 4 * chunk)
    replay = Replay(directory.replay, size, keeper.slack)
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


def _stand(
    config: Config,
    keeper: Keeper,
    generation: Generation | None,
    replay: Replay,
    database: Database,
    learner: Learner,
) -> None:
    """Bring replay, database and learner to where a generation stands; None: to the start."""
    if generation is None:
        replay.stand_at(0, np.empty(0, dtype=SAMPLE))
        database.forget_after(-1, 0.0)
        keeper.wanted = True
    else:
        keeper.found(generation)
        samples = generation.manifest.counters.samples
        # samples that came after it are sound, and stay; only what is serial must collect them again
        if config.general.serial or replay.position < samples:
            replay.stand_at(samples, pending_of(generation))
        database.forget_after(generation.manifest.step, generation.manifest.counters.seconds)
    welcome = learner.hello(
        Greeting(
            run=keeper.run,
            model=config.model,
            capacity=replay.slots,
            weight_average=config.training.weight_average,
            seed=config.general.seed,
        )
    ).result()
    if generation is None or (welcome.step, welcome.digest) != (
        generation.manifest.step,
        generation.manifest.digest,
    ):
        welcome = _load(learner, generation)


def _load(learner: Learner, generation: Generation | None) -> Welcome:
    welcome = learner.load(generation.read(LEARNER) if generation else b"").result()
    if generation and welcome.digest != generation.manifest.digest:
        raise LearnerError(
            f"the learner's weights have digest {welcome.digest[:12]} after loading {generation.path}, "
            f"which says {generation.manifest.digest[:12]}"
        )
    return welcome


def _begin(training: Training, generation: Generation | None, learner: Learner) -> None:
    counters = generation.manifest.counters if generation else Counters()
    training.stand_at(msgspec.structs.replace(counters, samples=training.replay.position))
    training.mirror_all()
    training.publish_first()


def _games(config: Config, generation: Generation | None, crew: Crew) -> list[bytes]:
    games = games_of(generation) if generation and config.general.serial else []
    return games if len(games) == len(crew) else []
