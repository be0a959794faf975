"""Write into docs/ what the code knows best. A test says when it must be run again: `make docs`."""

import re
import runpy
import textwrap
from collections.abc import Callable
from pathlib import Path

import msgspec

from engine.contracts import events
from engine.contracts.log_lines import PARTS
from engine.game import observation
from engine.settings.config import PRESETS, SECTIONS
from engine.settings.config_file import toml_value
from engine.settings.keys import ABOUT, Key, keys_of
from hanabi_tui.foreground.wandb_sink import key_of

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
    ("cpu", "max_colors"): "what the variant has, or a list of larger ones",
    ("cpu", "max_ranks"): "what the variant has, or a list of larger ones",
    ("cpu", "max_hand_size"): "what the variant has, or a list of larger ones",
    ("cpu", "minutes"): "60; 0 where num_iterations is set",
    ("gpu", "device"): "auto; cpu where serial is set",
}
"""What a preset makes of other keys (engine.settings.config.preset_values)."""


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
        "# cpu or gpu; without it: gpu where gpu_host is set or transport is dialled, else cpu. What it",
        "# sets is said with each key.",
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


def metrics() -> str:
    """Every metric of Progress and Score, and every other kind of event."""
    in_lines = {field: f"`{part.label}`" for part in PARTS for field in part.fields}
    in_lines["time"] = "in front"
    of_score = {"mean": "`±`", "error": "`±`", "perfect": "`perfect`", "struck_out": "`struck out`"}
    of_score |= {"players": "`players`", "variant": "unless `full`"}
    return "\n".join(
        [
            "## Progress",
            "",
            f"{_told(events.Progress)} Table `progress`.",
            "",
            *_table(events.Progress, in_lines, lambda name: key_of(events.Progress, name)),
            "",
            "## Evaluations",
            "",
            f"{_told(events.Evaluated)} Table `evaluations`: one row for each variant; `evaluation` is the "
            "same number for all of one evaluation.",
            "",
            *_table(
                events.Evaluated,
                {"time": "in front", "step": "`at step`", "best": "`best so far`", "final": "`last`"},
                lambda name: "" if name == "scores" else key_of(events.Evaluated, name),
                skip=("scores",),
            ),
            "",
            "Each variant's score:",
            "",
            *_table(events.Score, of_score, _key_of_score),
            "",
            "## Other events",
            "",
            "A line each, and a row of `events` each: number, `time`, `step`, `kind` as here, the whole "
            "event as JSON in `body`, and `void`.",
            "",
            "| kind | when | fields |",
            "|---|---|---|",
            *(
                _row_of(kind)
                for kind in events.AnyEvent.__args__
                if kind not in (events.Progress, events.Evaluated)
            ),
            "",
        ]
    )


def _told(kind: type) -> str:
    return (kind.__doc__ or "").strip()


def _table(
    kind: type[msgspec.Struct], lines: dict[str, str], key: Callable[[str], str], skip: tuple[str, ...] = ()
) -> list[str]:
    rows = ["| metric and column | unit | meaning | computed | log line | W&B |", "|---|---|---|---|---|---|"]
    for metric in events.metrics(kind):
        if metric.name not in skip:
            where = f"{lines.get(metric.name, '')} | {key(metric.name) and f'`{key(metric.name)}`'}"
            rows.append(f"| `{metric.name}` | {metric.unit} | {metric.meaning} | {metric.how} | {where} |")
    return rows


def _key_of_score(name: str) -> str:
    return "" if name == "variant" else f"evaluation/…/{name}"


def _row_of(kind: type[msgspec.Struct]) -> str:
    fields = " · ".join(
        f"`{metric.name}` {metric.meaning}{f', {metric.unit}' * (metric.unit not in metric.meaning)}"
        for metric in events.metrics(kind)
        if metric.name not in ("time", "step")
    )
    return f"| `{kind.__name__}` | {_told(kind)} | {fields} |"


PAGES: dict[str, Callable[[], str]] = {
    "game.md": row_layout,
    "configuration.md": settings,
    "metrics.md": metrics,
}
"""Which page takes which text, between its two marks."""


def dashboard() -> str:
    """The Grafana dashboard (scripts/grafana.py)."""
    made: str = runpy.run_path(str(Path(__file__).with_name("grafana.py")))["dashboard"]()
    return made


FILES: dict[str, Callable[[], str]] = {
    "distributed_config.example.toml": example,
    "grafana.json": dashboard,
}
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
