"""Lines for people, for programs and for journald."""

import json
import logging
import os
from pathlib import Path

from some_events import progress

from engine.contracts.events import Notice, StateChanged, WorkerLost
from engine.contracts.log_lines import line
from hanabi_tui.foreground.log_format import Format, Formatter, Level, LogFormat, is_journal, level_of

PAUSED = StateChanged(time=1e9, step=7, state="paused", reason="lunch\nbreak")
WARNING = Notice(time=1e9, step=7, text="look", warning=True)


def test_plain_lines_are_those_of_the_log() -> None:
    assert Format().told(PAUSED) == line(PAUSED)
    assert Format().said("hello", Level.warning) == "hello"


def test_json_is_an_object_a_line_with_all_fields_and_no_nan() -> None:
    form = Format(LogFormat.json)
    told = form.told(progress(3, loss=float("nan")))
    assert "\n" not in told
    assert json.loads(told)["event"]["loss"] is None
    assert json.loads(told)["event"]["type"] == "Progress"
    assert json.loads(form.told(PAUSED)) == {
        "time": 1e9,
        "level": "warning",
        "text": "paused: lunch break",
        "event": {
            "type": "StateChanged",
            "time": 1e9,
            "step": 7,
            "state": "paused",
            "reason": "lunch\nbreak",
        },
    }
    assert json.loads(form.said('"quoted"\n'))["text"] == '"quoted"\n'


def test_journald_gets_levels_instead_of_the_time() -> None:
    form = Format(journal=True)
    assert form.told(PAUSED) == "<4>paused: lunch break"
    assert form.said("hello") == "<6>hello"


def test_levels_say_how_grave_an_event_is() -> None:
    lost = WorkerLost(time=0.0, step=0, worker=0, why="killed", games=3)
    failed = StateChanged(time=0.0, step=0, state="failed")
    assert [level_of(each).name for each in (failed, lost, WARNING, progress(1))] == [
        "error",
        "warning",
        "warning",
        "info",
    ]


def test_what_libraries_log_has_the_same_form() -> None:
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "no %s", ("luck",), None)
    assert Formatter(Format(journal=True)).format(record) == "<3>no luck"


def test_only_a_descriptor_that_journald_reads_is_the_journal(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as file:
        found = os.fstat(file.fileno())
        named = {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}
        assert is_journal(named, file.fileno())
        assert not is_journal({}, file.fileno())
        assert not is_journal({"JOURNAL_STREAM": "1:2"}, file.fileno())
        assert not is_journal({"JOURNAL_STREAM": "nonsense"}, file.fileno())
