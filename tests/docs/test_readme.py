"""The README's examples run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=["games", "bots"])
def test_the_examples_run(block: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[0]) > 0.5


def test_the_two_first_commands_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    first = [line.split()[1] for line in README.splitlines() if line.startswith("    make ")]
    assert first == ["run", "test"]
    assert all(f"\n{target}: " in makefile for target in first)


def test_links_lead_to_pages() -> None:
    pages = [README, *(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))]
    for page, folder in zip(pages, [ROOT] + [ROOT / "docs"] * (len(pages) - 1), strict=True):
        for target in re.findall(r"\]\(((?!http)[^)#]+)", page):
            assert (folder / target).exists(), target
