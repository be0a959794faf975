"""Every command in README and docs exists, with every flag it is given there."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hanabi_tui import systemd
from remote.__main__ import parser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
DESCRIBE = """
import json, typer
from hanabi_tui.cli import app
root = typer.main.get_command(app)
flags = lambda command: [name for option in command.params for name in (*option.opts, *option.secondary_opts)]
print(json.dumps({"": flags(root), **{name: flags(command) for name, command in root.commands.items()}}))
"""
UNITS = re.compile(r"systemd/[\w@.-]+\.(?:service|env\.example)")


def in_code(text: str) -> str:
    """What stands in code blocks and between backticks, a line each."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    rest = re.sub(r"```\w*\n.*?```", "", text, flags=re.DOTALL)
    return "\n".join(
        [*blocks, *re.findall(r"^    .*$", rest, re.MULTILINE), *re.findall(r"`([^`\n]+)`", rest)]
    )


def calls(program: str, text: str) -> list[list[str]]:
    """The words behind each mention of a program, to the end of that command."""
    code = in_code(text).replace(".venv/bin/", "").replace(f" {program} ", f"\n{program} ")
    found = re.findall(rf"(?<![\w@/-]){program} ([^;|&>#…)\n]*)", code)
    return [words.split() for words in found]


@pytest.fixture(scope="module")
def flags() -> dict[str, set[str]]:
    """The flags of every command; of none: what `hanabi-tui` itself takes."""
    # a command line makes only the flags that it may hold; a shell that completes one wants them all
    everything = os.environ | {"_HANABI_TUI_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE], capture_output=True, text=True, check=True, env=everything
    )
    return {name: {*flags, "--help", "-h"} for name, flags in json.loads(done.stdout).items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_says_of_hanabi_tui_can_be_typed(page: Path, flags: dict[str, set[str]]) -> None:
    for words in calls("hanabi-tui", page.read_text(encoding="utf-8")):
        command = ""
        words = [word for word in words if word != "…"]
        if words and not words[0].startswith("-"):
            command = words[0]
            assert command in flags, words
        if words[:1] == ["systemd"]:
            systemd.parser().parse_args([*words[1:], "--user"] if len(words) == 2 else words[1:])
            continue
        given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert given <= flags[command] | {"--install-completion", "--show-completion"}, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_says_of_hanabi_gpu_can_be_typed(page: Path) -> None:
    known = parser().format_help()
    for words in calls("hanabi-gpu", page.read_text(encoding="utf-8")):
        for flag in (word for word in words if word.startswith("--")):
            assert re.search(rf"{flag}\b", known), words


def test_the_scripts_and_units_that_pages_name_are_there() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"scripts/[\w.]+\.(?:sh|py)", text)) | set(UNITS.findall(text))
    assert len(named) > 8
    tracked = ""
    if shutil.which("git") is not None:
        command = ["git", "ls-files"]
        tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for name in named:
        assert (ROOT / name).is_file(), name
    assert not tracked or "systemd" in tracked.split()  # the link to hanabi_tui/units
