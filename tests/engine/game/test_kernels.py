"""Compiling the kernels: said once, kept on disk, never stale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import engine

FEW = """
from engine import chance, preset, shuffled_decks
print(shuffled_decks([preset("very-small")], chance.stream(1)))
"""
"""A few kernels, quickly compiled."""

RULES = """
from engine import Games, chance, preset
print(Games.shuffled([preset("very-small")], chance.stream(1)).legal)
"""


def run(program: str, cache: Path, source: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(source or "")}
    return subprocess.run(
        [sys.executable, "-P", "-c", program], env=environment, capture_output=True, text=True, check=True
    )


def test_the_first_compile_is_announced_once_and_the_next_start_is_silent(tmp_path: Path) -> None:
    first, second = run(FEW, tmp_path), run(FEW, tmp_path)
    assert first.stderr.count("Compiling kernels: each once,") == 1
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_a_changed_kernel_in_another_file_is_compiled_anew(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(
        Path(engine.__file__).parent, source / "engine", ignore=shutil.ignore_patterns("__pycache__")
    )
    before, again = (run(RULES, tmp_path / "cache", source) for _ in range(2))
    assert (again.stdout, again.stderr) == (before.stdout, "")
    rules = source / "engine" / "game" / "rules.py"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("if game.info > 0:", "if game.info > 99:"), encoding="utf-8")
    after = run(RULES, tmp_path / "cache", source)
    assert before.stdout != after.stdout
    assert "Compiling" in after.stderr


def test_where_nothing_can_be_kept_it_compiles_anew_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    done = run(FEW, tmp_path / "file" / "cache")
    assert "is not writable, so again at the next start" in done.stderr
