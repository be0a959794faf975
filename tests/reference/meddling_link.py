"""A man in the middle who understands what goes by, and does harm to single messages."""

import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial

from remote import wire
from remote.connection import REPLY, REQUEST, Channel, Form, Stream
from remote.errors import WireError

Act = Callable[[], None]
Harm = Callable[[Act, Act], None]
"""Does something with a message: given what passes it on, and what cuts its connection."""

PROOF = ((0, 38), (1, 38), (0, 32), (1, 33))
"""Who speaks, run or learner, and how many bytes, while the token is proven."""

DECODE = {REQUEST: wire.decode_call, REPLY: wire.decode_reply}
LATE = 0.5  # s


def lose(pass_on: Act, cut: Act) -> None:
    """It is gone, and its connection with it: TCP loses nothing else."""
    cut()


def repeat(pass_on: Act, cut: Act) -> None:
    """It comes twice."""
    pass_on()
    pass_on()


def overtake(pass_on: Act, cut: Act) -> None:
    """Others overtake it."""
    threading.Timer(LATE, pass_on).start()


class MeddlingLink:
    """Passes messages on from `port` to a learner that wants no token, until `close`."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._armed: dict[str, tuple[Harm, threading.Event]] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def once(self, kind: str, harm: Harm) -> threading.Event:
        """Do harm to the next message of a kind, as `remote.wire` calls it; the event is set when it was."""
        done = threading.Event()
        self._armed[kind] = harm, done
        return done

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._meet, args=(near,), daemon=True).start()

    def _meet(self, near: socket.socket) -> None:
        ends = [Stream(near)]
        try:
            ends.append(Stream(socket.create_connection(self._to, 5.0)))
            for speaker, size in PROOF:
                said = bytearray(size)
                ends[speaker].read_into(memoryview(said), 10.0)
                ends[1 - speaker].write(said)
            channels = [Channel(end, 1 << 31) for end in ends]
            back = threading.Thread(target=self._pass, args=(*reversed(channels), REPLY), daemon=True)
            back.start()
            self._pass(*channels, REQUEST)
            back.join()
        except (EOFError, OSError):
            pass
        for end in ends:
            end.release()

    def _pass(self, source: Channel, sink: Channel, form: Form) -> None:
        sending = threading.Lock()

        def pass_on(packet: bytes) -> None:
            with sending, contextlib.suppress(EOFError):
                sink.send(packet)

        def cut() -> None:
            source.stream.close()
            sink.stream.close()

        try:
            while True:
                packet = bytes(source.recv())
                kind = type(DECODE[form](form.read(memoryview(packet))[1])).__name__
                harm, done = self._armed.pop(kind, (None, None))
                if harm is None or done is None:
                    pass_on(packet)
                else:
                    harm(partial(pass_on, packet), cut)
                    done.set()
        except (EOFError, WireError):
            cut()
