"""The documentation says what the code does."""

import itertools
import runpy
from pathlib import Path

import pytest

from engine import canonical, preset
from engine.moves import SHARED, Kind, table

ROOT = Path(__file__).parents[2]
WRITER = runpy.run_path(str(ROOT / "scripts" / "write_docs.py"))


@pytest.mark.parametrize("page", WRITER["PAGES"])
def test_what_the_code_writes_into_a_page_is_up_to_date(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert text == WRITER["written"](page), "run `make docs`"


def rows_below(page: str, header: str) -> list[list[str]]:
    """The cells of the table whose header line begins so."""
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").split(header)[1].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in itertools.takewhile(bool, lines)]


def test_the_move_table_gives_the_numbers_of_the_code() -> None:
    for words, formula, two_players, shared in rows_below("game.md", "| move | id |"):
        kind = next(kind for kind in Kind if kind.name.lower() in words)
        for variant, said in ((preset("full"), formula), (preset("full", 4), formula), (SHARED, shared)):
            sizes = {"H": variant.hand_size, "C": variant.colours, "R": variant.ranks, "P": variant.players}
            for m, move in enumerate(table(variant)):
                if move.kind is kind:
                    names = {**sizes, "s": move.slot, "c": move.value, "r": move.value, "offset": move.offset}
                    expression = said.replace("·", "*").replace("−", "-")
                    assert eval(expression, {"__builtins__": {}}, names) == m
        of_two = [m for m, move in enumerate(table(preset("full"))) if move.kind is kind]
        assert two_players == f"{of_two[0]}–{of_two[-1]}"


def test_the_preset_table_gives_the_numbers_of_the_code() -> None:
    for name, colours, ranks, hand, info, lives in rows_below("game.md", "| preset |"):
        variant = preset(name)
        assert [colours, ranks, info, lives] == [
            str(n) for n in (variant.colours, variant.ranks, variant.info_tokens, variant.life_tokens)
        ]
        assert hand.startswith(str(variant.hand_size))


def test_the_vector_table_gives_the_lengths_of_the_code() -> None:
    text = (ROOT / "docs" / "game.md").read_text(encoding="utf-8").split("## HLE's vector")[1]
    for players in (2, 3, 4, 5):
        cells = next(line for line in text.splitlines() if line.startswith(f"| {players} | ")).split("|")[
            2:-1
        ]
        total, *sections = map(int, cells)
        assert total == sum(sections) == canonical.length(preset("full", players))
