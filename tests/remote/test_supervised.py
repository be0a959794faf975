"""A service manager hears that `hanabi-gpu` is ready, and lives, when its learner answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from notify_socket import notify_socket
from plain_learner import PlainLearner
from served import GREETING, SOON

from remote import supervised, unix
from remote.client import Client
from remote.notify import Notifier
from remote.service import Service
from remote.supervised import Supervised, dial_of

TOKEN = "a token of some length"


@pytest.fixture
def manager(folder: Path) -> Iterator[socket.socket]:
    with notify_socket(folder, SOON) as listener:
        yield listener


@pytest.fixture
def supervise(folder: Path) -> Iterator[Callable[..., Supervised]]:
    made: list[Supervised] = []

    def start(listener: socket.socket, token: str = TOKEN, **more: Any) -> Supervised:
        environment = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "200000"}
        made.append(Supervised(Notifier(environment), listener, token, **more))
        return made[-1]

    yield start
    for each in made:
        each.close()


def test_it_is_ready_when_its_learner_answers_and_alive_as_long_as_it_does(
    folder: Path, manager: socket.socket, supervise: Callable[..., Supervised]
) -> None:
    listener = unix.listen(folder / "socket")
    it = supervise(listener)
    manager.settimeout(1.0)
    with pytest.raises(TimeoutError):
        manager.recv(100)  # it listens, but nobody answers yet
    manager.settimeout(SOON)
    service = Service(PlainLearner(16), listener, token=TOKEN)
    first = [manager.recv(200).decode() for _ in range(4)]
    assert first[0] == "READY=1"
    assert first[1].startswith("STATUS=")
    assert first[2:] == ["WATCHDOG=1"] * 2
    service.close()
    it.close()
    manager.settimeout(0.0)
    with pytest.raises(BlockingIOError):
        while manager.recv(200) != b"STOPPING=1":
            pass
        manager.recv(200)  # nothing comes after


def test_while_the_next_learner_is_on_its_way_the_service_lives(
    folder: Path, manager: socket.socket, supervise: Callable[..., Supervised]
) -> None:
    """It was killed by its watchdog else, where a GPU is gone for long, and forgot which one that was."""
    listener, on_its_way = unix.listen(folder / "socket"), threading.Event()
    service = Service(PlainLearner(16), listener, token=TOKEN)
    supervise(listener, on_its_way=on_its_way.is_set)
    assert [manager.recv(200).decode().partition("=")[0] for _ in range(3)] == ["READY", "STATUS", "WATCHDOG"]
    on_its_way.set()
    service.close()
    while manager.recv(200).decode() != "STATUS=the learner fell; another one is on its way":
        pass
    assert [manager.recv(200).decode() for _ in range(3)] == ["WATCHDOG=1"] * 3
    on_its_way.clear()
    manager.settimeout(1.0)
    with pytest.raises(TimeoutError):  # one may just have been on its way
        manager.recv(200)
        manager.recv(200)


def test_a_learner_that_hangs_in_a_call_is_not_alive(
    folder: Path,
    manager: socket.socket,
    supervise: Callable[..., Supervised],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervised, "HANGS", 0.0)
    learner, goes_on = PlainLearner(16), threading.Event()
    monkeypatch.setattr(learner, "load", lambda snapshot: goes_on.wait(SOON) and learner._welcome())
    listener = unix.listen(folder / "socket")
    service = Service(learner, listener, token=TOKEN)
    client = Client(partial(unix.dial, folder / "socket"), token=TOKEN)
    client.hello(GREETING).result(SOON)
    loading = client.load(b"")
    supervise(listener)
    assert manager.recv(200) == b"READY=1"  # it answers
    assert manager.recv(200).startswith(b"STATUS=")
    manager.settimeout(0.5)
    with pytest.raises(TimeoutError):
        manager.recv(200)
    goes_on.set()
    loading.result(SOON)
    manager.settimeout(SOON)
    assert manager.recv(200) == b"WATCHDOG=1"
    client.close()
    service.close()


def test_a_learner_that_refuses_the_token_is_not_ready(
    folder: Path, manager: socket.socket, supervise: Callable[..., Supervised]
) -> None:
    listener = unix.listen(folder / "socket")
    service = Service(PlainLearner(16), listener, token=TOKEN)
    supervise(listener, "another token of some length")
    manager.settimeout(1.2)
    with pytest.raises(TimeoutError):
        manager.recv(100)
    service.close()


@pytest.mark.parametrize(("host", "family"), [("0.0.0.0", socket.AF_INET), ("::", socket.AF_INET6)])
def test_what_listens_everywhere_is_asked_on_this_machine(host: str, family: socket.AddressFamily) -> None:
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("this machine has no such addresses")
    with listener, dial_of(listener)() as dialled:
        assert dialled.getpeername()[:2] == (("127.0.0.1", "::1")[":" in host], listener.getsockname()[1])
