"""What this machine can bear: settings that are good elsewhere, and too much here."""

from engine.errors import ConfigError
from engine.machine.cores import cores
from engine.settings.config import Config

WORKERS_A_CORE = 4
"""More workers on a core only wait for each other, fill the memory, and leave the run no time to answer."""


def check_workers(config: Config) -> None:
    """Raise ConfigError for more workers than this machine can bear, whoever asks for them."""
    wanted, there = config.simulation.num_workers, cores()
    if wanted > WORKERS_A_CORE * there:
        why = (
            f"this machine has {there} core{'s' * (there > 1)}, enough for {WORKERS_A_CORE * there} at most; "
            "each wants one of its own, and some 0.4 GB of memory"
        )
        raise ConfigError([f"[simulation] num_workers = {wanted}: {why}"])
