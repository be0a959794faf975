"""Taking a run up: from nothing, or from its newest sound generation; and again when its learner was lost.

Generation, replay, database and learner are all brought to the same step; what came after it never happened.
A learner that was only out of reach, and made nothing but what it was sent, goes on where it is instead.

What a learner may take long for is done piece by piece, by generators: whoever runs them does other things
in between, and what they raise leaves all to be done again.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
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
from engine.waiting import answered, in_thread

Connect = Callable[[], Learner]
"""What brings a run to its learner, not greeted yet; may take long, and is called by a thread of its own.

Raises ConnectionError, and LearnerError where trying again helps nobody.
"""

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
    crew: Crew | None  # that has begun to start; None: nobody knows yet how many weights there are

    def stop(self) -> None:
        """End the workers."""
        if self.crew is not None:
            self.crew.stop()


@dataclass
class Parts:
    """What a run is made of, once it was taken up."""

    ground: Ground
    training: Training
    keeper: Keeper
    examiner: Examiner
    database: Database

    def stop(self) -> None:
        """End the workers."""
        self.training.crew.stop()


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
    ground = Ground(
        config, directory, generation, keeper, replay, database, variants_of(config.game_ranges), None
    )
    if generation is not None:
        # workers and learner both take seconds to start; here they can do so at once
        ground.crew = _crew(ground, generation.manifest.weights, replay.position)
        ground.crew.begin(_games(config, generation, ground.crew))
    return ground


def take_up(ground: Ground, connect: Connect) -> Generator[None, None, Parts]:
    """Start all parts where the run stands. Raises LearnerError, CrewError, ConnectionError, OSError."""
    config, generation = ground.config, ground.generation
    learner = yield from answered(in_thread(connect, "connect"))
    welcome = yield from _stand(ground, generation, learner)
    if ground.crew is None:
        first = yield from answered(learner.weights(-1))
        if first is None:
            raise LearnerError("the learner gave no weights")
        ground.crew = _crew(ground, len(first.flat))
        ground.crew.begin()
    training = Training(config, ground.replay, ground.crew, learner)
    yield from _begin(training, generation, welcome)
    ground.crew.await_ready()
    ground.crew.play()
    training.trust(welcome)
    return Parts(ground, training, ground.keeper, Examiner(ground.variants), ground.database)


def _crew(ground: Ground, weights: int, since: int = 0) -> Crew:
    return Crew(ground.config, ground.variants, weights, ground.directory.logs, since)


def is_complete(config: Config, directory: Directory) -> bool:
    """Whether the run in a directory is as long as was set, and its last evaluation done."""
    generation, _ = Generations(directory.generations).newest()
    if generation is None:
        return False
    counters = generation.manifest.counters
    return counters.finished and share_done(config, counters) >= 1


def meet_again(parts: Parts, connect: Connect, tell: Tell) -> Generator[None, None, bool]:
    """Go on with a learner that was lost; whether the run stands where it stood, and did not go back.

    Raises as `go_back`.
    """
    training = parts.training
    learner = yield from answered(in_thread(connect, "connect"))
    welcome = yield from answered(learner.hello(_greeting(training.config, parts.keeper, training.replay)))
    if not training.stands_between(welcome):
        yield from go_back(parts, learner, tell)
        return False
    parts.keeper.ask_again()
    parts.examiner.ask_again()
    training.carry_on(learner, welcome)
    return True


def go_back(parts: Parts, learner: Learner, tell: Tell) -> Iterator[None]:
    """Go back to the newest generation with a learner that knows nothing of what came after it.

    Raises RunError where there was one and none is sound, and as `take_up`; then it is to be done again.
    """
    training, keeper = parts.training, parts.keeper
    training.distrust()
    keeper.forget_cut()
    parts.examiner.forget()
    generation, passed = keeper.generations.newest()
    _tell_damage(keeper.generations, generation, passed, tell)
    if generation is None and keeper.newest >= 0:
        raise RunError(
            f"{keeper.generations.folder} holds no sound generation any more; it had {keeper.newest}"
        )
    training.learner = learner
    ground = parts.ground
    welcome = yield from _stand(ground, generation, learner)
    yield from _begin(training, generation, welcome)
    if training.config.general.serial:
        training.restart_workers(_games(training.config, generation, training.crew))
    training.trust(welcome)


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


def _greeting(config: Config, keeper: Keeper, replay: Replay) -> Greeting:
    return Greeting(
        run=keeper.run,
        model=config.model,
        capacity=replay.slots,
        weight_average=config.training.weight_average,
        acting_average=config.training.acting_average,
        seed=config.general.seed,
    )


def _stand(ground: Ground, generation: Generation | None, learner: Learner) -> Generator[None, None, Welcome]:
    """Bring replay, database and learner to where a generation stands; None: to the start."""
    config, keeper, replay = ground.config, ground.keeper, ground.replay
    if generation is None:
        replay.stand_at(0, np.empty(0, dtype=SAMPLE))
        ground.database.forget_after(-1, 0.0)
        keeper.wanted = True
    else:
        keeper.found(generation)
        samples = generation.manifest.counters.samples
        # samples that came after it are sound, and stay; only what is serial must collect them again
        if config.general.serial or replay.position < samples:
            replay.stand_at(samples, pending_of(generation))
        ground.database.forget_after(generation.manifest.step, generation.manifest.counters.seconds)
    welcome = yield from answered(learner.hello(_greeting(config, keeper, replay)))
    if generation is None or (welcome.step, welcome.digest) != (
        generation.manifest.step,
        generation.manifest.digest,
    ):
        welcome = yield from _load(learner, generation)
        # it may have missed what another learner was sent meanwhile, under the same numbers
        welcome = msgspec.structs.replace(welcome, mirrored=(0, 0))
    return welcome


def _load(learner: Learner, generation: Generation | None) -> Generator[None, None, Welcome]:
    welcome = yield from answered(learner.load(generation.read(LEARNER) if generation else b""))
    if generation and (welcome.step, welcome.digest) != (
        generation.manifest.step,
        generation.manifest.digest,
    ):
        raise LearnerError(
            f"the learner stands at step {welcome.step} with digest {welcome.digest[:12]} after loading "
            f"{generation.path}, which says {generation.manifest.digest[:12]}"
        )
    return welcome


def _begin(training: Training, generation: Generation | None, welcome: Welcome) -> Iterator[None]:
    counters = generation.manifest.counters if generation else Counters()
    training.stand_at(msgspec.structs.replace(counters, samples=training.replay.position))
    yield from training.mirror_all(welcome.mirrored)
    yield from training.publish_first()


def _games(config: Config, generation: Generation | None, crew: Crew) -> list[bytes]:
    games = games_of(generation) if generation and config.general.serial else []
    return games if len(games) == len(crew) else []
