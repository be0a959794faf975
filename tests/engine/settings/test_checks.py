"""What does not go together is refused before a run starts, and its keys are named."""

import pytest

from engine.settings.checks import check
from engine.settings.config import (
    Config,
    GeneralSection,
    IterationSection,
    ModelSection,
    NetworkSection,
    SimulationSection,
)


def test_the_defaults_go_together() -> None:
    assert check(Config()) == []


def test_a_socket_of_a_learner_on_no_machine_is_refused() -> None:
    (mistake,) = check(Config(network=NetworkSection(gpu_socket="/run/learner")))
    assert "[network] gpu_socket" in mistake
    assert "gpu_host" in mistake
    assert check(Config(network=NetworkSection(gpu_socket="/run/learner", gpu_host="laptop"))) == []
    assert check(Config(network=NetworkSection(gpu_socket="/run/learner", transport="dialled"))) == []


def test_what_is_serial_asks_nobody_afar() -> None:
    config = Config(
        general=GeneralSection(serial=True),
        iteration=IterationSection(num_iterations=1),
        simulation=SimulationSection(inference="remote"),
    )
    assert [mistake for mistake in check(config) if "inference local" in mistake]


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        (
            ModelSection(d_model=1024, num_heads=8),
            "d_model = 1024 and [model] num_layers = 4 make some 50 million",
        ),
        (
            ModelSection(architecture="mlp", hidden_size=8192),
            "hidden_size = 8192 and [model] hidden_layers = 2",
        ),
    ],
)
def test_networks_whose_checkpoints_cannot_travel_are_refused(model: ModelSection, keys: str) -> None:
    (mistake,) = check(Config(model=model))
    assert keys in mistake
    assert "35 million: make the network smaller" in mistake
    assert check(Config(model=ModelSection(d_model=512, num_heads=8, num_layers=8))) == []
