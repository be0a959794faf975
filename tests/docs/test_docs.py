"""The documentation says what the code does."""

import itertools
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from engine import preset
from engine.game import canonical
from engine.game.moves import SHARED, Kind, table
from engine.settings.checks import check
from engine.settings.config import PRESETS, Config, preset_values
from engine.settings.config_file import from_toml, toml_value
from engine.settings.keys import KEYS

ROOT = Path(__file__).parents[2]
WRITER = runpy.run_path(str(ROOT / "scripts" / "write_docs.py"))


@pytest.mark.parametrize("page", [*WRITER["PAGES"], *WRITER["FILES"]])
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


EXAMPLE = (ROOT / "docs" / "distributed_config.example.toml").read_text(encoding="utf-8")


def test_the_example_file_as_it_stands_sets_nothing() -> None:
    assert not any(tomllib.loads(EXAMPLE).values())


def test_the_example_file_without_its_marks_sets_every_key_to_its_default() -> None:
    bare = re.sub(r"^# (\w+ = )", r"\1", EXAMPLE, flags=re.MULTILINE).replace('preset = "cpu"\n', "")
    keys = {key for section in tomllib.loads(bare).values() for key in section}
    assert keys == set(KEYS)
    assert from_toml(bare) == Config()


def test_the_tables_of_settings_say_what_presets_set() -> None:
    for name in PRESETS:
        plain = preset_values(name, {"num_iterations": 5})
        derived = {key for preset_name, key in WRITER["DERIVED"] if preset_name == name}
        assert {key for key in plain if PRESETS[name].get(key) != plain[key]} <= derived


def test_the_examples_of_configuration_are_settings_a_run_can_start_with() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert blocks
    for block in blocks:
        assert check(from_toml(block)) == []
    assert toml_value(KEYS["players"].default) in page
