"""Write into docs/ what the code knows best. A test says when it must be run again: `make docs`."""

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

from engine import observation
from engine.config import PRESETS, SECTIONS
from engine.config_file import toml_value
from engine.keys import ABOUT, Key, keys_of

DOCS = Path(__file__).parent.parent / "docs"
_BETWEEN = re.compile(r"(<!-- written by scripts/write_docs\.py -->\n).*?(<!-- end -->)", re.DOTALL)


def row_layout() -> str:
    """The compact row as a table: bytes, field, shape, meaning."""
    lines = [
        f"Version {observation.VERSION}, {observation.WIDTH} bytes.",
        "",
        "| bytes | field | shape | meaning |",
        "|---|---|---|---|",
    ]
    fields = observation.ROW.fields or {}
    for name, meaning in observation.MEANINGS.items():
        dtype, start = fields[name][:2]
        end = start + dtype.itemsize - 1
        where = str(start) if end == start else f"{start}–{end}"
        shape = " × ".join(map(str, dtype.shape)) or "1"
        lines.append(f"| {where} | `{name}` | {shape} | {meaning} |")
    return "\n".join(lines) + "\n"


DERIVED = {
    ("cpu", "max_players"): "the largest of players",
    ("cpu", "minutes"): "60; 0 where num_iterations is set",
}
"""What a preset makes of other keys (engine.config.preset_values)."""


def settings() -> str:
    """Every key, a table for each section."""
    lines = []
    for section in SECTIONS:
        lines += [
            f"### `[{section}]`",
            "",
            f"{_sentence(ABOUT[section])}",
            "",
            "| key | default | cpu preset | gpu preset | allowed | unit | live | meaning |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for key in keys_of(section):
            presets = " | ".join(_by_preset(name, key) for name in ("cpu", "gpu"))
            default = "" if key.secret else f"`{toml_value(key.default)}`"
            live = "yes" if key.live else ""
            cells = (f"`{key.name}`", default, presets, key.allowed, key.unit, live, key.meaning)
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def _by_preset(name: str, key: Key) -> str:
    if (name, key.name) in DERIVED:
        return DERIVED[name, key.name]
    return f"`{toml_value(PRESETS[name][key.name])}`" if key.name in PRESETS[name] else ""


def example() -> str:
    """A settings file that changes nothing: every key is there, behind a #."""
    lines = [
        "# Settings of hanabi-tui. Copy to ./distributed_config.toml and take the # off what you change.",
        "# docs/configuration.md explains; `hanabi-tui config` shows what a run would start with.",
        "",
        "# cpu or gpu; without it: gpu where gpu_host is set, else cpu. What it sets is said with each key.",
        '# preset = "cpu"',
    ]
    for section in SECTIONS:
        lines += ["", "", f"[{section}]", f"# {_sentence(ABOUT[section])}"]
        for key in keys_of(section):
            lines += ["", *textwrap.wrap(_explained(key), 98, initial_indent="# ", subsequent_indent="# ")]
            lines.append(f"# {key.name} = {toml_value(key.default)}")
    return "\n".join(lines) + "\n"


def _explained(key: Key) -> str:
    facts = [key.unit, key.allowed]
    facts += [
        f"{name} preset: {_by_preset(name, key).strip('`')}" for name in PRESETS if _by_preset(name, key)
    ]
    facts += ["may be changed during a run"] * key.live
    return f"{_sentence(key.meaning)} ({'; '.join(filter(None, facts))})"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


PAGES: dict[str, Callable[[], str]] = {"game.md": row_layout, "configuration.md": settings}
"""Which page takes which text, between its two marks."""

FILES: dict[str, Callable[[], str]] = {"distributed_config.example.toml": example}
"""Which file is made whole."""


def written(page: str) -> str:
    """A page or file as it should be."""
    if page in FILES:
        return FILES[page]()
    text = (DOCS / page).read_text(encoding="utf-8")
    return _BETWEEN.sub(lambda marks: marks[1] + PAGES[page]() + marks[2], text)


if __name__ == "__main__":
    for page in [*PAGES, *FILES]:
        (DOCS / page).write_text(written(page), encoding="utf-8")
