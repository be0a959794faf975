"""What can be set about a run is said once, in types, and comes back from TOML as it was."""

from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Variant
from engine.settings.config import (
    SECTIONS,
    Config,
    GameRangesSection,
    GeneralSection,
    IterationSection,
    ModelSection,
    NetworkSection,
    SimulationSection,
    check,
    variants_of,
)
from engine.settings.config_file import from_toml, to_toml
from engine.settings.keys import KEYS, Key, Kind, build


def values_of(key: Key) -> st.SearchStrategy[Any]:
    """Whatever a key may hold."""
    hint = get_type_hints(get_type_hints(Config)[key.section])[key.name]
    words = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=9)
    bounds = msgspec.inspect.type_info(key.type)
    while isinstance(bounds, msgspec.inspect.Metadata):
        bounds = bounds.type
    match bounds:
        case msgspec.inspect.IntType():
            return st.integers(bounds.ge, bounds.le)
        case msgspec.inspect.FloatType():
            return st.floats(bounds.ge, bounds.le)
        case msgspec.inspect.LiteralType():
            return st.sampled_from(bounds.values)
        case msgspec.inspect.StrType():
            return words.filter(bool) if bounds.min_length else words
        case msgspec.inspect.VarTupleType():
            items = words if key.kind is Kind.texts else st.integers(2, 5)
            return st.lists(items, min_size=bounds.min_length or 0, max_size=4).map(tuple)
    return st.from_type(hint)


CONFIGS = st.fixed_dictionaries({key.name: values_of(key) for key in KEYS.values() if not key.secret}).map(
    build
)


def test_no_two_sections_have_a_key_of_the_same_name() -> None:
    hints = get_type_hints(Config)
    names = [name for section in SECTIONS for name in get_type_hints(hints[section])]
    assert len(set(names)) == len(names)
    assert list(KEYS) == names
    assert all(hasattr(getattr(Config(), KEYS[name].section), name) for name in names)


@given(CONFIGS)
def test_any_settings_come_back_from_toml_as_they_were(config: Config) -> None:
    assert from_toml(to_toml(config)) == config
    assert msgspec.convert(msgspec.to_builtins(config), Config) == config


def test_every_combination_of_the_lists_is_a_game() -> None:
    assert variants_of(GameRangesSection(players=(2, 4))) == (Variant(2), Variant(4))
    ranges = GameRangesSection(variant="small", players=(2, 3), colors=(2, 3))
    assert {(v.players, v.colours, v.hand_size, v.life_tokens) for v in variants_of(ranges)} == {
        (players, colours, 2, 1) for players in (2, 3) for colours in (2, 3)
    }
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
