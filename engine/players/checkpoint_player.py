"""A checkpoint at the table: which generation a name means, and the player it holds.

    checkpoints                         a run's directory: its newest sound generation
    checkpoints@best                    the sound one of the highest score
    checkpoints@12400                   the one of a step
    checkpoints/generations/000012400   a generation, wherever it lies

What plays is the average of weights, which plays better than the weights of any one step. It plays on the
CPU, with as many threads as torch finds fit for the machine (OMP_NUM_THREADS sets another number).
"""

from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch

from engine.errors import AgentError, ConfigError
from engine.game.games import Games
from engine.networks import weights
from engine.networks.architectures import build
from engine.networks.largest import Largest, largest_of
from engine.networks.network import Network, judge_of
from engine.networks.transformer import ModelError
from engine.players.player import Player
from engine.settings.config import GameRangesSection
from engine.store.directory import GENERATIONS, read_settings
from engine.store.generations import Generations
from engine.store.manifest import LEARNER, MANIFEST, Generation, GenerationError, open_generation

AVERAGE = "average"
"""The tensor of LEARNER that plays."""

BEST = "best"


@dataclass(frozen=True)
class Checkpoint:
    """A generation that was read and found sound, with its network.

    Attributes:
      generation: which one it is.
      network: with the average of weights.
      chosen: how it was chosen where its name left that open, as "the newest generation"; empty: it did not.
      passed: why others were passed over that would have been chosen before it.
    """

    generation: Generation
    network: Network
    chosen: str = ""
    passed: tuple[GenerationError, ...] = ()

    @property
    def name(self) -> str:
        """Short: `checkpoints@12400`."""
        return f"{self.home.name}@{self.generation.manifest.step}"

    @property
    def home(self) -> Path:
        """The run's directory; the generation itself where it lies outside of one."""
        path = self.generation.path.resolve()
        return path.parent.parent if path.parent.name == GENERATIONS else path

    @property
    def largest(self) -> Largest:
        """The largest games that it can see."""
        return largest_of(self.generation.manifest.model)

    def make(self, games: Games) -> Player:
        """Seat it (engine.players.evaluation.Maker). Raises AgentError for games too large for it."""
        try:
            return Player(games, judge_of(self.network), self.largest)
        except AgentError as error:
            raise AgentError(f"{self.name}: {error}") from None

    def trained_on(self) -> GameRangesSection | None:
        """The games that its run was last started with; None where nothing says so."""
        try:
            return read_settings(self.home).game_ranges
        except ConfigError:
            return None


def open_checkpoint(name: str) -> Checkpoint:
    """Read a checkpoint, every checksum verified.

    Args:
      name: as above.

    Raises GenerationError where there is none, or none that is sound, or one that this version cannot play.
    """
    path, which = _split(name)
    if path.is_file():
        raise GenerationError(
            f"{path} is a file; a checkpoint is a folder with a {MANIFEST}, made by training"
        )
    if not path.is_dir():
        raise GenerationError(f"{path}: no such folder; give a run's directory or one of its generations")
    if (path / MANIFEST).exists() and not which:
        generation = open_generation(path)
        return Checkpoint(generation, network_of(generation))
    folder = path if path.name == GENERATIONS else path / GENERATIONS
    generations = Generations(folder)
    if not generations.paths():
        raise GenerationError(f"{path} holds no checkpoint: there are no generations in {folder}")
    if which.isdigit():
        generation = open_generation(_of_step(generations, int(which)))
        return Checkpoint(generation, network_of(generation))
    paths = generations.by_score() if which else generations.paths()
    if not paths:
        raise GenerationError(
            f"{name}: no evaluation was made before any generation in {folder}; name a step"
        )
    return _first_sound(paths, f"the {which or 'newest'} generation")


def network_of(generation: Generation) -> Network:
    """The network of a generation, with the average of its weights, ready to play.

    Raises GenerationError for weights that do not fit, or numbers that make no network.
    """
    where = f"{generation.path / LEARNER}"
    with torch.random.fork_rng(devices=[]):  # first weights are drawn, and thrown away
        try:
            network = build(generation.manifest.model)
        except ModelError as error:
            raise GenerationError(f"{generation.path} cannot play: {error}") from None
    try:
        found = safetensors.torch.load(generation.read(LEARNER))
    except GenerationError:
        raise
    except Exception as error:  # safetensors has errors of its own for each way to be no such file
        raise GenerationError(f"{where} cannot be read: {error}") from None
    flat = weights.flatten(network)
    average = found.get(AVERAGE)
    if average is None or average.shape != flat.shape:
        shape = "missing" if average is None else list(average.shape)
        raise GenerationError(f"{where}: {AVERAGE} is {shape}; this network needs {list(flat.shape)}")
    if not torch.isfinite(average).all():
        raise GenerationError(f"{where}: {AVERAGE} holds weights that are no numbers")
    flat.copy_(average)
    return network.eval()


def _split(name: str) -> tuple[Path, str]:
    """Path, and what stands behind the last @: a step, `best`, or nothing."""
    path, at, which = name.rpartition("@")
    if not at or Path(name).exists():
        return Path(name), ""
    if which != BEST and not (which.isascii() and which.isdigit()):
        raise GenerationError(f"{name}: behind @ stands {BEST} or a step, as in {path}@12400")
    return Path(path), which


def _of_step(generations: Generations, step: int) -> Path:
    path = generations.path_of(step)
    if not path.is_dir():
        there = sorted(int(each.name) for each in generations.paths())
        shown = ", ".join(map(str, there[-6:]))
        raise GenerationError(
            f"{generations.folder} has no generation {step}; there {'are … ' if there[6:] else 'are '}{shown}"
        )
    return path


def _first_sound(paths: list[Path], chosen: str) -> Checkpoint:
    passed: list[GenerationError] = []
    for path in paths:
        try:
            generation = open_generation(path)
        except GenerationError as error:
            passed.append(error)
        else:
            return Checkpoint(generation, network_of(generation), chosen, tuple(passed))
    more = f" (and {len(passed) - 1} more)" if passed[1:] else ""
    raise GenerationError(f"no sound generation: {passed[0]}{more}")
