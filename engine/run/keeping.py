"""Keeping a run: when a generation is cut, and how it is written."""

import contextlib
import time
from collections.abc import Collection

import numpy as np

from engine.contracts import events as e
from engine.contracts.learner import LearnerError
from engine.store.generations import Generations
from engine.store.manifest import LEARNER, PENDING, Generation, Manifest
from engine.store.sample import SAMPLE
from engine.training.training import Cut, Training


class Keeper:
    """Saves generations of one run.

    Attributes:
      generations: all of them.
      newest: the step of the newest, −1 before the first.
      wanted: whether one shall be saved as soon as can be.
      kept: what the newest one of this process was made of.
      slack: in serial mode, samples after which the next one is due, or the replay could not go back.
    """

    def __init__(self, generations: Generations, run: str, games: Collection[str]) -> None:
        """`games` are those that it is evaluated by."""
        self.generations, self.run, self._games_now = generations, run, set(games)
        self.newest, self.wanted = -1, False
        self._steps: list[int] = []  # of the generations since this process stood at one, and that one
        self._newest_score: float | None = None
        self._held: list[tuple[int, float]] = []  # steps since the newest generation, and their scores
        self.slack = 0
        self.kept: Cut | None = None
        self._cut: Cut | None = None
        self._games: list[bytes] = []
        self._saved_at = 0.0  # seconds of training
        self._samples = 0  # collected then

    def found(self, generation: Generation) -> None:
        """A generation that the run goes on from."""
        manifest = generation.manifest
        self.run, self.newest = manifest.run, manifest.step
        same_games = set(manifest.counters.best_of) in (set(), self._games_now)
        self._steps = [manifest.step] if same_games else []
        self._newest_score, self._held = manifest.score if same_games else None, []
        self._saved_at, self._samples = manifest.counters.seconds, manifest.counters.samples
        self._cut = None

    def note(self, step: int, score: float) -> None:
        """Take in what the weights of a step scored: it is the score of the first generation since.

        A generation is mostly cut as its evaluation begins, and there when that ends.
        """
        since = self._first_since(step)
        if since is None:
            self._held.append((step, score))
            return
        if since == self.newest:
            self._newest_score = score
        with contextlib.suppress(OSError):  # the disk is full: it is said where more depends on it
            self.generations.note(since, score)

    def _first_since(self, step: int) -> int | None:
        return next((saved for saved in self._steps if saved >= step), None)

    def ask_again(self) -> None:
        """Begin the generation under way anew: the learner that was asked for it is gone, or was."""
        self.wanted = self.busy
        self._cut = None

    @property
    def busy(self) -> bool:
        """Whether a generation is wanted or under way."""
        return self.wanted or self._cut is not None

    def turn(self, training: Training, evaluated: int | None) -> e.GenerationSaved | None:
        """Cut or write a generation if it is time. Raises OSError, LearnerError, ConnectionError.

        `evaluated` is the step whose weights are being evaluated; None: none.
        """
        config = training.config
        if not self.busy and self._due(training):
            self.wanted = True
        if self.wanted and self._cut is None and self._begin(training):
            self.wanted = False
        if self._cut is None or not self._cut.snapshot.done():
            return None
        cut, self._cut = self._cut, None
        try:
            generation = self._save(training, cut)
        except ConnectionError:
            self.wanted = True
            raise
        except OSError:
            self._cut = cut  # what came from the learner is written when there is room
            raise
        self.newest, self._saved_at = generation.manifest.step, cut.counters.seconds
        self._samples, self.kept = cut.counters.samples, cut
        self._steps.append(self.newest)
        self._newest_score = generation.manifest.score
        self._held = [each for each in self._held if each[0] > self.newest]
        self.tidy(config.general.keep_generations, evaluated)
        return e.GenerationSaved(
            time=time.time(),
            step=self.newest,
            path=str(generation.path),
            size=sum(file.size for file in generation.manifest.files.values()),
        )

    def tidy(self, keep: int, evaluated: int | None) -> None:
        """All but the newest go, the best, and the one whose score is on its way: it may be the best."""
        awaited = None if evaluated is None else self._first_since(evaluated)
        self.generations.tidy(keep, awaited)
        newest = self._steps[-keep:]
        self._steps = [step for step in self._steps if step == awaited or step in newest]

    def _due(self, training: Training) -> bool:
        counters, config = training.counters, training.config
        if self.slack and counters.samples - self._samples + 2 * config.simulation.chunk_samples > self.slack:
            return True
        return counters.seconds - self._saved_at >= config.general.checkpoint_interval

    def _begin(self, training: Training) -> bool:
        serial = training.config.general.serial
        if serial and (not training.quiet or training.crew.evaluating):
            return False  # to ask workers for their games would wait for an evaluation
        self._games = training.crew.keep() if serial else []
        if serial and training.crew.lost:
            return False  # its successor's games are others: the run goes back first
        if serial:
            training.replay.flush()  # so that a power cut, too, leaves what the next start shall repeat
        self._cut = training.cut()
        return True

    def _score_at(self, step: int) -> float | None:
        """Who saves the newest generation once more does not take its score from it."""
        known = self._newest_score if step == self.newest else None
        return next((score for held, score in reversed(self._held) if held <= step), known)

    def _save(self, training: Training, cut: Cut) -> Generation:
        snapshot = cut.snapshot.result()
        if snapshot.step != cut.counters.step:  # a step before it was refused
            raise LearnerError(f"the learner's snapshot is of step {snapshot.step}, not {cut.counters.step}")
        manifest = Manifest(
            run=self.run,
            created=time.time(),
            model=training.config.model,
            digest=snapshot.digest,
            weights=training.crew.weight_count,
            score=self._score_at(cut.counters.step),
            counters=cut.counters,
            files={},
        )
        files = {LEARNER: snapshot.data, PENDING: cut.pending}
        files |= {f"worker-{number}.bin": games for number, games in enumerate(self._games)}
        return self.generations.save(manifest, files)


def pending_of(generation: Generation) -> "np.ndarray":
    """SAMPLE[N]: samples that were in no block of the replay when the generation was cut."""
    return np.frombuffer(generation.read(PENDING), dtype=SAMPLE)


def games_of(generation: Generation) -> list[bytes]:
    """The games of each worker, where they were kept."""
    names = sorted(name for name in generation.manifest.files if name.startswith("worker-"))
    return [generation.read(name) for name in names]
