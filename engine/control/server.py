"""The run's end of `control.sock`: a thread that answers clients and hands news on; the run never waits.

The run's thread gives it events and answers through a queue, and is done. All else (clients, what they were
not yet sent, how the run stands) belongs to the server's thread alone.
"""

import contextlib
import os
import queue
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import msgspec

from engine.contracts import commands as c
from engine.contracts.events import (
    AnyEvent,
    Begun,
    Progress,
    SettingChanged,
    StateChanged,
)
from engine.contracts.scores import Scores
from engine.contracts.states import State
from engine.contracts.vitals import Vitals
from engine.control.messages import (
    SOCKET,
    Answer,
    Ask,
    Follow,
    Look,
    News,
    Overview,
    encode,
    request_of,
)
from engine.control.served import Client
from engine.errors import EngineError
from engine.machine.printable import shown
from engine.machine.socket_path import within_reach

CLIENTS = 32
"""Connections at once; more are closed."""

LINES = 200
"""Log lines that an Overview holds."""

FAREWELL = 1.0
"""Seconds that clients have to read the last news when the run ends."""


class ControlServer:
    """Serves a run's `control.sock`, from now until `close`.

    Args:
      directory: of the run, which this process holds.
      command: takes a command, from any thread; the reply comes later.
      settings: the run's, by section and key, without secrets; asked for from another thread.
      program: version of this program.

    Raises OSError where the socket cannot be made.
    """

    def __init__(
        self,
        directory: Path,
        command: Callable[[c.Command], Future[c.Reply]],
        settings: Callable[[], dict[str, dict[str, object]]],
        program: str,
    ) -> None:
        self._command, self._settings = command, settings
        now = time.time()
        self._overview = Overview(
            number=0,
            program=program,
            run="",
            pid=os.getpid(),
            directory=shown(str(directory.resolve())),
            began=now,
            state=State.STARTING,
            reason="",
            since=now,
            settings=settings(),
        )
        self._scores = Scores()
        self._lines: deque[str] = deque(maxlen=LINES)
        self._path = directory / SOCKET
        self._listener = _listen(self._path)
        self._clients: set[Client] = set()
        self._post: queue.SimpleQueue[tuple[Client, Answer] | News | None] = queue.SimpleQueue()
        self._wake, self._woken = socket.socketpair()
        for each in (self._wake, self._woken, self._listener):
            each.settimeout(0)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def publish(self, event: AnyEvent | Vitals, lines: tuple[str, ...] = ()) -> None:
        """Tell all that follow. Takes no time."""
        self._send(News(event=event, lines=lines))

    def close(self) -> None:
        """Send what is left, and end."""
        self._send(None)
        self._thread.join()

    def _send(self, item: tuple[Client, Answer] | News | None) -> None:
        self._post.put(item)
        with contextlib.suppress(BlockingIOError, OSError):  # a full pipe wakes as well
            self._wake.send(b"\0")

    # the server's thread

    def _serve(self) -> None:
        ends = 0.0
        try:
            while not ends or (time.monotonic() < ends and any(client.waiting for client in self._clients)):
                for key, mask in self._selector.select(0.1 if ends else None):
                    self._attend(key, mask)
                while not self._post.empty():
                    item = self._post.get()
                    if item is None:
                        ends = time.monotonic() + FAREWELL
                    else:
                        self._hand_on(item)
        finally:
            for client in list(self._clients):
                self._drop(client)
            self._listener.close()
            self._wake.close()
            self._woken.close()
            self._selector.close()
            self._path.unlink(missing_ok=True)

    def _attend(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.fileobj is self._woken:
            with contextlib.suppress(BlockingIOError):
                self._woken.recv(4096)
        elif key.fileobj is self._listener:
            self._accept()
        else:
            client: Client = key.data
            try:
                if mask & selectors.EVENT_READ:
                    for line in client.read():
                        self._answer(client, line)
                self._write(client)
            except OSError:
                self._drop(client)

    def _hand_on(self, item: tuple[Client, Answer] | News) -> None:
        if isinstance(item, News):
            self._note(item)
            line = encode(item)
            for client in list(self._clients):
                if client.follows:
                    client.put_news(line)
                    self._try_write(client)
        elif item[0] in self._clients:
            item[0].owed -= 1
            item[0].put(encode(item[1]))
            self._try_write(item[0])

    def _note(self, news: News) -> None:
        self._lines.extend(news.lines)
        self._scores.hear(news.event)
        changes: dict[str, object] = {"evaluated": self._scores.last}
        match news.event:
            case StateChanged() as event:
                changes |= {"state": State(event.state), "reason": event.reason}
                if event.state != self._overview.state:  # else only the reason is another one
                    changes["since"] = event.time
            case Begun() as event:
                changes |= {"run": event.run}
            case Progress():
                changes |= {"progress": news.event}
            case Vitals():
                changes |= {"vitals": news.event}
            case SettingChanged():
                changes |= {"settings": self._settings()}
        self._overview = msgspec.structs.replace(self._overview, **changes)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it went away again, or there are no descriptors left
            return
        if len(self._clients) >= CLIENTS or not _is_mine(connection):
            connection.close()
            return
        client = Client(connection)
        self._clients.add(client)
        self._selector.register(connection, selectors.EVENT_READ, client)

    def _answer(self, client: Client, line: bytes) -> None:
        try:
            request = request_of(line)
        except EngineError as error:
            client.put(encode(Answer(number=-1, reply=c.Refused(why=str(error)))))
            return
        match request:
            case Ask(number=number, command=command):
                client.owed += 1
                reply = self._command(command)
                reply.add_done_callback(lambda done: self._send((client, _answer_of(number, done))))
            case Look(number=number) | Follow(number=number):
                overview = msgspec.structs.replace(self._overview, number=number, lines=tuple(self._lines))
                client.put(encode(overview))
                client.follows |= isinstance(request, Follow)

    def _try_write(self, client: Client) -> None:
        try:
            self._write(client)
        except OSError:
            self._drop(client)

    def _write(self, client: Client) -> None:
        client.write()
        if client.done:
            self._drop(client)
            return
        events = selectors.EVENT_READ * (not client.ended) | selectors.EVENT_WRITE * bool(client.waiting)
        known = self._selector.get_map().get(client.connection)
        if known is not None and known.events != events:
            self._selector.unregister(client.connection)
            known = None
        if known is None and events:
            self._selector.register(client.connection, events, client)

    def _drop(self, client: Client) -> None:
        self._clients.discard(client)
        with contextlib.suppress(KeyError):
            self._selector.unregister(client.connection)
        client.connection.close()


def _answer_of(number: int, done: Future[c.Reply]) -> Answer:
    return Answer(number=number, reply=done.result())


def _listen(path: Path) -> socket.socket:
    """A listening socket that only this user reaches, from the moment it is there."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        with within_reach(fresh) as short:
            listener.bind(short)
        fresh.chmod(0o600)
        listener.listen(CLIENTS)
        fresh.replace(path)  # that of a killed run goes
    except OSError:
        listener.close()
        fresh.unlink(missing_ok=True)
        raise
    return listener


def _is_mine(connection: socket.socket) -> bool:
    """Whether the other end is this user, or root, as the mode of the socket says too."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user in (0, os.geteuid())
