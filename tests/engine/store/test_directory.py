"""A run's directory: one holder at a time, and nothing lost when one begins anew."""

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

from engine.errors import ConfigError
from engine.settings.config import Config, TrainingSection
from engine.settings.config_file import to_toml
from engine.store.directory import (
    LOCK,
    SETTINGS,
    STATE,
    Directory,
    DirectoryError,
    LockedError,
    Saved,
    clear,
    has_traces,
    is_held,
    read_settings,
    read_state,
)
from engine.store.manifest import Counters

ROOT = str(Path(__file__).parents[3])

HOLDING = """
import sys, time
from pathlib import Path
from engine.store.directory import Directory
held = Directory(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path: Path):
    environment = {**os.environ, "PYTHONPATH": ROOT}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, tmp_path / "run"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def some_state(**changes: object) -> Saved:
    values = {
        "run": "a",
        "state": "training",
        "pid": 1,
        "updated": 2.5,
        "generation": 3,
        "counters": Counters(step=4, best=1.5),
    }
    return Saved(**values | changes)


def test_a_second_holder_is_refused_naming_the_first(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    for attempt in (Directory, clear):
        with pytest.raises(LockedError, match=f"held by another run .process {holder.pid}.; stop that one"):
            attempt(tmp_path / "run")
    assert (tmp_path / "run" / LOCK).read_text() == f"{holder.pid}\n"
    assert is_held(tmp_path / "run")


def test_the_lock_goes_with_its_holder_even_by_kill_9(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert not is_held(tmp_path / "run")
    Directory(tmp_path / "run").release()
    assert not is_held(tmp_path / "nowhere")


def test_who_only_looks_at_it_keeps_nobody_out(tmp_path: Path) -> None:
    Directory(tmp_path).release()
    looking = os.open(tmp_path / LOCK, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)  # as `is_held` does for a moment
    Timer(0.05, os.close, [looking]).start()
    Directory(tmp_path).release()


def test_a_process_that_the_holder_started_does_not_hold_on(tmp_path: Path) -> None:
    held = Directory(tmp_path)
    child = [sys.executable, "-c", "input()"]
    with subprocess.Popen(child, stdin=subprocess.PIPE, close_fds=False):  # what may be inherited, is
        held.release()
        Directory(tmp_path).release()


def test_who_released_it_lets_others_in(tmp_path: Path) -> None:
    held = Directory(tmp_path / "deep" / "run")
    with pytest.raises(LockedError, match=f"process {os.getpid()}"):
        Directory(held.path)
    held.release()
    Directory(held.path).release()


def test_it_is_made_private(tmp_path: Path) -> None:
    held = Directory(tmp_path / "run")
    held.save(some_state())
    assert held.replay.parent.is_dir()
    modes = {path.name: f"{path.stat().st_mode & 0o777:o}" for path in held.path.iterdir()}
    assert modes == {LOCK: "600", STATE: "600", "replay": "700"}
    assert held.path.stat().st_mode & 0o777 == 0o700
    held.release()


def test_one_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(DirectoryError, match=f"{path} cannot be used for a run: .+"):
            Directory(path)


def test_the_state_is_read_as_it_was_saved(tmp_path: Path) -> None:
    held = Directory(tmp_path)
    assert held.saved() is None
    held.save(some_state())
    held.save(some_state(state="paused", reason="asked"))
    assert held.saved() == read_state(tmp_path) == some_state(state="paused", reason="asked")
    for damage in (b"", b"{", b"[]", b"\xff\xfe{"):
        (tmp_path / STATE).write_bytes(damage)
        assert held.saved() is None
    held.release()


def test_the_settings_are_read_as_they_were_written_or_it_is_said_why_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"{SETTINGS} cannot be read: .*No such file"):
        read_settings(tmp_path)
    settings = Config(training=TrainingSection(batch_size=7))
    (tmp_path / SETTINGS).write_text(to_toml(settings))
    assert read_settings(tmp_path) == settings
    (tmp_path / SETTINGS).write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings(tmp_path)
    (tmp_path / SETTINGS).write_text("[training]\nbatch_size = -1\n")
    with pytest.raises(ConfigError, match=f"{tmp_path / SETTINGS}, line 2: .*batch_size"):
        read_settings(tmp_path)


def test_beginning_anew_moves_everything_aside(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert clear(run) is None
    for text in ("first", "second"):
        held = Directory(run)
        held.save(some_state(reason=text))
        (held.path / "games").mkdir()
        (held.path / "games" / "1.json").write_text(text)
        held.release()
        aside = clear(run)
        assert aside is not None
        assert aside.parent == tmp_path
        assert aside.name.startswith("run-")
        assert (aside / "games" / "1.json").read_text() == text
        assert read_state(aside) == some_state(reason=text)
        assert [path.name for path in run.iterdir()] == [LOCK]
    assert clear(run) is None
    assert len(list(tmp_path.iterdir())) == 3
    Directory(run).release()


def test_the_working_directory_can_be_cleared_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / STATE).write_text("{}")
    monkeypatch.chdir(tmp_path / "here")
    aside = clear(Path())
    assert aside is not None
    assert (aside.parent, (aside / STATE).read_text()) == (tmp_path, "{}")


@pytest.mark.parametrize("call", ["open", "pwrite"])
def test_a_full_disk_is_no_directory_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space left"):
        Directory(tmp_path / "run")


def test_a_file_system_of_its_own_keeps_what_is_moved_aside_and_sockets_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    (run / "learner").mkdir(parents=True)
    for name in ("control.sock", "learner/socket"):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(run / name))
    (run / STATE).write_text("{}")
    (run / "lost+found").mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path == run)
    aside = clear(run)
    assert aside is not None
    assert aside.parent == run
    assert sorted(str(path.relative_to(aside)) for path in aside.rglob("*")) == ["learner", STATE]
    assert not has_traces(run)
    assert (run / "lost+found").exists()
    assert clear(run) is None  # what is aside is of no run any more
