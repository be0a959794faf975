"""Runs to compare with."""

from pathlib import Path

import pytest

from hanabi_tui.console.charts.other_runs import neighbours, run_in, short_names


def made(parent: Path, *names: str) -> list[Path]:
    for name in names:
        (parent / name).mkdir(parents=True)
        (parent / name / "run.db").touch()
    return [parent / name for name in names]


def test_neighbours_are_the_directories_beside_it_that_hold_a_run(tmp_path: Path) -> None:
    own, other = made(tmp_path, "own", "other")
    (tmp_path / "empty").mkdir()
    assert neighbours(own) == [other]
    assert neighbours(tmp_path / "nowhere" / "at all") == []


def test_a_run_is_named_by_its_directory_or_by_its_run_db(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run,) = made(tmp_path, "run")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run_in(str(run)) == run_in(f"{run}/run.db") == run_in("~/run") == run


def test_what_holds_no_run_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no run.db"):
        run_in(str(tmp_path))
    with pytest.raises(ValueError, match="is no directory"):
        run_in(str(tmp_path / "nothing"))
    with pytest.raises(ValueError, match="~nobody-of-that-name/run is no directory"):
        run_in("~nobody-of-that-name/run")
    with pytest.raises(ValueError, match="cannot be looked into: File name too long"):
        run_in("x" * 300)


def test_names_are_as_short_as_they_can_be() -> None:
    assert short_names([Path("/a/x"), Path("/b/y")]) == ["x", "y"]
    assert short_names([Path("/a/run"), Path("/b/run"), Path("/c")]) == ["a/run", "b/run", "c"]
