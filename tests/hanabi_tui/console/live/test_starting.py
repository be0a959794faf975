"""Starting runs in the background, and knowing whether one is live."""

import socket
import time
from pathlib import Path

import pytest
from console import PATIENCE, seen

from engine.errors import EngineError
from engine.settings.config import Config
from engine.store.directory import SETTINGS, Directory, LockedError
from hanabi_tui.console.app import Console
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter, is_live
from hanabi_tui.console.opening import Looks, attach, environment_of, welcome
from hanabi_tui.settings import Given, Settings, load


def test_a_directory_without_a_run_is_not_live_and_one_that_is_held_is(tmp_path: Path) -> None:
    assert not is_live(tmp_path / "nowhere") and not is_live(tmp_path)
    held = Directory(tmp_path)
    assert is_live(tmp_path)
    held.release()
    assert not is_live(tmp_path)


def test_a_socket_left_behind_by_a_kill_is_not_live_and_one_that_answers_is(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "control.sock"))
        listener.listen()
        assert is_live(tmp_path)
    assert not is_live(tmp_path)


def test_flags_go_to_the_run_through_its_environment_and_win_there() -> None:
    given = Given(flags={"seed": "7", "players": "2,3", "serial": "true", "num_iterations": "9"})
    environment = {"HANABI_SEED": "1"} | dict(environment_of(given))
    settings = load(Given(), environment)
    assert (settings.config.general.seed, settings.config.game_ranges.players) == (7, (2, 3))
    assert settings.config.general.serial


def test_a_token_given_as_a_flag_replaces_the_file_of_the_environment(tmp_path: Path) -> None:
    environment = {"HANABI_AUTH_TOKEN_FILE": str(tmp_path / "none")}
    environment |= environment_of(Given(flags={"auth_token": "secret"}))
    assert load(Given(), environment).config.network.auth_token == "secret"


async def test_a_run_that_ends_at_once_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    starter = Starter(
        tmp_path / "run", settings={"HANABI_BATCH_SIZE": "0"}, wanted=True, welcome=lambda: ["Hello."]
    )
    console = Console(Model(tmp_path / "run"), follow=True, starter=starter)
    async with console.run_test(size=(100, 30)) as pilot:
        screen = await seen(
            pilot, "The run ended at once.", 'HANABI_BATCH_SIZE = "0": allowed: whole numbers'
        )
        assert "Hello." not in screen
    assert (tmp_path / "run" / "logs" / "output.log").stat().st_size


def test_a_start_tells_in_three_lines_what_it_does(tmp_path: Path) -> None:
    lines = welcome(Settings(Config(), {}, "cpu"), tmp_path / "new")
    assert len(lines) == 3
    assert (
        lines[0] == f"Begins a run in {tmp_path / 'new'}: full, 2 players, no end, learning on this machine."
    )


def test_a_terminal_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="wants a terminal, and this is none"):
        attach(tmp_path, Looks())


def test_where_a_run_is_live_none_is_started_and_what_it_printed_stays(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "output.log").write_text("its last words")
    with socket.socket(socket.AF_UNIX) as listener:  # as of a process that is stopped: it answers nothing
        listener.bind(str(tmp_path / "control.sock"))
        listener.listen()
        with pytest.raises(LockedError, match="a run is live in"):
            Starter(tmp_path).start()
    assert (tmp_path / "logs" / "output.log").read_text() == "its last words"


def last_words(starter: Starter, model: Model) -> str:
    """Of a run that is started and ends at once."""
    starter.start()
    deadline = time.monotonic() + PATIENCE
    while not starter.ended_early(model):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return starter.output()


def test_a_run_is_started_again_with_the_settings_that_its_directory_has_by_then(tmp_path: Path) -> None:
    """A console may be attached before there are any, and stay when they are moved aside."""
    file, model = tmp_path / SETTINGS, Model(tmp_path)
    starter = Starter(tmp_path, settings={"HANABI_MINUTES": "-1"}, own=True)
    file.write_text("[training]\nbatch_size = 0\n")
    assert "batch_size" in last_words(starter, model)
    file.unlink()
    without = last_words(starter, model)
    assert "HANABI_MINUTES" in without and "batch_size" not in without and SETTINGS not in without


def test_a_start_that_failed_is_forgotten_once_a_run_is_heard(tmp_path: Path) -> None:
    starter, model = Starter(tmp_path, settings={"HANABI_BATCH_SIZE": "0"}), Model(tmp_path)
    assert 'HANABI_BATCH_SIZE = "0"' in last_words(starter, model)
    (tmp_path / "logs" / "output.log").write_text("another run's")
    assert 'HANABI_BATCH_SIZE = "0"' in starter.output()
    model.connected = True  # somebody mended it, and started it elsewhere
    assert not starter.ended_early(model)
    model.connected = False
    assert not starter.ended_early(model)
