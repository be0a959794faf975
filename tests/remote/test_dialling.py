"""A laptop that dials, and what it says where the server's sshd does not do as it is asked."""

import logging
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from plain_learner import PlainLearner
from served import GREETING, SOON, eventually, ours
from sshd import Sshd, descendants

from remote import dialling, unix
from remote.client import Client
from remote.dialling import CONTROL, Dialling
from remote.service import Service


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "hanabi-gpu")
    return caplog


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    it = socket.create_server(("127.0.0.1", 0))
    service = Service(PlainLearner(), it)
    yield it
    assert service.close()
    assert eventually(lambda: not ours()), ours()


def say(told: pytest.LogCaptureFixture, words: str) -> bool:
    return eventually(lambda: words in told.text)


def test_another_laptop_keeps_its_socket_and_a_dead_one_s_is_taken(
    tmp_path: Path, listener: socket.socket, told: pytest.LogCaptureFixture
) -> None:
    sshd, path = Sshd(tmp_path / "etc"), tmp_path / "s" / "gpu.sock"
    first = Dialling(sshd.machine(), str(path), listener)
    assert say(told, f"reachable on {sshd.machine()} at {path}")
    second = Dialling(sshd.machine(), str(path), listener)
    assert say(told, f"another learner answers at {path} on")
    control = path.with_name(path.name + CONTROL)
    client = Client(partial(unix.dial, path), control=partial(unix.dial, control))
    assert client.hello(GREETING).result(SOON).run == "run-1"  # the first one's way is whole
    client.close()
    told.clear()
    first.close()
    assert say(told, "reachable on")
    second.close()
    sshd.close()


def test_a_socket_at_which_nobody_is_awake_is_taken(
    tmp_path: Path, listener: socket.socket, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As sshd's is for a laptop that went to sleep: it takes connections, and nothing comes."""
    monkeypatch.setattr(dialling, "ANSWERING", 0.3)
    sshd, path = Sshd(tmp_path / "etc"), tmp_path / "s" / "gpu.sock"
    with unix.listen(path):
        it = Dialling(sshd.machine(), str(path), listener)
        assert say(told, f"reachable on {sshd.machine()} at {path}")
    it.close()
    sshd.close()


def test_a_connection_that_falls_silent_is_made_anew(
    tmp_path: Path, listener: socket.socket, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the way forgets it, and nobody says so: sshd goes on listening for it."""
    monkeypatch.setattr(dialling, "ANSWERING", 0.3)
    monkeypatch.setattr(dialling, "ALIVE", 0.3)
    sshd, path = Sshd(tmp_path / "etc"), tmp_path / "s" / "gpu.sock"
    it = Dialling(sshd.machine(), str(path), listener)
    assert say(told, "reachable on")
    assert sshd.process is not None
    for session in descendants(sshd.process.pid):
        os.kill(session, signal.SIGSTOP)
    told.clear()
    assert say(told, "is lost")
    assert say(told, "reachable on")
    client = Client(partial(unix.dial, path))
    assert client.hello(GREETING).result(SOON).run == "run-1"
    client.close()
    it.close()
    sshd.close()


@pytest.mark.parametrize(
    ("config", "line", "words"),
    [
        ("AllowStreamLocalForwarding no", "", "does its sshd_config forbid that (AllowStreamLocalForwarding"),
        ("", "restrict,pty ", "`restrict` without `port-forwarding`)?"),
        ("", 'restrict,port-forwarding,command="/bin/true" ', "Else its folder may be missing"),
    ],
)
def test_an_sshd_that_does_not_listen_for_us_is_asked_why(
    tmp_path: Path,
    listener: socket.socket,
    told: pytest.LogCaptureFixture,
    config: str,
    line: str,
    words: str,
) -> None:
    sshd = Sshd(tmp_path / "etc", config)
    authorized = sshd.folder / "authorized_keys"
    authorized.write_text(line + authorized.read_text())
    it = Dialling(sshd.machine(), str(tmp_path / "missing" / "gpu.sock"), listener)
    assert say(told, "does not listen at")
    assert words in told.text
    it.close()
    sshd.close()


def test_a_login_shell_that_hangs_is_told_of(
    tmp_path: Path, listener: socket.socket, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling.ssh, "DIALLING", 1.0)
    sshd = Sshd(tmp_path / "etc", "ForceCommand sleep 1000")
    it = Dialling(sshd.machine(), "", listener)
    assert say(told, "took longer than 1 s: does a login shell hang there")
    it.close()
    sshd.close()


def test_what_nobody_foresaw_does_not_end_it(
    tmp_path: Path, listener: socket.socket, told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sshd = Sshd(tmp_path / "etc")
    tries: list[None] = []

    async def connect(machine: object) -> object:
        tries.append(None)
        raise ZeroDivisionError

    monkeypatch.setattr(dialling.ssh, "connect", connect)
    it = Dialling(replace(sshd.machine(), dialled=True), str(tmp_path / "gpu.sock"), listener)
    assert say(told, "in a way that nobody foresaw")
    assert eventually(lambda: len(tries) > 1)
    it.close()
    sshd.close()
