"""What keeps a learner alive: one life after the other, on the same device."""

import errno
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from served import GREETING, SOON, eventually, samples, step

from remote import reviving
from remote.client import Client
from remote.reviving import Reviver

ROOT = Path(__file__).parents[2]

FINDING = """
import msgspec
from plain_learner import PlainLearner
from remote.serving import main

class Finding(PlainLearner):
    def __init__(self, device):
        super().__init__()
        self.device = device

    def status(self):
        found = "{found}" if self.device == "auto" else self.device
        return msgspec.structs.replace(super().status(), device=f"{{found}} (asked for {{self.device}})")

main(make=lambda device, threads, keep: Finding(device))
"""


class Kept:
    """A reviver at work, and who asks its learner."""

    def __init__(self, keep: Path) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        path = os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "reference")))
        self.reviver = Reviver(self.listener, "auto", 0, keep, {**os.environ, "PYTHONPATH": path})
        self.thread = threading.Thread(target=self.reviver.keep_alive)
        self.thread.start()

    def client(self) -> Client:
        deadline = time.monotonic() + 60
        while True:
            try:
                return Client(partial(socket.create_connection, self.listener.getsockname()), name="test")
            except (ConnectionError, TimeoutError):
                assert time.monotonic() < deadline

    def fail(self) -> None:
        """Have the learner fail at a step, as it does where a suspend took the device away."""
        client = self.client()
        client.hello(GREETING).result(SOON)
        client.load(b"").result(SOON)
        client.extend(0, samples(4)).result(SOON)
        assert client.train([step(1, clip=-1.0)]).exception(SOON)
        client.close()

    def device(self) -> str:
        client = self.client()
        try:
            return client.status().result(SOON).device
        finally:
            client.close()


@pytest.fixture
def kept(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    program = tmp_path / "program.py"
    program.write_text(FINDING.format(found=request.param))
    monkeypatch.setattr(reviving, "PROGRAM", (sys.executable, str(program)))
    it = Kept(tmp_path)
    yield it
    it.reviver.stop()
    it.thread.join()
    it.listener.close()


@pytest.mark.parametrize(("kept", "then"), [("cuda", "cuda"), ("cpu", "auto")], indirect=["kept"])
def test_a_gpu_that_one_life_found_is_what_the_next_one_takes(
    kept: Kept, then: str, caplog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the run goes on by the CPU for ever after a suspend: the device is not there for a while."""
    assert kept.device().endswith("(asked for auto)")
    assert not kept.reviver.on_its_way
    kept.fail()
    assert eventually(lambda: "another begins" in caplog.text)
    assert kept.reviver.on_its_way
    assert kept.device().endswith(f"(asked for {then})")
    assert f"on device {then}" in caplog.text
    monkeypatch.setattr(reviving, "LIVED", 0.0)  # it is no child any more
    assert not kept.reviver.on_its_way


class Told(logging.Handler):
    """Keeps what is logged: also between a test's phases, where caplog hears nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@pytest.fixture
def starved(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A machine that has no process left for the first learner; what is said of it."""
    begin, tries = subprocess.Popen, []

    def popen(*given: Any, **more: Any) -> Any:
        tries.append(given)
        if len(tries) == 1:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return begin(*given, **more)

    monkeypatch.setattr(reviving.subprocess, "Popen", popen)
    told = Told()
    reviving.log.addHandler(told)
    yield told.said
    reviving.log.removeHandler(told)


@pytest.mark.parametrize("kept", ["cpu"], indirect=True)
def test_a_learner_that_cannot_be_started_for_a_while_is_started_later(
    starved: list[str], kept: Kept
) -> None:
    assert kept.device().startswith("cpu")
    assert "a learner cannot be started: Resource temporarily unavailable" in starved
