"""Write into docs/ what the code knows best. A test says when it must be run again: `make docs`."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from engine import events, observation
from engine.log_lines import PARTS
from hanabi_tui.wandb_sink import key_of

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
            f"{_told(events.Evaluated)} Table `evaluations`: one row for each variant; `evaluation` is the same "
            "number for all of one evaluation.",
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
            "A line each, and a row of `events` each: number, `time`, `step`, `kind` as here, the whole event as "
            "JSON in `body`, and `void`.",
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
    return "" if name in ("variant", "players") else f"evaluation/…/{name}"


def _row_of(kind: type[msgspec.Struct]) -> str:
    fields = " · ".join(
        f"`{metric.name}` {metric.meaning}{f', {metric.unit}' * (metric.unit not in metric.meaning)}"
        for metric in events.metrics(kind)
        if metric.name not in ("time", "step")
    )
    return f"| `{kind.__name__}` | {_told(kind)} | {fields} |"


PAGES: dict[str, Callable[[], str]] = {"game.md": row_layout, "metrics.md": metrics}
"""Which page takes which text, between its two marks."""


def written(page: str) -> str:
    """A page as it should be."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return _BETWEEN.sub(lambda marks: marks[1] + PAGES[page]() + marks[2], text)


if __name__ == "__main__":
    for page in PAGES:
        (DOCS / page).write_text(written(page), encoding="utf-8")
