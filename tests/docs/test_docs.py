"""The documentation says what the code does."""

import runpy
from pathlib import Path

import pytest

from engine import canonical, preset
from engine.moves import SHARED, Kind, Move, number

ROOT = Path(__file__).parents[2]
WRITER = runpy.run_path(str(ROOT / "scripts" / "write_docs.py"))


@pytest.mark.parametrize("page", WRITER["PAGES"])
def test_what_the_code_writes_into_a_page_is_up_to_date(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert text == WRITER["written"](page), "run `make docs`"


def test_the_move_table_gives_the_numbers_of_the_code() -> None:
    two = preset("full")
    assert [number(Move(kind, 4 if kind < 2 else 0, 1, 4), two) for kind in Kind] == [4, 9, 14, 19]
    assert number(Move(Kind.COLOUR, offset=3, value=2), SHARED) == 10 + 5 * 2 + 2
    assert number(Move(Kind.RANK, offset=3, value=2), SHARED) == 30 + 5 * 2 + 2


def test_the_vector_table_gives_the_lengths_of_the_code() -> None:
    text = (ROOT / "docs" / "game.md").read_text(encoding="utf-8").split("## HLE's vector")[1]
    for players in (2, 3, 4, 5):
        cells = next(line for line in text.splitlines() if line.startswith(f"| {players} | ")).split("|")[
            2:-1
        ]
        total, *sections = map(int, cells)
        assert total == sum(sections) == canonical.length(preset("full", players))
