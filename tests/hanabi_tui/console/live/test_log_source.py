"""Log lines from the file and from the socket."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hanabi_tui.console.live.log_source import WINDOW, LogFile, Merge
from hanabi_tui.foreground.run_log import NAME


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.data())
def test_each_line_comes_once_whichever_side_is_first(lines: list[str], data: st.DataObject) -> None:
    merge, shown, places = Merge(), list[str](), [0, 0]
    while min(places) < len(lines):
        side = data.draw(st.sampled_from([side for side in (0, 1) if places[side] < len(lines)]))
        end = data.draw(st.integers(places[side] + 1, len(lines)))
        take = merge.from_socket if side else merge.from_file
        shown += take(lines[places[side] : end])
        places[side] = end
    assert shown == lines


def test_what_never_comes_by_the_other_way_is_forgotten() -> None:
    merge = Merge()
    merge.from_file(f"line {number}" for number in range(2 * WINDOW))
    assert sum(len(counter) for counter in merge._unmatched) == WINDOW
    assert merge.from_socket(["line 0"]) == ["line 0"]
    assert merge.from_socket([f"line {2 * WINDOW - 1}"]) == []


def test_a_line_that_is_half_written_waits_for_its_end(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    file, log = LogFile(tmp_path), tmp_path / "logs" / NAME
    assert file.read_on() == []
    assert file.why == ""
    log.write_bytes(b"one\ntw")
    assert file.read_on() == ["one"]
    with log.open("ab") as more:
        more.write(b"o\nthr\xff\n")
    assert file.read_on() == ["two", "thr\ufffd"]
    assert file.read_on() == []
    log.write_bytes(b"new\n")  # begun anew in place
    assert file.read_on() == ["new"]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "logs" / NAME).mkdir(parents=True)
    file = LogFile(tmp_path)
    assert file.read_on() == []
    assert "cannot be read" in file.why
