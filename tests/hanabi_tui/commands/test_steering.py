"""What verbs do with a run that is a function, over a real control.sock."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from threading import Thread, Timer

import msgspec
import pytest
from some_events import progress

from engine.contracts import commands as c
from engine.control.client import Control
from engine.control.messages import SOCKET, ControlError
from engine.control.server import ControlServer
from engine.errors import ConfigError, EngineError
from engine.settings.config import Config, IterationSection, NetworkSection, TrainingSection
from engine.settings.keys import open_settings
from engine.store.directory import Directory, Saved
from engine.store.manifest import Counters
from hanabi_tui.commands import steering
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.foreground.run_log import log_of

CONFIG = Config(
    network=NetworkSection(gpu_host="192.168.1.100", transport="direct", auth_token="never told"),
    training=TrainingSection(batch_size=512, buffer_size=50_000),
)


@pytest.fixture
def told() -> list[c.Command]:
    """What the run of a directory was told."""
    return []


@pytest.fixture
def of_twenty_iterations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a run is that long; asked for before `server`."""
    iteration = IterationSection(num_iterations=20, train_steps_per_iteration=500, minutes=0.0)
    monkeypatch.setattr(f"{__name__}.CONFIG", msgspec.structs.replace(CONFIG, iteration=iteration))


@pytest.fixture
def server(tmp_path: Path, told: list[c.Command]) -> Iterator[ControlServer]:
    """Serves such a run."""

    def command(given: c.Command) -> Future[c.Reply]:
        told.append(given)
        reply: Future[c.Reply] = Future()
        reply.set_result(c.Done(text="done"))
        return reply

    server = ControlServer(tmp_path, command, lambda: open_settings(CONFIG), "1.2.3")
    yield server
    server.close()


@pytest.mark.usefixtures("server")
def test_settings_change_all_together_or_not_at_all(tmp_path: Path, told: list[c.Command]) -> None:
    with pytest.raises(ConfigError, match=r"batch_size = 60000 is above \[training\] buffer_size = 50000"):
        steering.change(tmp_path, ["learning_rate=3e-4", "batch_size=60000"])
    assert told == []
    assert steering.change(tmp_path, ["learning_rate=3e-4", "batch_size = 50000"]) == 0
    assert told == [c.Set(key="learning_rate", value="3e-4"), c.Set(key="batch_size", value="50000")]


@pytest.mark.usefixtures("of_twenty_iterations", "server")
@pytest.mark.parametrize(
    ("number", "length", "first"),
    [
        (40, 250, "num_iterations"),
        (10, 1000, "train_steps_per_iteration"),
        (0, 100, "num_iterations"),  # without an end
    ],
)
def test_a_run_is_never_shorter_meanwhile_than_before_or_after(
    number: int, length: int, first: str, tmp_path: Path, told: list[c.Command]
) -> None:
    asked = ["batch_size=64", f"train_steps_per_iteration={length}", f"num_iterations={number}"]
    assert steering.change(tmp_path, asked) == 0
    keys = [command.key for command in told if isinstance(command, c.Set)]
    assert keys[0] == first
    assert sorted(keys[1:]) == sorted({"batch_size", "num_iterations", "train_steps_per_iteration"} - {first})


@pytest.mark.usefixtures("of_twenty_iterations", "server")
def test_what_the_run_would_refuse_in_part_is_refused_as_a_whole(
    tmp_path: Path, server: ControlServer, told: list[c.Command]
) -> None:
    server.publish(progress(600))  # at step 6,000
    with pytest.raises(EngineError, match="all 20 iterations are done at step 6,000, and the run would end"):
        steering.change(tmp_path, ["learning_rate=3e-4", "train_steps_per_iteration=300"])
    assert told == []
    assert steering.change(tmp_path, ["train_steps_per_iteration=300", "num_iterations=40"]) == 0
    assert len(told) == 2


@pytest.mark.usefixtures("server")
def test_an_end_that_is_past_by_the_clock_is_no_matter_of_iterations(
    tmp_path: Path, server: ControlServer, told: list[c.Command]
) -> None:
    server.publish(progress(600))  # ten minutes in
    assert steering.change(tmp_path, ["minutes=5", "train_steps_per_iteration=200"]) == 0
    assert len(told) == 2


@pytest.mark.usefixtures("server")
def test_what_is_no_text_is_refused_in_words(tmp_path: Path, told: list[c.Command]) -> None:
    with pytest.raises(ControlError, match=r"'caf\\udce9' cannot be sent: it is not UTF-8 text"):
        steering.tell(tmp_path, c.Pause(reason="caf\udce9"))
    assert told == []


def test_a_run_that_goes_away_as_it_is_stopped_is_said_so(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / SOCKET))
        listener.listen()
        ending = Thread(target=lambda: listener.accept()[0].close())
        ending.start()
        with pytest.raises(ControlError, match="went away"):
            steering.stop(tmp_path, wait=True)
        ending.join()


def test_a_run_that_is_stopped_by_a_signal_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "Control", partial(Control, patience=0.1))
    with socket.socket(socket.AF_UNIX) as listener:  # the kernel takes connections, nobody answers
        listener.bind(str(tmp_path / SOCKET))
        listener.listen()
        with pytest.raises(ControlError, match="kill -CONT wakes it"):
            steering.stop(tmp_path, wait=True)
        with pytest.raises(ControlError, match="kill -CONT wakes it"):
            steering.events(tmp_path, follow=True, as_json=False)


@pytest.mark.parametrize(("state", "ended"), [("stopped", True), ("training", False), (None, False)])
def test_a_run_that_ends_without_a_word_has_stopped_only_where_its_state_says_so(
    tmp_path: Path,
    server: ControlServer,
    state: str | None,
    capsys: pytest.CaptureFixture[str],
    *,
    ended: bool,
) -> None:
    if state is not None:
        holder = Directory(tmp_path)
        holder.save(Saved(run="r", state=state, pid=1, updated=1.0, generation=1, counters=Counters()))
        holder.release()
    Timer(0.2, server.close).start()
    assert steering.stop(tmp_path, wait=True) == (0 if ended else ExitCode.FAILED)
    said = "ended without a word, and perhaps without its last checkpoint"
    assert (said in capsys.readouterr().err) is not ended


@pytest.mark.usefixtures("server")
def test_all_is_set_before_any_of_it_is_told(
    tmp_path: Path, told: list[c.Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(steering.typer, "echo", gone)
    with pytest.raises(BrokenPipeError):
        steering.change(tmp_path, ["learning_rate=3e-4", "batch_size=128"])
    assert len(told) == 2


def test_lines_said_just_before_a_new_log_file_began_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = log_of(tmp_path)
    log.parent.mkdir()
    log.write_text("one\n")
    moments = 0

    def meanwhile(_: float) -> None:
        nonlocal moments
        moments += 1
        if moments == 1:
            with log.open("a") as file:
                file.write("two\n")
            log.rename(log.with_name("run.log.1"))
            log.write_text("three\n")
        elif moments == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("hanabi_tui.commands.steering.time.sleep", meanwhile)
    with pytest.raises(KeyboardInterrupt):
        steering.logs(tmp_path, follow=True, last=5)
    assert capsys.readouterr().out.split() == ["one", "two", "three"]
