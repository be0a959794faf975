"""A served learner that can be held up, and a run that takes its replies when told to."""

import threading
from collections.abc import Callable

import msgspec
import pytest
from served import GREETING, SOON, Served, samples

from remote import messages, unix, wire
from remote.client import Client
from remote.connection import Channel, Connection, Stream
from remote.handshake import prove

ROOMY = msgspec.structs.replace(GREETING, capacity=10_000)


class Watched:
    """A served learner whose calls of one kind wait for `go`; what was read, and what was carried out."""

    def __init__(self, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
        self.served, self._patch = served, monkeypatch
        self.began, self.go = threading.Event(), threading.Event()
        self.read: list[str] = []
        self.done: list[str] = []
        for name in ("hello", "load", "extend", "train", "weights", "snapshot"):
            self._wrap(name, getattr(served.learner, name))
        decode = wire.decode_call

        def decoded(data: bytes) -> messages.Call:
            call = decode(data)
            if not isinstance(call, messages.Ping):
                self.read.append(type(call).__name__)
            return call

        monkeypatch.setattr(wire, "decode_call", decoded)

    def met(self, name: str = "") -> Client:
        client = self.served.client(name)
        client.hello(ROOMY).result(SOON)
        client.load(b"").result(SOON)
        client.extend(0, samples(100)).result(SOON)
        self.forget()
        return client

    def forget(self) -> None:
        self.read.clear()
        self.done.clear()

    def hold_up(self, name: str) -> None:
        real = getattr(self.served.learner, name)

        def waits(*given: object, **named: object) -> object:
            self.began.set()
            assert self.go.wait(SOON)
            return real(*given, **named)

        self._patch.setattr(self.served.learner, name, waits)

    def _wrap(self, name: str, real: Callable[..., object]) -> None:
        def called(*given: object, **named: object) -> object:
            self.done.append(name)
            return real(*given, **named)

        self._patch.setattr(self.served.learner, name, called)


class Raw:
    """A run that holds the learner and takes a reply only when it is told to."""

    def __init__(self, served: Served, name: str = "raw") -> None:
        self.sock = unix.dial(served.path)
        stream = Stream(self.sock)
        prove(stream, "")
        self.connection = Connection(Channel(stream, 1 << 30))
        for call in (messages.Hello(name, ROOMY), messages.Load(samples(0).view("u1"))):
            self.ask(call)
            self.connection.serve(None)

    def ask(self, call: messages.Call) -> None:
        self.connection.ask(wire.encode(call), lambda answer: None)

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()
