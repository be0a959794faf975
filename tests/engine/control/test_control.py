"""control.sock: a real server, real sockets, a run that is a function."""

import json
import math
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from some_events import evaluated, progress

from engine.contracts import commands as c
from engine.contracts.events import Notice, StateChanged
from engine.contracts.states import State
from engine.control.client import Control
from engine.control.messages import (
    Answer,
    ControlError,
    Missed,
    News,
    Overview,
    encode,
    message_of,
    request_of,
)
from engine.control.served import WAITING
from engine.control.server import CLIENTS, ControlServer

PROGRESS = progress(7)


class Heard:
    """A run that does what it is told, and nothing else."""

    def __init__(self) -> None:
        self.commands: list[c.Command] = []

    def command(self, command: c.Command) -> Future[c.Reply]:
        self.commands.append(command)
        reply: Future[c.Reply] = Future()
        reply.set_result(c.Done(text=f"heard {type(command).__name__}"))
        return reply


class Thinking:
    """A run that is asked once, and answers when the test says so."""

    def __init__(self) -> None:
        self.reply: Future[c.Reply] = Future()
        self._asked = threading.Event()

    def command(self, _: c.Command) -> Future[c.Reply]:
        self._asked.set()
        return self.reply

    def wait(self) -> None:
        """Until it was asked."""
        assert self._asked.wait(30)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def server(tmp_path: Path, heard: Heard) -> Iterator[ControlServer]:
    server = ControlServer(tmp_path, heard.command, lambda: {"general": {"seed": 7}}, "1.2.3")
    yield server
    server.close()


def notice(text: str) -> Notice:
    return Notice(time=1.0, step=3, text=text)


