"""The service among peers who mean it ill, who fall silent, and who come and go."""

import contextlib
import gc
import logging
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable

import msgspec
import pytest
import rpyc
from served import GREETING, QUICK, SOON, descriptors, eventually, ours, samples, step

from engine.contracts.learner import PROTOCOL, LearnerError
from engine.settings.config import ModelSection
from remote import handshake, messages, unix, wire
from remote.client import Client, Timing
from remote.connection import FRAME_CAP, MORE, REPLY, REQUEST, Channel, Connection, Stream
from remote.errors import AddressError, TokenError, VersionError
from remote.handshake import demand, prove


def goes_on(client: Client) -> bool:
    """Whether a run is still served."""
    next_step = client.status().result(SOON).step + 1
    return client.train([step(next_step)]).result(SOON)[0].number == next_step


def stranger(served) -> socket.socket:
    sock = unix.dial(served.path)
    sock.settimeout(SOON)
    return sock


def insider(served) -> socket.socket:
    """A peer that knows the token, and means it ill."""
    sock = stranger(served)
    prove(Stream(sock), "")
    sock.settimeout(SOON)
    return sock


def hung_up(sock: socket.socket) -> bool:
    try:
        return sock.recv(1000) == b""
    except ConnectionError:
        return True


HEAD = REQUEST.head(0, 64)
HOSTILE = {
    "garbage": b"\x00\xff garbage " * 50,
    "a huge length": struct.pack("!LB", 2**32 - 1, 0),
    "a huge message in small frames": (struct.pack("!LB", 60_000, MORE) + bytes(60_000) + b"\n") * 2,
    "a compressed bomb": struct.pack("!LB", 10215, 1) + zlib.compress(bytes(10 << 20)) + b"\n",
    "a message of no meaning": struct.pack("!LB", len(HEAD) + 64, 0) + HEAD + bytes(64) + b"\n",
    "http": b"GET / HTTP/1.1\r\n\r\n",
}


