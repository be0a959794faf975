"""The commands a run is told, from any thread, until it has time for them."""

import queue
from collections.abc import Callable
from concurrent.futures import Future

from engine.commands import Command, Refused, Reply


class Inbox:
    """Commands, in the order they came."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[Command, Future[Reply]]] = queue.SimpleQueue()

    def put(self, command: Command) -> Future[Reply]:
        """Take in a command, from any thread; the reply comes when it has been heard."""
        reply: Future[Reply] = Future()
        self._queue.put((command, reply))
        return reply

    def hear(self, answer: Callable[[Command], Reply]) -> None:
        """Have all commands answered. What the answer raises is refused, and raised."""
        while True:
            try:
                command, reply = self._queue.get_nowait()
            except queue.Empty:
                return
            try:
                reply.set_result(answer(command))
            except BaseException as error:
                reply.set_result(Refused(why=str(error)))
                raise