def connection(directory: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect(str(directory / "control.sock"))
    return connection


def line(connection: socket.socket) -> dict:
    with connection.makefile("rb") as file:
        return json.loads(file.readline())


def test_a_command_reaches_the_run_and_its_reply_comes_back(
    tmp_path: Path, server: ControlServer, heard: Heard
) -> None:
    with Control(tmp_path) as control:
        assert control.ask(c.Pause(reason="lunch")) == c.Done(text="heard Pause")
        assert control.ask(c.Set(key="learning_rate", value="1e-3")) == c.Done(text="heard Set")
    assert heard.commands == [c.Pause(reason="lunch"), c.Set(key="learning_rate", value="1e-3")]


def test_whoever_follows_sees_how_the_run_stands_and_then_every_event(
    tmp_path: Path, server: ControlServer
) -> None:
    server.publish(StateChanged(time=5.0, step=3, state="paused", reason="breakfast"))
    server.publish(StateChanged(time=7.0, step=3, state="paused", reason="lunch"), ("a line",))
    server.publish(PROGRESS)
    with Control(tmp_path) as control:
        news = control.follow()
        overview = next(news)
        assert isinstance(overview, Overview)
        assert (overview.state, overview.reason, overview.since) == (State.PAUSED, "lunch", 5.0)
        assert overview.progress == PROGRESS
        assert overview.settings == {"general": {"seed": 7}}
        assert overview.lines == ("a line",)
        assert (overview.program, overview.pid) == ("1.2.3", os.getpid())
        for text in ("one", "two"):
            server.publish(notice(text), (text,))
        assert [next(news), next(news)] == [News(event=notice(t), lines=(t,)) for t in ("one", "two")]


def test_an_evaluation_behind_which_the_run_went_back_is_told_nobody(
    tmp_path: Path, server: ControlServer
) -> None:
    for event in (progress(2), evaluated(2, 19.0), progress(3), evaluated(3, 20.0)):
        server.publish(event)
    for step, counts in ((20, evaluated(2, 19.0)), (15, None)):
        server.publish(Notice(time=9.0, step=step, text=f"restored generation {step}"))
        with Control(tmp_path) as control:
            overview = next(control.follow())
            assert isinstance(overview, Overview) and overview.evaluated == counts


def test_numbers_that_are_none_survive_the_way(tmp_path: Path) -> None:
    import msgspec

    event = msgspec.structs.replace(PROGRESS, loss=math.nan)
    received = message_of(encode(News(event=event)))
    assert isinstance(received, News)
    assert math.isnan(received.event.loss)
    assert received.event.games == event.games


def test_only_this_user_may_steer(tmp_path: Path, server: ControlServer) -> None:
    assert stat.S_IMODE((tmp_path / "control.sock").stat().st_mode) == 0o600


def test_a_reader_that_stops_misses_news_and_is_told_how_much(tmp_path: Path, server: ControlServer) -> None:
    slow = connection(tmp_path)
    slow.sendall(b'{"type":"Follow","number":1}\n')
    with slow.makefile("rb") as file:
        assert json.loads(file.readline())["type"] == "Overview"
        count = 3 * WAITING // 1000
        for _ in range(count):
            server.publish(notice("x" * 1000))
        with Control(tmp_path) as quick:  # the server is not held up
            assert quick.look().state is State.STARTING
        received = missed = 0
        while received + missed < count:
            message = message_of(file.readline())
            if isinstance(message, Missed):
                missed += message.count
            else:
                received += 1
        assert received + missed == count
        assert missed > 0
    slow.close()


@pytest.mark.parametrize(
    "said",
    [
        b"hello",
        b"{}",
        b'{"type":"Ask","number":1,"command":{"type":"Format"}}',
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"type":"Look","number":1,"more":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
    ids=["no JSON", "no type", "no command", "no text", "never closed", "too deep"],
)
def test_nonsense_is_answered_in_words_and_the_connection_lives(
    tmp_path: Path, server: ControlServer, said: bytes
) -> None:
    with connection(tmp_path) as strange:
        strange.sendall(said + b"\n")
        answer = line(strange)
        assert answer["number"] == -1
        assert "not understood" in answer["reply"]["why"]
        strange.sendall(b'{"type":"Look","number":2}\n')
        assert line(strange)["number"] == 2


def test_a_line_that_never_ends_is_cut_off(tmp_path: Path, server: ControlServer) -> None:
    with connection(tmp_path) as strange:
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(100):
                strange.sendall(b"x" * 65_536)
                time.sleep(0.001)
        with Control(tmp_path) as control:
            assert control.look().program == "1.2.3"


def test_more_clients_than_there_is_room_for_are_turned_away(tmp_path: Path, server: ControlServer) -> None:
    several = [connection(tmp_path) for _ in range(CLIENTS)]
    for each in several:
        each.sendall(b'{"type":"Look","number":1}\n')
        assert line(each)["type"] == "Overview"
    with pytest.raises(ControlError, match="went away"), Control(tmp_path) as control:
        control.look()
    for each in several:
        each.close()


def test_a_client_may_leave_before_its_answer_is_there(tmp_path: Path) -> None:
    thinking = Thinking()
    server = ControlServer(tmp_path, thinking.command, dict, "1.2.3")
    with connection(tmp_path) as hasty:
        hasty.sendall(b'{"type":"Ask","number":1,"command":{"type":"Stop"}}\n')
        thinking.wait()
    thinking.reply.set_result(c.Done(text="too late"))
    with Control(tmp_path) as control:
        assert control.look().state is State.STARTING
    server.close()


def test_who_says_no_more_still_hears_its_answers(tmp_path: Path) -> None:
    thinking = Thinking()
    server = ControlServer(tmp_path, thinking.command, dict, "1.2.3")
    try:
        with connection(tmp_path) as asking, asking.makefile("rb") as file:
            asking.sendall(b'{"type":"Ask","number":5,"command":{"type":"Pause"}}')  # as `printf … | socat`
            asking.shutdown(socket.SHUT_WR)
            thinking.wait()
            thinking.reply.set_result(c.Done(text="paused"))
            assert json.loads(file.readline())["reply"]["text"] == "paused"
            assert file.read() == b""  # and then it is let go
    finally:
        server.close()


def test_who_says_no_more_still_follows(tmp_path: Path, server: ControlServer) -> None:
    with connection(tmp_path) as following, following.makefile("rb") as file:
        following.sendall(b'{"type":"Follow","number":1}\n')
        following.shutdown(socket.SHUT_WR)
        assert json.loads(file.readline())["type"] == "Overview"
        for text in ("one", "two"):
            server.publish(notice(text))
            assert json.loads(file.readline())["event"]["text"] == text


def test_the_last_news_arrive_before_the_run_is_gone(tmp_path: Path, heard: Heard) -> None:
    server = ControlServer(tmp_path, heard.command, dict, "1.2.3")
    with Control(tmp_path) as control:
        news = control.follow()
        next(news)
        server.publish(notice("the end"))
        server.close()
        assert [message.event for message in news] == [notice("the end")]
    assert not (tmp_path / "control.sock").exists()
    with pytest.raises(ControlError, match="no run is live in"):
        Control(tmp_path)


def test_the_socket_of_a_killed_run_is_replaced(tmp_path: Path, heard: Heard) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "control.sock"))
    with pytest.raises(ControlError, match="no run is live in"):
        Control(tmp_path)
    server = ControlServer(tmp_path, heard.command, dict, "1.2.3")
    with Control(tmp_path) as control:
        assert control.look().program == "1.2.3"
    server.close()


def test_a_directory_may_be_deeper_than_a_socket_path(tmp_path: Path, heard: Heard) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    server = ControlServer(deep, heard.command, dict, "1.2.3")
    with Control(deep) as control:
        assert control.look().directory == str(deep)
    server.close()


def test_a_run_of_another_version_is_refused_in_words() -> None:
    with pytest.raises(ControlError, match="another version of the control API"):
        message_of(b'{"type":"Overview","number":1,"mood":"good"}')
    with pytest.raises(ControlError, match="not understood"):
        request_of(b'{"type":"Answer"}')
    assert message_of(encode(Answer(number=4, reply=c.Done(text="ok")))) == Answer(
        number=4, reply=c.Done(text="ok")
    )
