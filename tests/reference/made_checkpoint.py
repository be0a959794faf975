"""Checkpoints as training makes them, of a network that has learned nothing."""

from pathlib import Path

from engine.contracts.learner import Greeting
from engine.learning.learning import Learning
from engine.settings.config import ModelSection
from engine.store.generations import Generations
from engine.store.manifest import LEARNER, Counters, Generation, Manifest

SMALL = ModelSection(architecture="mlp", max_players=3, hidden_size=16, hidden_layers=1)


def learned(seed: int = 0, model: ModelSection = SMALL) -> Learning:
    """A learner at step 0, with the first weights of a seed."""
    learning = Learning()
    learning.hello(
        Greeting(run="a-run", model=model, capacity=16, weight_average=0.9, acting_average=0.5, seed=seed)
    )
    learning.load(b"")
    return learning


def save(
    run: Path, step: int = 7, seed: int = 0, score: float | None = None, model: ModelSection = SMALL
) -> Generation:
    """A generation in a run's directory."""
    snapshot = learned(seed, model).snapshot()
    return Generations(run / "generations").save(
        Manifest(
            run="a-run",
            created=0.0,
            model=model,
            digest=snapshot.digest,
            weights=len(snapshot.data),
            score=score,
            counters=Counters(step=step),
            files={},
        ),
        {LEARNER: snapshot.data},
    )
