"""Changed settings: what was changed, and what undo takes back."""

from pathlib import Path

from engine.contracts.events import SettingChanged
from engine.settings.config import Config, TrainingSection
from engine.settings.config_file import to_toml
from hanabi_tui.console.live.changes import joined, past_changes, undoable, values_at_start


def change(time: float, key: str, old: str, new: str) -> SettingChanged:
    return SettingChanged(time=time, step=1, key=key, old=old, new=new)


RATE = change(1, "learning_rate", "0.1", "0.2")
BATCH = change(2, "batch_size", "64", "128")
BATCH_BACK = change(3, "batch_size", "128", "64")
RATE_BACK = change(4, "learning_rate", "0.2", "0.1")


def test_undo_takes_the_last_change_back_that_still_stands() -> None:
    assert undoable([]) is None
    assert undoable([RATE, BATCH]) == BATCH
    assert undoable([RATE, BATCH, BATCH_BACK]) == RATE
    assert undoable([RATE, BATCH, BATCH_BACK, RATE_BACK]) is None
    assert undoable([RATE, BATCH, RATE_BACK]) == BATCH
    assert undoable([RATE, RATE_BACK, RATE]) == RATE


def test_past_and_new_changes_are_joined_in_order_each_once() -> None:
    assert joined([RATE, BATCH], [BATCH, BATCH_BACK]) == (RATE, BATCH, BATCH_BACK)


def test_a_directory_without_a_run_has_no_changes_and_says_why(tmp_path: Path) -> None:
    found, why = past_changes(tmp_path)
    assert found == () and "no run has begun" in why


def test_settings_are_known_as_the_run_was_started_with_them(tmp_path: Path) -> None:
    assert values_at_start(tmp_path) == {}
    (tmp_path / "config.toml").write_text(to_toml(Config(training=TrainingSection(learning_rate=0.002))))
    found = values_at_start(tmp_path)
    assert found["learning_rate"] == 0.002
    assert "gpu_host" not in found
    (tmp_path / "config.toml").write_text("learning_rate = high")
    assert values_at_start(tmp_path) == {}


def test_undo_knows_nothing_of_what_was_changed_before_the_run_was_started_anew() -> None:
    assert undoable([RATE, BATCH], since=BATCH.time) == BATCH
    assert undoable([RATE, BATCH], since=BATCH.time + 1) is None
