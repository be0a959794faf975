"""Settings as TOML text: written, and read strictly."""

import json
import re
import tomllib
from typing import Any

from engine.errors import ConfigError
from engine.settings.config import SECTIONS, Config
from engine.settings.keys import KEYS, Key, build, keys_of, nearest, number, value_of


def to_toml(config: Config) -> str:
    """Every setting, section by section; secrets are left out."""
    sections = []
    for section in SECTIONS:
        shown = [key for key in keys_of(section) if not key.secret]
        lines = [f"{key.name} = {toml_value(value_of(config, key))}\n" for key in shown]
        sections.append(f"[{section}]\n{''.join(lines)}")
    return "\n".join(sections)


def from_toml(text: str, name: str = "config.toml") -> Config:
    """What to_toml wrote; what is missing has its default. Does not check what goes together.

    Args:
      text: TOML.
      name: of the file, for messages.

    Raises ConfigError, which names everything that is wrong.
    """
    values, mistakes = read_toml(text, name)
    if mistakes:
        raise ConfigError(mistakes)
    return build(values)


def toml_value(value: Any) -> str:
    """A value of a key as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{number(value)}.0" if value.is_integer() else number(value)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, str):
        return json.dumps(
            value, ensure_ascii=False
        )  # no control characters in it: then TOML writes it so too
    return f"[{', '.join(map(toml_value, value))}]"


def read_toml(text: str, name: str, top: tuple[Key, ...] = ()) -> tuple[dict[str, Any], list[str]]:
    """The values in a TOML file by key, and all that is wrong with the file, a sentence each.

    Args:
      text: TOML.
      name: of the file, for messages.
      top: keys that stand before all sections.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return {}, [f"{name}: not TOML: {error or 'nested too deeply'}"]
    reader = _Reader(text, name, {key.name: key for key in top})
    for word, content in document.items():
        if isinstance(content, dict) and word in SECTIONS:
            for key, value in content.items():
                reader.key(word, key, value)
        else:
            reader.stray(word, content)
    return reader.values, reader.mistakes


class _Reader:
    """One reading of one file."""

    def __init__(self, text: str, name: str, top: dict[str, Key]) -> None:
        self._lines, self._name, self._top = text.splitlines(), name, top
        self.values: dict[str, Any] = {}
        self.mistakes: list[str] = []

    def key(self, section: str, word: str, value: Any) -> None:
        """A key found in a section."""
        where = self._where(section, word)
        names = [key.name for key in keys_of(section)]
        if word in names:
            self._take(where, KEYS[word], value)
        elif word in KEYS:
            self.mistakes.append(f"{where}: belongs in [{KEYS[word].section}]")
        elif word in self._top:
            self.mistakes.append(f"{where}: belongs at the top of the file, before all sections")
        else:
            hint = nearest(word, names) or nearest(word, list(KEYS)) or f"; there are {', '.join(names)}"
            self.mistakes.append(f"{where}: no such key{hint}")

    def stray(self, word: str, content: Any) -> None:
        """What is found before all sections, or a section nobody knows."""
        if word in self._top:
            self._take(self._where("", word), self._top[word], content)
        elif word in SECTIONS:
            self.mistakes.append(
                f"{self._where(word, '')}: this is a section; write [{word}], once, and its keys below"
            )
        elif word in KEYS:
            self.mistakes.append(f"{self._where('', word)}: belongs in [{KEYS[word].section}]")
        elif isinstance(content, dict):
            hint = nearest(word, list(SECTIONS), "[{}]") or f"; there are [{'] ['.join(SECTIONS)}]"
            self.mistakes.append(f"{self._where(word, '')}: no such section{hint}")
        else:
            hint = nearest(word, [*KEYS, *self._top])
            self.mistakes.append(f"{self._where('', word)}: no such key{hint}")

    def _take(self, where: str, key: Key, value: Any) -> None:
        try:
            self.values[key.name] = key.take(value)
        except ValueError as error:
            given = "" if key.secret else f" = {brief(value)}"
            self.mistakes.append(f"{where}{given}: {error}")

    def _where(self, section: str, word: str) -> str:
        found = line_of(self._lines, section, word)
        line = f", line {found}" if found else ""
        word, section = (each if each.isprintable() else repr(each) for each in (word, section))
        return f"{self._name}{line}: {f'[{section}] {word}' if section else word}".rstrip()


def line_of(lines: list[str], section: str, word: str) -> int:
    """The line, from 1, that sets a key or, without a word, opens a section; 0 where it cannot be told.

    Only the usual way of writing is understood, not `section.key = 1`.
    """
    current = ""
    for number_, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[+\s*[\"']?([^\]\"']*?)[\"']?\s*\]", line):
            current = header[1]
            if not word and current == section:
                return number_
        elif word and current == section and re.match(rf"\s*[\"']?{re.escape(word)}[\"']?\s*=", line):
            return number_
    return 0


def brief(value: Any) -> str:
    """What was given, short enough for a message."""
    try:
        if isinstance(value, str):
            shown = json.dumps(value, ensure_ascii=not value.isprintable())
        else:
            shown = toml_value(value) if isinstance(value, bool | int | float) else repr(value)
    except ValueError:  # Python writes no numbers of thousands of digits
        return "a number of very many digits"
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
