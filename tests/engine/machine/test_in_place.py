"""Files that are written over in place; what it is for is tested on a full btrfs (test_headless_troubles)."""

from pathlib import Path

import pytest

from engine.machine.in_place import write_in_place


def test_where_there_is_no_choice_nothing_happens(tmp_path: Path) -> None:
    before = tmp_path.stat().st_mode
    write_in_place(tmp_path)
    write_in_place(tmp_path)
    (tmp_path / "file").write_text("as ever")
    assert tmp_path.stat().st_mode == before
    assert not list(tmp_path.iterdir())[1:]


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_in_place(tmp_path / "missing")
