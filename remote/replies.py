"""What one peer asked and was not yet told, and the thread that tells it, in order.

The peer's calls are read ahead while the learner works, so that it finds the next one decoded when it is done
with one. How far is bounded here: by bytes, by calls, and by calls with a large reply, which waits in memory
until the peer takes it. The one who reads is who waits for room, so the learner never waits for a peer.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass

from remote import messages, wire

log = logging.getLogger(__name__)

BYTES = 64 << 20  # of calls; one call may always be larger
CALLS = 64
LARGE = 4  # calls with a large reply


@dataclass(frozen=True, eq=False)
class Owed:
    """A call that was read: its size, bytes; its reply to come, whether that is large, and where it goes."""

    size: int
    reply: Future[messages.Reply]
    large: bool
    answer: Callable[[bytes], None]


class Replies:
    """One peer's. One thread, the one that reads, calls all methods; `hang_up` ends what it reads from."""

    def __init__(self, hang_up: Callable[[], None]) -> None:
        self._hang_up = hang_up
        self._change = threading.Condition()
        self._owed: deque[Owed] = deque()
        self._over = False
        self._thread: threading.Thread | None = None

    def put(self, owed: Owed) -> None:
        """Reply to that after all that was put before."""
        with self._change:
            self._owed.append(owed)
            self._change.notify_all()
        if self._thread is None:  # most connections only ask for signs of life, and need none
            self._thread = threading.Thread(target=self._reply, name="replier", daemon=True)
            self._thread.start()

    def wait(self, *, for_all: bool = False) -> None:
        """Wait until more may be read, or until all is replied to. Raises EOFError when that ends."""
        with self._change:
            self._change.wait_for(lambda: self._over or (not self._owed if for_all else self._room()))
            if self._over:
                raise EOFError("replies cannot be sent any more")

    def end(self) -> None:
        """Drop what has not begun; wait until what has is done."""
        with self._change:
            self._over = True
            begun = [owed.reply for owed in self._owed if not owed.reply.cancel()]
            self._owed.clear()
            self._change.notify_all()
        self._hang_up()
        if self._thread is not None:
            self._thread.join()
        wait(begun)

    def _room(self) -> bool:
        return (
            len(self._owed) < CALLS
            and sum(owed.size for owed in self._owed) < BYTES
            and sum(owed.large for owed in self._owed) < LARGE
        )

    def _reply(self) -> None:
        try:
            while self._reply_to_one():
                pass
        except (EOFError, CancelledError) as end:
            log.debug("replies end: %s", end)
        finally:
            with self._change:
                self._over = True
                self._change.notify_all()
            self._hang_up()  # who reads is to end, and then calls `end`

    def _reply_to_one(self) -> bool:
        """Whether there may be more. A function of its own, so that nothing large is kept while it waits."""
        with self._change:
            self._change.wait_for(lambda: self._over or self._owed)
            if self._over:
                return False
            owed = self._owed[0]
        owed.answer(encoded(owed.reply.result()))
        with self._change:
            if not self._over:  # else there is nothing left
                self._owed.popleft()
            self._change.notify_all()
        return True


def encoded(reply: messages.Reply) -> bytes:
    """A reply as bytes; the refusal of one that cannot be sent."""
    try:
        return wire.encode(reply)
    except Exception as error:  # too large, most likely
        return wire.encode(messages.refusal(error))
