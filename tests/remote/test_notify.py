"""What a service manager is told, on a real socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from notify_socket import heard, notify_socket

from remote.notify import Notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with notify_socket(tmp_path) as listener:
        yield listener


def test_each_thing_is_a_datagram_and_what_is_not_new_is_not_said_again(
    manager: socket.socket, tmp_path: Path
) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
    assert notifier
    for _ in range(2):
        notifier.ready()
        notifier.status("step\n 5")
    notifier.alive()
    notifier.alive()
    notifier.reloading()
    notifier.reloaded()
    notifier.stopping()
    ready, status, *alive, reloading, reloaded, stopping = heard(manager)
    assert (ready, status, alive) == ("READY=1", "STATUS=step 5", ["WATCHDOG=1"] * 2)
    assert reloading.startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert (reloaded, stopping) == ("READY=1", "STOPPING=1")


def test_children_are_not_handed_the_socket(tmp_path: Path) -> None:
    environment = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1", "HOME": "/"}
    Notifier(environment)
    assert environment == {"HOME": "/"}


def test_a_name_without_a_file_begins_with_a_zero_byte() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0hanabi-test-{os.getpid()}")
        Notifier({"NOTIFY_SOCKET": f"@hanabi-test-{os.getpid()}"}).ready()
        listener.settimeout(5)
        assert listener.recv(100) == b"READY=1"


def test_the_watchdog_is_for_the_process_it_names() -> None:
    named = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "30000000"}
    assert Notifier(dict(named)).watched == 30.0
    assert Notifier({**named, "WATCHDOG_PID": str(os.getpid())}).watched == 30.0
    assert Notifier({**named, "WATCHDOG_PID": "1"}).watched is None
    assert Notifier({"WATCHDOG_USEC": "30000000"}).watched is None


def test_without_a_manager_or_with_one_that_is_gone_nothing_happens(tmp_path: Path) -> None:
    assert not Notifier({})
    Notifier({}).alive()
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).alive()
