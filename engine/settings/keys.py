"""Every key that can be set, as a table made from the types of the sections."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_type_hints

import msgspec
from msgspec import inspect

from engine.errors import ConfigError
from engine.settings.config import SECTIONS, Config


class Kind(Enum):
    """What a key holds."""

    whole = "whole number"
    real = "number"
    truth = "true or false"
    choice = "one of some words"
    text = "text"
    wholes = "whole numbers"
    texts = "texts"

    @property
    def several(self) -> bool:
        """Whether it is a list."""
        return self in (Kind.wholes, Kind.texts)


@dataclass(frozen=True)
class Key:
    """One thing that can be set."""

    name: str
    section: str  # empty: stands before all sections
    type: Any  # for msgspec, with its bounds
    kind: Kind
    default: Any
    meaning: str
    allowed: str  # in words: "whole numbers 1 to 65_536"
    unit: str = ""
    live: bool = False  # may be changed while the run runs
    secret: bool = False  # is not shown
    otherwise: str = ""  # what can be set instead of what is not allowed

    def __str__(self) -> str:
        return f"[{self.section}] {self.name}" if self.section else self.name

    def take(self, value: Any) -> Any:
        """A value of a TOML file as the key's type. Raises ValueError, which says what is allowed."""
        try:
            return msgspec.convert(value, self.type)
        except msgspec.ValidationError:
            instead = f"; {self.otherwise}" if self.otherwise else ""
            raise ValueError(f"allowed: {self.allowed}{instead}") from None

    def read(self, text: str) -> Any:
        """The value that a flag or the environment gives as text; lists are separated by commas.

        Raises ValueError, which says what is allowed.
        """
        if self.kind.several:
            return self.take(
                [self._read_one(part.strip()) for part in text.split(",")] if text.strip() else []
            )
        return self.take(self._read_one(text))

    def _read_one(self, text: str) -> Any:
        try:
            match self.kind:
                case Kind.whole | Kind.wholes:
                    return int(text)
                case Kind.real:
                    return float(text)
                case Kind.truth:
                    return {
                        "true": True,
                        "yes": True,
                        "1": True,
                        "false": False,
                        "no": False,
                        "0": False,
                    }.get(text.strip().lower(), text)
                case _:
                    return text
        except ValueError:
            return text  # take() refuses it

    def shown(self, value: Any) -> str:
        """A value for people: numbers that can be read, secrets that cannot."""
        if self.secret:
            return "set" if value else "not set"
        if self.kind.several:
            return ", ".join(map(str, value)) or "none"
        if self.kind is Kind.truth:
            return "true" if value else "false"
        return number(value) if isinstance(value, int | float) else value or "empty"


def number(value: float) -> str:
    """A number as people read it and as TOML, flags and environment take it: 100_000, 0.5, 1e-05."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):_}" if abs(value) >= 10_000 else str(int(value))
    return repr(value)


def _kind(kind: inspect.Type) -> tuple[Kind, str]:
    match kind:
        case inspect.Metadata():
            return _kind(kind.type)
        case inspect.BoolType():
            return Kind.truth, "true, false"
        case inspect.LiteralType():
            return Kind.choice, ", ".join(map(str, kind.values))
        case inspect.IntType():
            return Kind.whole, f"whole numbers {number(kind.ge or 0)} to {number(kind.le or 0)}"
        case inspect.FloatType():
            return Kind.real, f"numbers {number(kind.ge or 0)} to {number(kind.le or 0)}"
        case inspect.StrType():
            least = ", not empty" if kind.min_length else ""
            return Kind.text, f"text without control characters{least}"
        case inspect.VarTupleType():
            item, allowed = _kind(kind.item_type)
            least = ", at least one" if kind.min_length else ""
            return (Kind.wholes if item is Kind.whole else Kind.texts), f"a list of {allowed}{least}"
    raise NotImplementedError(f"a key of type {kind}")


def _key(section: str, field: inspect.Field, kind: Any) -> Key:
    assert isinstance(field.type, inspect.Metadata), field.name
    what, allowed = _kind(field.type)
    meaning = (field.type.extra_json_schema or {})["description"]
    more = field.type.extra or {}
    return Key(field.name, section, kind, what, field.default, meaning, allowed, **more)


def _keys() -> dict[str, Key]:
    found = {}
    for section, struct in get_type_hints(Config).items():
        types = get_type_hints(struct, include_extras=True)
        described = inspect.type_info(struct)
        assert isinstance(described, inspect.StructType)
        for field in described.fields:
            found[field.name] = _key(section, field, types[field.name])
    return found


KEYS: dict[str, Key] = _keys()
"""Every key by its name, section by section; no two sections have a key of the same name."""

ABOUT: dict[str, str] = {
    section: (struct.__doc__ or "").partition(": ")[2].partition("\n")[0].rstrip(".")
    for section, struct in get_type_hints(Config).items()
}
"""What each section is about."""


def keys_of(section: str) -> list[Key]:
    """The keys of a section, in order."""
    return [key for key in KEYS.values() if key.section == section]


def build(values: dict[str, Any]) -> Config:
    """A Config of values that take() or read() gave; what is missing has its default."""
    sections = get_type_hints(Config)
    return Config(
        **{
            section: sections[section](
                **{k.name: values[k.name] for k in keys_of(section) if k.name in values}
            )
            for section in SECTIONS
        }
    )


def value_of(config: Config, key: Key) -> Any:
    """What a Config has for a key."""
    return getattr(getattr(config, key.section), key.name)


def open_settings(config: Config) -> dict[str, dict[str, Any]]:
    """All settings by section and key, but for those that are secret; as JSON has them."""
    return {
        section: {
            key.name: msgspec.to_builtins(value_of(config, key)) for key in keys_of(section) if not key.secret
        }
        for section in SECTIONS
    }


def from_open(settings: Mapping[str, Mapping[str, Any]]) -> Config:
    """The Config that open_settings() told of; what is missing has its default, but secrets count as set.

    Raises ConfigError for values of another version, which this one does not allow.
    """
    values = {key.name: "not told" for key in KEYS.values() if key.secret}
    for key in KEYS.values():
        if key.name in settings.get(key.section, {}):
            value = settings[key.section][key.name]
            try:
                values[key.name] = key.take(value)
            except ValueError as error:
                raise ConfigError([f"{key} = {value} is of another version: {error}"]) from None
    return build(values)


def nearest(name: str, names: list[str], wrap: str = "{}") -> str:
    """A question for the closest names, to put behind a refusal; empty if none is close."""
    close = get_close_matches(name, names, n=3, cutoff=0.7)
    return f"; did you mean {' or '.join(wrap.format(each) for each in close)}?" if close else ""
