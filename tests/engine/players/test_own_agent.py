"""An agent in a file of the user's: found and played, or refused with the place to look at."""

import sys
from pathlib import Path

import pytest

from engine import Games, chance, preset
from engine.errors import AgentError
from engine.players.evaluation import evaluate
from engine.players.own_agent import names_own_agent, open_own_agent

HINTER = '''
"""A bot."""
from dataclasses import dataclass

import numpy as np

from engine import PASS, Games

@dataclass
class Hinter:
    """Hints while it can.

    And then discards.
    """

    games: Games

    def begin(self, games, which): ...

    def act(self, games, stream):
        legal = games.legal_mask()
        return np.where(games.over, PASS, legal.shape[1] - 1 - legal[:, ::-1].argmax(1))

    def watch(self, games, moves): ...

class _Hidden: ...
class Other: ...
NUMBER = 7
def made(games): return Hinter(games)
def odd(games, strength): return Hinter(games)
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mybot.py"
    file.write_text(HINTER)
    return file


def test_a_class_of_a_file_plays(file: Path) -> None:
    found = open_own_agent(f"{file}:Hinter")
    assert (found.name, found.about) == ("mybot.py:Hinter", "Hints while it can.")
    outcome = evaluate([found.make], preset("small", 2), 20, 1)
    assert outcome.games == 20
    made = evaluate([open_own_agent(f"{file}:made").make], preset("small", 2), 20, 1)
    assert made.scores().tolist() == outcome.scores().tolist()


def test_which_names_mean_a_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.py:x").mkdir()  # a run's directory may be called so
    (tmp_path / "notes.txt").touch()
    meant = ["mybot.py:Hinter", "gone.py:X", "mybot.py", "mybot.py:", "notes.txt:X", f"{file}:Hinter"]
    assert [name for name in meant if not names_own_agent(name)] == []
    others = ["hat", "checkpoints", "checkpoints@best", "run.py:x", "run:3", "run:3@7", "py:x"]
    assert [name for name in others if names_own_agent(name)] == []


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("gone.py:X", "gone.py: no such file"),
        ("notes.txt:X", "notes.txt is no .py file; an agent of your own is given as FILE.py:CLASS"),
        ("mybot.py", "say which class of it plays, as in mybot.py:CLASS; its classes: Hinter, Other"),
        ("mybot.py:hinter", "mybot.py has no hinter; its classes: Hinter, Other"),
        ("mybot.py:NUMBER", "mybot.py:NUMBER is a int and makes no agent: give a class, or a function"),
        ("mybot.py:odd", "mybot.py:odd cannot be called with the games .* it takes \\(games, strength\\)"),
        ("mybot.py:Other", "mybot.py:Other cannot be called with the games .* it takes \\(\\)"),
        ("empty.py:X", "empty.py has no X; it has no class of its own"),
        ("broken.py:X", "broken.py:2: SyntaxError: "),
        ("fails.py:X", "fails.py:3: ZeroDivisionError: division by zero"),
        ("lacking.py:X", "lacking.py:1: ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("leaves.py:X", "leaves.py:1: SystemExit: 3"),
        ("through.py:X", "deeper.py:1: ModuleNotFoundError"),
    ],
)
def test_what_is_no_agent_is_refused_with_the_place_to_look_at(
    file: Path, tmp_path: Path, name: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for other, text in {
        "notes.txt": "",
        "empty.py": "from dataclasses import dataclass, Field\n",
        "broken.py": "\ndef x(:\n",
        "fails.py": "def half(x):\n    if x == 0:\n        1 / x\nhalf(0)\n",
        "lacking.py": "import nowhere_to_be_found\n",
        "leaves.py": "raise SystemExit(3)\n",
        "through.py": "import deeper\n",
        "deeper.py": "import nowhere_to_be_found\n",
    }.items():
        (tmp_path / other).write_text(text)
    before = list(sys.path)
    with pytest.raises(AgentError, match=complaint):
        open_own_agent(name)
    assert sys.path == before


def test_what_it_makes_must_be_an_agent(tmp_path: Path) -> None:
    file = tmp_path / "half.py"
    file.write_text(
        "class Half:\n    def __init__(self, games): ...\n    def act(self, games, stream): ...\n"
    )
    games = Games.shuffled([preset("small", 2)], chance.stream(1))
    with pytest.raises(AgentError, match="half.py:Half makes a Half, which lacks begin and watch"):
        open_own_agent(f"{file}:Half").make(games)


def test_files_of_two_folders_have_each_their_own_neighbours(tmp_path: Path) -> None:
    files = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "strength_of_mine.py").write_text(f"WHERE = {folder!r}\n")
        file = tmp_path / folder / "mybot.py"
        file.write_text("import strength_of_mine as rules\n\ndef where(games): return rules.WHERE\n")
        files.append(file)
    makers = [open_own_agent(f"{file}:where").maker for file in (*files, files[0])]
    games = Games.shuffled([preset("small", 2)], chance.stream(1))
    assert [maker(games) for maker in makers] == ["a", "b", "a"]
    assert not any(str(tmp_path) in place for place in sys.path)


def test_what_a_file_prints_is_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "talks.py"
    file.write_text("print('hello')\ndef make(games): ...\n")
    open_own_agent(f"{file}:make")
    assert capsys.readouterr() == ("", "hello\n")
