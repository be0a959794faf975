"""The relay: carries workers' positions to the learner, and the best moves back, on a thread of its own.

What a worker asked stays here until it was answered. When the learner is out of reach nobody is answered, and
so nobody plays; when a run has its learner back, all that is open is asked again. So no game is lost by that,
and none is counted twice: what was played comes in chunks as ever.
"""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue

import numpy as np

from engine.contracts.learner import Judged, Learner, LearnerError
from engine.contracts.orders import Answered, Asked
from engine.game.observation import WIDTH
from engine.workers.channel import Channel

PATIENCE = 10.0
"""Seconds that a worker may take to listen; it only waits for that."""

RETRY = 1.0
"""Seconds after which a learner that refused is asked again: it may be on its way to where the run stands."""

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Open:
    """Something that was asked on a line and not answered yet."""

    line: Channel[Asked]
    asked: Asked
    answer: Future[Judged] | None = None  # to come; None: nobody was asked
    due: float = 0.0  # when somebody is to be asked again, s
    again: bool = False  # whether that was in vain before, or nobody was there


class Relay:
    """Lines to workers, and the learner that they all ask. One thread does everything; others tell it."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._told: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._woken, self._wake = socket.socketpair()
        self._woken.settimeout(0)
        self._wake.settimeout(0)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._learner: Learner | None = None
        self._open: list[_Open] = []
        self._said = ""
        self._over = False
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def line(self) -> socket.socket:
        """A worker's end of a new line."""
        ours, theirs = socket.socketpair()
        self._tell(partial(self._add, Channel(ours, Asked)))
        return theirs

    def use(self, learner: Learner) -> None:
        """From now on ask that learner, also what another one did not answer."""
        self._tell(partial(self._take_learner, learner))

    def close(self) -> None:
        """Hang up on all, and end the thread."""
        self._tell(self._end)
        self._thread.join(PATIENCE)
        self._wake.close()

    def _tell(self, change: Callable[[], None]) -> None:
        self._told.put(change)
        with contextlib.suppress(OSError):  # full: it is awake; closed: it has ended
            self._wake.send(b"x")

    def _run(self) -> None:
        while not self._over:
            waiting = self._learner is not None and any(each.answer is None for each in self._open)
            for key, _ in self._selector.select(RETRY / 4 if waiting else None):
                if key.data is None:
                    self._woken.recv(4096)
                else:
                    self._hear(key.data)
            with contextlib.suppress(Empty):
                while True:
                    self._told.get_nowait()()
            self._ask_all()
        for line in [key.data for key in self._selector.get_map().values() if key.data is not None]:
            line.close()
        self._selector.close()
        self._woken.close()

    # what it is told

    def _end(self) -> None:
        self._over = True

    def _add(self, line: Channel[Asked]) -> None:
        self._selector.register(line, selectors.EVENT_READ, line)

    def _take_learner(self, learner: Learner) -> None:
        self._learner, self._said = learner, ""
        for each in self._open:
            each.answer, each.due, each.again = None, 0.0, True

    def _take_answer(self, one: _Open, answer: Future[Judged]) -> None:
        """Pass an answer on, if it is still waited for."""
        if one not in self._open or one.answer is not answer:
            return
        try:
            judged = answer.result()
        except (ConnectionError, LearnerError) as error:
            one.answer, one.due, one.again = None, time.monotonic() + RETRY, True
            if isinstance(error, LearnerError) and str(error) != self._said:
                self._said = str(error)
                _log.warning("the learner does not say how to move, and is asked again: %s", error)
            return
        self._open.remove(one)
        moves, values = judged.moves.tobytes(), judged.values.tobytes()
        answered = Answered(
            half=one.asked.half, step=judged.step, moves=moves, values=values, again=one.again
        )
        try:
            one.line.send(answered, PATIENCE)
        except ConnectionError:
            self._hang_up(one.line)

    # workers

    def _hear(self, line: Channel[Asked]) -> None:
        try:
            self._open.append(_Open(line, line.receive(PATIENCE)))
        except ConnectionError:
            self._hang_up(line)

    def _hang_up(self, line: Channel[Asked]) -> None:
        """A worker is gone: nobody waits for what it asked."""
        self._open = [each for each in self._open if each.line is not line]
        self._selector.unregister(line)
        line.close()

    def _ask_all(self) -> None:
        """Ask the learner all that is open and due."""
        if self._learner is None:
            return
        now = time.monotonic()
        for one in self._open:
            if one.answer is None and one.due <= now:
                rows = np.frombuffer(one.asked.rows, np.uint8).reshape(-1, WIDTH)
                answer = one.answer = self._learner.act(rows)
                answer.add_done_callback(partial(self._answered, one))

    def _answered(self, one: _Open, answer: Future[Judged]) -> None:
        """Called by whoever answers."""
        self._tell(partial(self._take_answer, one, answer))
