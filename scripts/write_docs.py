"""Write into docs/ what the code knows best. A test says when it must be run again: `make docs`."""

import re
from collections.abc import Callable
from pathlib import Path

from engine import observation

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


PAGES: dict[str, Callable[[], str]] = {"game.md": row_layout}
"""Which page takes which text, between its two marks."""


def written(page: str) -> str:
    """A page as it should be."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return _BETWEEN.sub(lambda marks: marks[1] + PAGES[page]() + marks[2], text)


if __name__ == "__main__":
    for page in PAGES:
        (DOCS / page).write_text(written(page), encoding="utf-8")
