"""Is the other side still there? One thread asks every so often, and takes the time."""

import threading
import time
from concurrent.futures import Future

from remote import messages
from remote.link import Link

SMOOTHING = 1 / 8  # weight of a new round-trip time: RFC 6298, section 2


class Heartbeat:
    """Asks on `control` every `beat` seconds; gives it up after `silence` seconds without an answer.

    Ends when `control` is lost.
    """

    def __init__(self, control: Link, *, beat: float, silence: float) -> None:
        self._control, self._beat, self._silence = control, beat, silence
        self.round_trip: float | None = None  # s, smoothed
        self._silent = 0.0  # s since the last answer
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._thread.start()

    def stop(self, patience: float) -> None:
        """End the thread, within that many seconds."""
        self._over.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(patience)

    def _run(self) -> None:
        tick = self._beat / 4
        waiting, next_beat = self._ask(), self._beat
        clock = time.monotonic()
        while not self._over.wait(tick) and not self._control.lost:
            # a process that was itself stopped, or got no time, may not call the other one silent
            passed, clock = min(time.monotonic() - clock, 2 * tick), time.monotonic()
            self._silent += passed
            if self._silent >= self._silence:
                self._control.lose(TimeoutError(f"the other side has been silent for {self._silence:g} s"))
            next_beat -= passed
            if next_beat <= 0 and waiting.done():
                waiting, next_beat = self._ask(), self._beat

    def _ask(self) -> Future[None]:
        began = time.monotonic()

        def answered(reply: messages.Reply) -> None:
            messages.expect(messages.Pong, reply)
            took = time.monotonic() - began
            old = self.round_trip
            self.round_trip = took if old is None else old + SMOOTHING * (took - old)
            self._silent = 0.0

        return self._control.ask(messages.Ping(), answered)
