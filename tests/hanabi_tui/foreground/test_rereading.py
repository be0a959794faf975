"""Settings that are read again while a run runs."""

from pathlib import Path

import pytest

from engine.contracts import commands as c
from engine.errors import ConfigError
from engine.settings.config import Config
from engine.settings.keys import KEYS, value_of
from hanabi_tui.foreground.rereading import Rereading, told
from hanabi_tui.settings import Given, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text("[training]\nbatch_size = 64\n")
    return path


def rereading_of(file: Path, **flags: str) -> Rereading:
    def read():
        return load(Given(file, flags), {})

    return Rereading(read(), read)


def test_what_changed_in_the_file_becomes_a_command_or_wants_a_restart(file: Path) -> None:
    rereading = rereading_of(file)
    file.write_text("[training]\nbatch_size = 128\nbuffer_size = 50_000\n[general]\nseed = 3\n")
    change = rereading.read()
    assert change.commands == (c.Set(key="batch_size", value="128"),)
    assert set(change.restart) == {"buffer_size", "seed"}
    assert "batch_size = 128; these want a restart: buffer_size, seed" in told(change)
    again = rereading.read()
    assert (again.commands, again.restart) == ((), ())
    assert "nothing that may change" in told(again)


def test_flags_still_win_over_the_file(file: Path) -> None:
    rereading = rereading_of(file, batch_size="32")
    file.write_text("[training]\nbatch_size = 128\n")
    assert rereading.read().commands == ()


def test_a_file_with_a_mistake_changes_nothing_until_it_is_mended(file: Path) -> None:
    rereading = rereading_of(file)
    file.write_text("[training]\nbatch_size = 128\nlearning_rate = 'fast'\n")
    with pytest.raises(ConfigError, match="learning_rate"):
        rereading.read()
    file.write_text("[training]\nbatch_size = 128\n")
    assert rereading.read().commands == (c.Set(key="batch_size", value="128"),)


def test_what_the_run_refused_comes_again(file: Path) -> None:
    rereading = rereading_of(file)
    file.write_text("[training]\nbatch_size = 128\n")
    for _ in range(2):
        assert rereading.read().commands == (c.Set(key="batch_size", value="128"),)
        rereading.refused("batch_size")


def test_every_live_setting_can_be_said_to_a_run_as_it_is_shown() -> None:
    for key in KEYS.values():
        if key.live:
            value = value_of(Config(), key)
            assert key.read(key.shown(value)) == value
