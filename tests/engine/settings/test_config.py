"""What can be set about a run is said once, in types, and comes back from TOML as it was."""

from typing import Any, get_type_hints

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from engine.settings.config import SECTIONS, Config
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
