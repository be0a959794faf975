"""What docs/recorded-games.md shows is what happens."""

import doctest
import re
from pathlib import Path

import pytest

from hanabi_tui.commands.replay import ACTIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "recorded-games.md").read_text(encoding="utf-8")
BLOCKS = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ROWS = re.compile(r"^\| (`.*?) \| ", re.MULTILINE)


def test_the_examples_give_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCKS.findall(PAGE)
    assert len(blocks) > 5
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "recorded-games.md", None, 0)
    told: list[str] = []
    outcome = doctest.DocTestRunner().run(examples, out=told.append)
    assert outcome.failed == 0, "".join(told)


def test_the_table_names_every_key() -> None:
    told = " ".join(ROWS.findall(PAGE)).replace("space", "` `")
    for keys, _, _ in ACTIONS:
        assert all(f"`{key}`" in told for key in keys)
