"""All settings of a run, and what presets set.

`hanabi_tui.settings` fills these types from file, environment and flags. Nothing here loads numba or numpy:
the command line makes its help from these types.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from engine.settings.games import limits_of
from engine.settings.sections import (
    GameRangesSection,
    GeneralSection,
    IterationSection,
    LoggingSection,
    ModelSection,
    NetworkSection,
    PathsSection,
    SimulationSection,
    TrainingSection,
)

__all__ = [
    "PRESETS",
    "SECTIONS",
    "Config",
    "GameRangesSection",
    "GeneralSection",
    "IterationSection",
    "LoggingSection",
    "ModelSection",
    "NetworkSection",
    "PathsSection",
    "SimulationSection",
    "TrainingSection",
    "preset_values",
]


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of a run."""

    network: NetworkSection = NetworkSection()
    model: ModelSection = ModelSection()
    training: TrainingSection = TrainingSection()
    simulation: SimulationSection = SimulationSection()
    game_ranges: GameRangesSection = GameRangesSection()
    iteration: IterationSection = IterationSection()
    logging: LoggingSection = LoggingSection()
    paths: PathsSection = PathsSection()
    general: GeneralSection = GeneralSection()


SECTIONS: tuple[str, ...] = Config.__struct_fields__

PRESETS: dict[str, dict[str, Any]] = {
    "cpu": {
        "architecture": "mlp",
        "batch_size": 1024,
        "learning_rate": 1e-3,
        "buffer_size": 1_000_000,
        "replay_ratio": 0.5,
        "train_steps_per_iteration": 100,
        "minutes": 60.0,
    },
    "gpu": {
        "architecture": "transformer",
        "batch_size": 1024,
        "buffer_size": 1_000_000,
        "device": "auto",
    },
}
"""What each preset sets; preset_values() adds what depends on other keys."""


def preset_values(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a preset sets, next to the values that were given for other keys.

    `cpu` makes its network no larger than the games need, and ends by the clock only where nobody said after
    how many iterations the run ends.
    """
    values = dict(PRESETS[name])
    if given.get("serial"):
        values.pop("device", None)  # the same bits on every machine are wanted
    if name == "cpu":
        values |= limits_of(given)
        if given.get("num_iterations"):
            del values["minutes"]
    return values
