"""Games from files and links, and what is said where there is none."""

from pathlib import Path

import pytest
from random_game import random_game

from engine import chance, preset
from engine.errors import RecordingError
from engine.records import hanablive, link
from hanabi_tui.commands.game_source import load

GOLDEN = Path(__file__).parents[2] / "golden" / "full-3-players.json"


def test_games_load_from_files_and_links(tmp_path: Path) -> None:
    assert load(str(GOLDEN)) == (hanablive.load(GOLDEN.read_text(), "golden"), 0)
    game = random_game(preset("full"), chance.stream(1))
    code = link.encode(game)
    assert load(code) == (game, 0)
    assert load(f"{link.ADDRESS}{code}#12") == (game, 11)


def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"^no such file: nowhere\.json; give a hanab\.live JSON file"
    ):
        load("nowhere.json")
    with pytest.raises(FileNotFoundError, match=r"^no such file: \?\[2Jx\?;"):
        load("\x1b[2Jx\0")
    for nothing in ("", "  "):
        with pytest.raises(FileNotFoundError, match=r"^no name of a file given; give a hanab\.live"):
            load(nothing)
    with pytest.raises(FileNotFoundError):
        load("x" * 5000)
    with pytest.raises(IsADirectoryError, match="is a directory; give the file of one game"):
        load(str(tmp_path))
    cut = tmp_path / "cut.json"
    cut.write_bytes(GOLDEN.read_bytes()[:700])
    with pytest.raises(RecordingError, match=r"cut\.json: not JSON, or cut off"):
        load(str(cut))


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(RecordingError, match="/dev/zero: 1000001 bytes given"):
        load("/dev/zero")
