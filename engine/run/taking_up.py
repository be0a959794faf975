"""Taking a run up: from nothing, or from its newest sound generation; and again when its learner was lost.

Generation, replay, database and learner are all brought to the same step; what came after it never happened.
A learner that was only out of reach, and made nothing but what it was sent, goes on where it is instead.

What a learner may take long for is done piece by piece, by generators: whoever runs them does other things
in between, and what they raise leaves all to be done again.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np

from engine.contracts.learner import Greeting, Learner, LearnerError, Welcome
from engine.run.examining import Examiner
from engine.run.ground import Ground, RunError, Tell, kept_games, newest_of
from engine.run.keeping import Keeper, pending_of
from engine.store.manifest import LEARNER, Counters, Generation
from engine.store.sample import SAMPLE
from engine.training.pace import earned
from engine.training.training import Training
from engine.training.waiting import answered, in_thread

Connect = Callable[[], Learner]
"""What brings a run to its learner, not greeted yet; may take long, and is called by a thread of its own.

Raises ConnectionError, and LearnerError where trying again helps nobody.
"""


@dataclass
class Parts:
    """What a run is made of, once it was taken up."""

    ground: Ground
    training: Training
    keeper: Keeper
    examiner: Examiner


def take_up(ground: Ground, connect: Connect) -> Generator[None, None, Parts]:
    """Start all parts where the run stands. Raises LearnerError, CrewError, ConnectionError, OSError."""
    learner = yield from answered(in_thread(connect, "connect"))
    welcome = yield from _stand(ground, ground.generation, learner, tainted=ground.tainted, anew=True)
    if ground.crew is None:
        first = yield from answered(learner.weights(-1))
        if first is None:
            raise LearnerError("the learner gave no weights")
        ground.start_crew(len(first.flat))
    assert ground.crew is not None
    training = Training(ground.config, ground.replay, ground.crew, learner)
    yield from _begin(training, ground, ground.generation, welcome)
    ground.crew.await_ready()
    ground.crew.play()
    training.trust(welcome)
    return Parts(ground, training, ground.keeper, Examiner(ground.variants))


def meet_again(parts: Parts, connect: Connect, tell: Tell) -> Generator[None, None, bool]:
    """Go on with a learner that was lost; whether the run stands where it stood, and did not go back.

    Raises as `go_back`.
    """
    training = parts.training
    learner = yield from answered(in_thread(connect, "connect"))
    welcome = yield from answered(
        learner.hello(Greeting.of(training.config, parts.keeper.run, training.replay.slots))
    )
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
    keeper.ask_again()
    parts.examiner.forget()
    generation = newest_of(keeper.generations, tell)
    if generation is None and keeper.newest >= 0:
        raise RunError(
            f"{keeper.generations.folder} holds no sound generation any more; it had {keeper.newest}"
        )
    training.learner, tainted = learner, training.tainted
    welcome = yield from _stand(parts.ground, generation, learner, tainted=tainted, anew=False)
    yield from _begin(training, parts.ground, generation, welcome)
    if training.config.general.serial:
        training.restart_workers(kept_games(generation, training.crew))
    elif tainted:
        training.renew_workers()
    training.tainted = False  # not before: whoever is broken off here does all of it again
    training.trust(welcome)


def _stand(
    ground: Ground, generation: Generation | None, learner: Learner, *, tainted: bool, anew: bool
) -> Generator[None, None, Welcome]:
    """Bring replay, database and learner to where a generation stands; None: to the start.

    What was set while the run ran holds as long as its process lives: it does where that is not `anew`.
    """
    config, keeper, replay = ground.config, ground.keeper, ground.replay
    if generation is None:
        replay.stand_at(0, np.empty(0, dtype=SAMPLE))
        ground.database.forget_after(-1, 0.0, settings=anew)
        keeper.wanted = True
    else:
        keeper.found(generation)
        samples = generation.manifest.counters.samples
        # samples that came after it are sound, and stay, unless values ran away that their targets are made
        # of; what is serial must collect them again
        if config.general.serial or tainted or replay.position < samples:
            replay.stand_at(samples, pending_of(generation))
        manifest = generation.manifest
        ground.database.forget_after(manifest.step, manifest.counters.seconds, settings=anew)
    welcome = yield from answered(learner.hello(Greeting.of(config, keeper.run, replay.slots)))
    if generation is None or not _stands_at(welcome, generation):
        welcome = yield from _load(learner, generation)
        # it may have missed what another learner was sent meanwhile, under the same numbers
        welcome = msgspec.structs.replace(welcome, mirrored=(0, 0))
    return welcome


def _load(learner: Learner, generation: Generation | None) -> Generator[None, None, Welcome]:
    welcome = yield from answered(learner.load(generation.read(LEARNER) if generation else b""))
    if generation and not _stands_at(welcome, generation):
        raise LearnerError(
            f"the learner stands at step {welcome.step} with digest {welcome.digest[:12]} after loading "
            f"{generation.path}, which says {generation.manifest.digest[:12]}"
        )
    return welcome


def _stands_at(welcome: Welcome, generation: Generation) -> bool:
    return (welcome.step, welcome.digest) == (generation.manifest.step, generation.manifest.digest)


def _begin(
    training: Training, ground: Ground, generation: Generation | None, welcome: Welcome
) -> Iterator[None]:
    counters = generation.manifest.counters if generation else Counters()
    best, games = _best(ground, counters)
    samples = training.replay.position
    # what stays of what came after it earns the steps again that were made of it and are undone
    stays = min(samples - counters.samples, len(training.replay))
    credit = counters.credit + earned(training.config, stays, games=0)
    training.stand_at(
        msgspec.structs.replace(counters, samples=samples, credit=credit, best=best, best_of=games)
    )
    yield from training.mirror_all(welcome.mirrored)
    yield from training.publish_first()


def _best(ground: Ground, counters: Counters) -> tuple[float | None, tuple[str, ...]]:
    """The best score so far of the games that are played now, and these.

    The evaluation of a generation's own weights may have ended after it was cut; run.db has it, but may have
    lost others to a power cut.
    """
    games = tuple(map(str, ground.variants))
    stored = counters.best if set(counters.best_of) in (set(), set(games)) else None
    known = [best for best in (stored, ground.database.best(games)) if best is not None]
    return max(known, default=None), games