def send(sock: socket.socket, data: bytes) -> None:
    """Send it as far as the other side listens: it may hang up in the middle."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        sock.sendall(data)


@pytest.fixture
def hasty(monkeypatch) -> None:
    """Who says too little to prove the token is dropped sooner than usual."""
    monkeypatch.setattr(handshake, "PATIENCE", 0.3)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("peer", [stranger, insider])
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_peer_is_hung_up_on_and_the_run_goes_on(serve, data, peer) -> None:
    served = serve()
    client = served.met()
    with peer(served) as sock:
        send(sock, data)
        assert hung_up(sock)
    assert goes_on(client)


@pytest.mark.usefixtures("hasty")
def test_a_hundred_hostile_peers_leave_nothing_behind(serve, caplog) -> None:
    caplog.set_level(logging.CRITICAL, "remote")  # what is logged is kept, with all it refers to, by the test
    served = serve(speak=1.0)
    client = served.met()

    def meet(times: int) -> None:
        for _ in range(times):
            peers = [(peer(served), data) for data in HOSTILE.values() for peer in (stranger, insider)]
            for sock, data in peers:
                send(sock, data)
            for sock, _ in peers:
                assert hung_up(sock)
                sock.close()
        assert eventually(lambda: len(served.service._peers) == 2)

    meet(1)
    gc.collect()  # also what tests before this one left: it must not go while this one counts
    files, threads = descriptors(), threading.active_count()
    tracemalloc.start()
    try:
        meet(9)
        assert eventually(lambda: descriptors() <= files and threading.active_count() <= threads)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 108 * 10_000  # one frame has a million
    finally:
        tracemalloc.stop()
    assert goes_on(client)


@pytest.mark.usefixtures("hasty")
def test_a_truncated_message_and_a_silent_peer_are_dropped(serve) -> None:
    served = serve(speak=1.0, piece=0.3)
    client = served.met()
    with insider(served) as halfway, stranger(served):
        send(halfway, struct.pack("!LB", 1000, 0) + b"x" * 10)
        assert eventually(lambda: len(served.service._peers) == 2)
    assert goes_on(client)


def test_walks_through_attributes_get_nowhere(serve) -> None:
    served = serve()
    client = served.met()
    stream = rpyc.core.stream.SocketStream(insider(served))
    peer = rpyc.core.protocol.Connection(rpyc.VoidService(), rpyc.core.channel.Channel(stream))
    with pytest.raises(EOFError):
        peer.root.call.__func__.__globals__["os"].system("true")
    assert goes_on(client)


def test_two_hundred_connections_that_say_nothing_do_not_lock_a_run_out(serve) -> None:
    served = serve(connections=8, speak=100.0)
    client = served.met()
    silent = [stranger(served) for _ in range(200)]
    assert goes_on(client)
    newcomer = served.client("newcomer")
    assert newcomer.status().result(SOON).device == "plain"
    assert len(served.service._peers) <= 8
    assert hung_up(silent[0])
    assert goes_on(client)
    for sock in silent:
        sock.close()


def test_more_clients_than_there_is_room_for_are_refused(serve) -> None:
    served = serve(connections=4)
    first, second = served.met("first"), served.client("second")
    second.status().result(SOON)
    assert eventually(
        lambda: second._bulk.received > 0
    )  # its sign of life was answered: all four have spoken
    with stranger(served) as sock:
        assert hung_up(sock)
    assert goes_on(first)


def test_a_client_with_another_token_is_told_so_and_the_run_goes_on(serve, caplog) -> None:
    served = serve()
    client = served.met()
    for _ in range(3):
        with pytest.raises(TokenError, match="does not accept this side's auth_token"):
            Client(lambda: unix.dial(served.path), token="let me in, I am a friend", timing=QUICK)
    assert goes_on(client)
    assert "does not know the auth_token" in caplog.text
    assert "friend" not in caplog.text


def test_strangers_may_not_send_much(serve) -> None:
    client = serve().client()
    assert isinstance(client.load(bytes(100_000)).exception(SOON), ConnectionError)


def test_a_quiet_run_is_not_taken_for_dead(serve) -> None:
    client = serve(idle=0.8).met()
    time.sleep(1.2)
    assert goes_on(client)


def test_a_run_may_take_its_time_to_say_hello(serve) -> None:
    client = serve(speak=0.3).client(timing=Timing())
    time.sleep(0.7)
    assert client.hello(GREETING).result(SOON).run == GREETING.run


def test_the_second_dial_may_take_its_time(serve) -> None:
    """A way of its own may take half a minute; the service waits five seconds for a peer to speak."""
    served = serve()

    def dial() -> socket.socket:
        (bulk,) = served.service._peers
        assert eventually(lambda: bulk.session.heard)
        before = bulk.stream.received
        assert eventually(lambda: bulk.stream.received > before)  # nor is it taken for dead
        return unix.dial(served.path)

    client = Client(lambda: unix.dial(served.path), control=dial, timing=QUICK)
    assert client.hello(GREETING).result(SOON).run == GREETING.run
    client.close()


def test_a_run_that_vanished_is(serve) -> None:
    served = serve(idle=0.3)
    with insider(served) as sock:
        connection = Connection(Channel(Stream(sock), 1 << 20))
        connection.ask(wire.encode(messages.Hello("gone", GREETING)), lambda answer: None)
        connection.serve(None)
        assert not served.service._hold.has(None)
        assert eventually(lambda: served.service._hold._holder is None)


def test_fifty_clients_come_and_go_and_leave_nothing(serve) -> None:
    served = serve()
    served.met().close()
    assert eventually(lambda: ours() == ["service"])
    served.clients.clear()
    before = descriptors(), threading.active_count()
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(50):
            client = Client(lambda: unix.dial(served.path), timing=QUICK)
            client.status()
            if number % 2:
                client.hello(GREETING)
                client.extend(0, samples(500))
            client.close()
        del client
        assert eventually(lambda: ours() == ["service"]), ours()
        assert eventually(lambda: (descriptors(), threading.active_count()) == before)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 50 * 10_000  # 500 samples have 90,000 already
    finally:
        tracemalloc.stop()


def test_a_peer_of_another_version_is_told_both_versions(serve, caplog) -> None:
    served = serve()
    answers: list[bytes] = []
    old = bytearray(wire.encode(messages.Ping()))
    old[4] = 77
    with insider(served) as sock:
        connection = Connection(Channel(Stream(sock), 1 << 20))
        connection.ask(bytes(old), answers.append)
        connection.serve(None)
    refused = wire.decode_reply(answers[0])
    assert isinstance(messages.error_of(refused), VersionError)
    assert f"wire version {wire.VERSION}" in refused.text
    assert "the other wire version 77" in refused.text
    assert f"a peer of another version is refused: {refused.text}" in caplog.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model": ModelSection(d_model=64)}, "the learner has"),
        ({"run": "run-2"}, "the learner works for run 'run-1'"),
    ],
)
def test_a_run_that_is_refused_is_named_on_this_side_too(serve, caplog, changes, why) -> None:
    served = serve()
    served.met("first")
    name = "first" if "model" in changes else "second"
    refused = served.client(name).hello(msgspec.structs.replace(GREETING, **changes)).exception(SOON)
    assert isinstance(refused, LearnerError)
    assert why in str(refused)
    run = changes.get("run", "run-1")
    assert f"run {run} ({name}) is refused: {refused}" in caplog.text


class Impostor:
    """A service that gives the same answer to everything; what a client makes of it."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.ends: list[Stream] = []

    def call(self, message: bytes, answer: Callable[[bytes], None]) -> None:
        answer(self.answer)

    def dial(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self.ends.append(Stream(ours))
        threading.Thread(target=self._serve, args=(self.ends[-1],)).start()
        return theirs

    def _serve(self, stream: Stream) -> None:
        try:
            demand(stream, "")
            while True:
                Connection(Channel(stream, 1 << 20), self).serve(None)
        except EOFError:
            stream.release()


def newer(message: bytes) -> bytes:
    return message[:6] + struct.pack("<H", PROTOCOL + 1) + message[8:]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"garbage", ConnectionError),
        (wire.encode(messages.Done()), ConnectionError),
        (wire.encode(messages.Ping()), ConnectionError),
        (newer(wire.encode(messages.Pong())), VersionError),
    ],
)
def test_a_service_that_answers_nonsense_is_left(answer, kind) -> None:
    impostor = Impostor(answer)
    client = Client(impostor.dial, timing=QUICK)
    assert isinstance(client.hello(GREETING).exception(SOON), kind)
    assert eventually(lambda: client.lost is not None)
    client.close()


