"""Waiting without standing still: generators that yield while an answer is not there.

Whoever runs them does something else in between: `parts = yield from answered(future)`.
"""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")

GLANCE = 0.02
"""Seconds that `answered` waits at a time."""


def answered(future: Future[T]) -> Generator[None, None, T]:
    """The result of a future; yields while it is not there. Raises what the future raises."""
    while not future.done():
        wait([future], GLANCE)
        yield
    return future.result()


def in_thread(work: Callable[[], T], name: str) -> Future[T]:
    """The result of some work that a thread of its own does, and that nobody waits for at the end."""
    future: Future[T] = Future()

    def do() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=do, name=name, daemon=True).start()
    return future
