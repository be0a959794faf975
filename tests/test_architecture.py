"""Imports point down only; pyproject.toml says how. docs/architecture.md says what each file holds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_import_layers_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout


def test_every_file_beneath_the_commands_has_its_line() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    files = [path for folder in ("engine", "remote") for path in sorted((ROOT / folder).rglob("[a-z]*.py"))]
    files = [path for path in files if "bots" not in path.parts]  # BOTS lists them
    assert [path.name for path in files if f"{path.name}`" not in page] == []
