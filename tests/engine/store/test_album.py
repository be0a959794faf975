"""The games that a run keeps of its evaluations."""

import os
import time
from pathlib import Path

import pytest

from engine.contracts.orders import Highlight
from engine.store import album

GAME = b'{"players":[]}'


def highlight(kind: str = "first", score: int = 3) -> Highlight:
    return Highlight(kind=kind, players=2, score=score, game=GAME)


def test_the_names_say_step_players_kind_and_score(tmp_path: Path) -> None:
    folder = tmp_path / "games"
    album.keep(folder, 12_400, [highlight("best", 25), highlight("struck-out", 0)])
    assert sorted(path.name for path in folder.iterdir()) == [
        "000012400-2p-best-25.json",
        "000012400-2p-struck-out-0.json",
    ]
    best, struck_out = album.entries(folder)
    assert (best.step, best.players, best.kind, best.score) == (12_400, 2, "best", 25)
    assert (struck_out.kind, struck_out.score) == ("struck-out", 0)
    assert best.path.read_bytes() == GAME


def test_games_of_two_variants_that_have_all_in_common_are_both_kept(tmp_path: Path) -> None:
    album.keep(tmp_path, 7, [highlight("struck-out", 0)] * 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "000000007-2p-struck-out-0-2.json",
        "000000007-2p-struck-out-0-3.json",
        "000000007-2p-struck-out-0.json",
    ]
    assert [(entry.kind, entry.score) for entry in album.entries(tmp_path)] == [("struck-out", 0)] * 3
    album.keep(tmp_path, 7, [highlight("struck-out", 0)])
    assert len(album.entries(tmp_path)) == 3


def test_the_newest_steps_come_first_and_other_files_are_no_games(tmp_path: Path) -> None:
    for step in (7, 900, 30):
        album.keep(tmp_path, step, [highlight()])
    (tmp_path / "notes.txt").write_text("mine")
    assert [entry.step for entry in album.entries(tmp_path)] == [900, 30, 7]


def test_the_oldest_go_when_there_are_many_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("mine")
    for step in range(album.MOST):
        album.keep(tmp_path, step, [highlight()])
        os.utime(album.entries(tmp_path)[0].path, (step, step))
    album.keep(tmp_path, 1_000, [highlight("best"), highlight("worst")])
    steps = [entry.step for entry in album.entries(tmp_path)]
    assert len(steps) == album.MOST
    assert min(steps) == 2
    assert (tmp_path / "mine.json").exists()


def test_without_a_folder_there_are_no_games(tmp_path: Path) -> None:
    assert album.entries(tmp_path / "games") == []
    album.keep(tmp_path / "games", 3, [])
    assert not (tmp_path / "games").exists()


def test_a_folder_that_cannot_be_written_is_an_oserror_and_leaves_no_pieces(tmp_path: Path) -> None:
    (tmp_path / "games").write_text("a file stands where the folder should")
    with pytest.raises(OSError, match="games"):
        album.keep(tmp_path / "games", 3, [highlight()])


def test_what_was_just_written_stays_though_the_clock_was_set_back(tmp_path: Path) -> None:
    ahead = time.time() + 3600
    for step in range(album.MOST):
        album.keep(tmp_path, step, [highlight()])
    for entry in album.entries(tmp_path):
        os.utime(entry.path, (ahead, ahead))
    album.keep(tmp_path, 1_000, [highlight("best")])
    steps = [entry.step for entry in album.entries(tmp_path)]
    assert (steps[0], len(steps)) == (1_000, album.MOST)
