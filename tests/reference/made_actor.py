"""Actors as a worker with the usual settings makes them, but for what a test says."""

from collections.abc import Sequence

from engine.game.chance import Stream
from engine.game.variants import Variant
from engine.players.acting import Actor, Exploration
from engine.settings.config import SimulationSection, TrainingSection

SIMULATION, TRAINING = SimulationSection(), TrainingSection()


def made_actor(
    variants: Sequence[Variant],
    stream: Stream,
    *,
    exploration: float = SIMULATION.exploration,
    spread: float = SIMULATION.exploration_spread,
    moves: int = SIMULATION.moves_per_chunk,
    other_play: bool = False,
) -> Actor:
    """An actor of these games."""
    return Actor(
        variants,
        stream,
        Exploration(exploration, spread),
        moves=moves,
        discount=TRAINING.discount,
        trace=TRAINING.trace,
        other_play=other_play,
    )
