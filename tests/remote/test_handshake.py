"""Both sides show that they know the token, and a stranger learns nothing and holds nobody up."""

import hashlib
import hmac
import socket
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.contracts.learner import BarredError
from remote import handshake
from remote.connection import Stream
from remote.errors import TokenError
from remote.handshake import demand, prove


def meet(client: Callable[[Stream], None], service: Callable[[Stream], None]) -> list[Exception | None]:
    """Let two sides speak with each other; what each raised."""
    raised: list[Exception | None] = [None, None]
    ends = [Stream(sock) for sock in socket.socketpair()]

    def speak(number: int, side: Callable[[Stream], None]) -> None:
        try:
            side(ends[number])
        except Exception as error:
            raised[number] = error
        finally:
            ends[number].close()

    threads = [threading.Thread(target=speak, args=each) for each in enumerate((client, service))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for end in ends:
        end.release()
    return raised


@pytest.mark.parametrize("token", ["", "correct horse battery staple", "ключ"])
def test_the_same_token_opens(token: str) -> None:
    assert meet(lambda s: prove(s, token), lambda s: demand(s, token)) == [None, None]


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        ("right", "wrong", "does not accept this side's auth_token"),
        ("", "needed", "asks for an auth_token, and none is set here"),
        ("needless", "", "does not accept"),
    ],
)
def test_another_token_is_refused_on_both_sides_and_neither_is_told_it(
    mine: str, theirs: str, why: str
) -> None:
    client, service = meet(lambda s: prove(s, mine), lambda s: demand(s, theirs))
    assert isinstance(client, TokenError)
    assert isinstance(client, BarredError)
    assert why in str(client)
    assert isinstance(service, TokenError)
    for secret in filter(None, (mine, theirs)):
        assert secret not in str(client) + str(service)


def test_a_service_that_only_says_yes_is_found_out() -> None:
    def liar(stream: Stream) -> None:
        opening = bytearray(38)
        stream.read_into(memoryview(opening), 30.0)
        stream.write(bytes(opening))
        stream.read_into(memoryview(bytearray(32)), 30.0)
        stream.write(b"\x01" + bytes(32))

    client, _ = meet(lambda s: prove(s, "token"), liar)
    assert isinstance(client, TokenError)
    assert "right machine" in str(client)


def test_the_service_does_not_echo_the_clients_proof_back() -> None:
    """A liar who sends the client's own proof and random part back to it proves nothing."""

    def mirror(stream: Stream) -> None:
        opening, proof = bytearray(38), bytearray(32)
        stream.read_into(memoryview(opening), 30.0)
        stream.write(bytes(opening))
        stream.read_into(memoryview(proof), 30.0)
        stream.write(b"\x01" + bytes(proof))

    client, _ = meet(lambda s: prove(s, "token"), mirror)
    assert isinstance(client, TokenError)


def test_what_was_heard_before_opens_nothing() -> None:
    heard: list[bytes] = []

    def listening(stream: Stream) -> None:
        opening, proof = bytearray(38), bytearray(32)
        stream.read_into(memoryview(opening), 30.0)
        stream.write(opening[:6] + bytes(32))
        stream.read_into(memoryview(proof), 30.0)
        heard.extend((bytes(opening), bytes(proof)))

    meet(lambda s: prove(s, "token"), listening)

    def again(stream: Stream) -> None:
        stream.write(heard[0])
        stream.read_into(memoryview(bytearray(38)), 30.0)
        stream.write(heard[1])

    _, service = meet(again, lambda s: demand(s, "token"))
    assert isinstance(service, TokenError)


def test_the_proof_is_what_the_text_says() -> None:
    def client(stream: Stream) -> None:
        stream.write(b"HNBI\x01\x00" + b"c" * 32)
        opening = bytearray(38)
        stream.read_into(memoryview(opening), 30.0)
        both = b"c" * 32 + bytes(opening[6:])
        stream.write(hmac.new(b"token", b"client" + both, hashlib.sha256).digest())
        verdict = bytearray(33)
        stream.read_into(memoryview(verdict), 30.0)
        assert verdict == b"\x01" + hmac.new(b"token", b"service" + both, hashlib.sha256).digest()

    assert meet(client, lambda s: demand(s, "token")) == [None, None]


def test_another_version_is_named_on_both_sides() -> None:
    answers: list[bytes] = []

    def older(stream: Stream) -> None:
        stream.write(b"HNBI\x00\x00" + bytes(32))
        opening = bytearray(38)
        stream.read_into(memoryview(opening), 30.0)
        answers.append(bytes(opening))

    client, service = meet(older, lambda s: demand(s, ""))
    assert client is None
    assert isinstance(service, BarredError)
    assert "version 1, the other 0" in str(service)

    def newer(stream: Stream) -> None:  # answers a client of another version as ours did
        stream.read_into(memoryview(bytearray(38)), 30.0)
        stream.write(answers[0][:4] + b"\x02\x00" + answers[0][6:])

    client, _ = meet(lambda s: prove(s, ""), newer)
    assert isinstance(client, BarredError)
    assert "version 1, the other 2" in str(client)


def test_a_stranger_who_speaks_something_else_is_answered_nothing() -> None:
    def http(stream: Stream) -> None:
        stream.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n")
        stream.read_into(memoryview(bytearray(1)), 5.0)

    client, service = meet(http, lambda s: demand(s, "token"))
    assert isinstance(client, EOFError)
    assert isinstance(service, EOFError)


@given(st.binary(min_size=1, max_size=200))
def test_garbage_opens_nothing(garbage: bytes) -> None:
    _, service = meet(lambda s: s.write(garbage), lambda s: demand(s, "token"))
    assert isinstance(service, EOFError | BarredError)


def test_who_stays_silent_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "PATIENCE", 0.2)
    heard = threading.Event()

    def service_side(stream: Stream) -> None:
        try:
            demand(stream, "token")
        finally:
            heard.set()

    _, service = meet(lambda s: heard.wait(30) and None, service_side)
    assert isinstance(service, EOFError)
    assert "within 0.2 s" in str(service)
