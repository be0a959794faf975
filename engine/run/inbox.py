"""The commands a run is told, from any thread, until it has time for them."""

import queue
from collections.abc import Callable
from concurrent.futures import Future

from engine.contracts.commands import Command, Refused, Reply


class Inbox:
    """Commands, in the order they came."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[Command, Future[Reply]]] = queue.SimpleQueue()
        self._heard: list[tuple[Future[Reply], Reply]] = []

    def put(self, command: Command) -> Future[Reply]:
        """Take in a command, from any thread; the reply comes when what it did was told."""
        reply: Future[Reply] = Future()
        self._queue.put((command, reply))
        return reply

    def hear(self, answer: Callable[[Command], Reply]) -> None:
        """Have all commands answered; `reply` says so. What the answer raises is refused, and raised."""
        while True:
            try:
                command, reply = self._queue.get_nowait()
            except queue.Empty:
                return
            try:
                self._heard.append((reply, answer(command)))
            except BaseException as error:
                reply.set_result(Refused(why=str(error)))
                raise

    def reply(self) -> None:
        """Give the answers out: whoever gets one has heard of what the command did, if they listen."""
        for reply, answer in self._heard:
            reply.set_result(answer)
        self._heard.clear()