def test_a_client_that_is_newer_hears_both_versions() -> None:
    pong, welcome = wire.encode(messages.Pong()), newer(wire.encode(messages.Pong()))
    impostor = Impostor(pong)
    client = Client(impostor.dial, timing=QUICK)
    impostor.answer = welcome
    error = client.hello(GREETING).exception(SOON)
    assert type(error) is VersionError
    assert f"protocol {PROTOCOL}, the other wire version {wire.VERSION} and protocol {PROTOCOL + 1}" in str(
        error
    )
    client.close()


def test_a_service_that_claims_a_huge_answer_is_left() -> None:
    ends: list[socket.socket] = []

    def dial() -> socket.socket:
        ours, theirs = socket.socketpair()
        ends.append(ours)

        def claim() -> None:
            demand(Stream(ours), "")
            ours.sendall(struct.pack("!LB", FRAME_CAP + 1, 0) + REPLY.head(0, 2**32 - 1))

        threading.Thread(target=claim).start()
        return theirs

    client = Client(dial, timing=QUICK)
    assert isinstance(client.status().exception(SOON), ConnectionError)
    client.close()
    for end in ends:
        end.close()


def test_the_socket_is_its_owner_s_alone(serve, folder) -> None:
    new = folder / "new"
    listener = unix.listen(new / "socket")
    assert new.stat().st_mode & 0o777 == 0o700
    assert (new / "socket").stat().st_mode & 0o777 == 0o600
    listener.close()


def test_a_folder_that_others_may_enter_is_refused(folder) -> None:
    folder.chmod(0o755)
    with pytest.raises(AddressError, match="can be entered by others"):
        unix.listen(folder / "socket")


def test_a_socket_that_answers_is_left_alone(serve) -> None:
    served = serve()
    with pytest.raises(AddressError, match="in use: somebody answers"):
        unix.listen(served.path)
    assert served.client().status().result(SOON)


def test_a_socket_left_behind_is_replaced(folder) -> None:
    unix.listen(folder / "socket").close()
    assert (folder / "socket").exists()
    with unix.listen(folder / "socket"):
        unix.dial(folder / "socket").close()


def test_a_file_that_is_no_socket_is_left_alone(folder) -> None:
    (folder / "socket").write_text("precious")
    with pytest.raises(AddressError, match="is no socket"):
        unix.listen(folder / "socket")
    assert (folder / "socket").read_text() == "precious"


def test_a_path_too_long_for_a_socket_is_refused(folder) -> None:
    with pytest.raises(AddressError, match="cannot be served on"):
        unix.listen(folder / ("x" * 120))


def test_of_two_services_that_start_at_once_one_serves(folder) -> None:
    unix.listen(folder / "socket").close()
    listeners: list[socket.socket] = []

    def start() -> None:
        try:
            listeners.append(unix.listen(folder / "socket"))
        except AddressError:
            return

    starts = [threading.Thread(target=start) for _ in range(8)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    assert len(listeners) == 1
    unix.dial(folder / "socket").close()
    listeners[0].close()
