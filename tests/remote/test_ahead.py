"""The service reads ahead while the learner works: how far, and what becomes of it when things go wrong."""

import gc
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator

import msgspec
import pytest
from served import SOON, descriptors, eventually, ours, samples, step
from watched import ROOMY, Raw, Watched

from engine.contracts.learner import GapError, LearnerError
from remote import messages, replies
from remote.errors import BrokenError, HeldError

EXTEND = samples(8400)  # 1.5 MB
WEIGHTS = messages.AskWeights(newer_than=-1, average=False)


@pytest.fixture
def watch(serve, monkeypatch) -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def start(**given: float) -> Watched:
        made.append(Watched(serve(**given), monkeypatch))
        return made[-1]

    yield start
    for watched in made:
        watched.go.set()


def settled(what: Callable[[], int]) -> int:
    """A count, once it stays."""
    while True:
        before = what()
        time.sleep(0.3)
        if what() == before:
            return before


def test_the_next_calls_are_read_and_decoded_while_the_learner_trains(watch) -> None:
    watched = watch()
    client = watched.met()
    watched.hold_up("train")
    asked = [
        client.train([step(1)]),
        client.extend(100, EXTEND),
        client.train([step(2)]),
        client.extend(0, EXTEND),
    ]
    assert eventually(lambda: watched.read == ["Train", "Extend", "Train", "Extend"]), watched.read
    assert client._bulk._queued == 0
    assert not any(future.done() for future in asked)
    assert watched.done == []
    watched.go.set()
    assert [future.exception(SOON) for future in asked] == [None] * 4
    assert watched.done == ["train", "extend", "train", "extend"]


def test_ping_and_status_are_answered_meanwhile_on_the_same_connection_too(watch) -> None:
    watched = watch()
    client = watched.met()
    watched.hold_up("train")
    training = client.train([step(1)])
    for call in (messages.Ping(), messages.AskStatus()):
        assert client._bulk.ask(call, lambda reply: reply).result(SOON)
    assert not training.done()


def test_a_run_that_waits_for_a_long_call_is_not_taken_for_dead(serve) -> None:
    client = serve(idle=0.8).met()
    assert client.train([step(1, seconds=1.5)]).result(SOON)
    assert client.train([step(2)]).result(SOON)


@pytest.mark.parametrize(
    ("bound", "ask", "read"),
    [
        ({"BYTES": 1_000_000}, lambda client, _: client.extend(0, samples(1000)), 1 + 6),
        ({"BYTES": 10_000}, lambda client, _: client.extend(0, samples(1000)), 1 + 1),
        ({"CALLS": 5}, lambda client, _: client.extend(0, samples(1)), 5),
        ({}, lambda client, _: client.weights(-1), 1 + replies.LARGE),
    ],
    ids=["bytes", "one message always", "count", "large replies"],
)
def test_reading_ahead_has_bounds_and_what_lies_beyond_comes_later(
    watch, monkeypatch, bound, ask, read
) -> None:
    for name, value in bound.items():
        monkeypatch.setattr(replies, name, value)
    watched = watch()
    client = watched.met()
    watched.hold_up("train")
    client.train([step(1)])
    asked = [ask(client, number) for number in range(20)]
    assert eventually(lambda: len(watched.read) >= read)
    assert settled(lambda: len(watched.read)) == read
    watched.go.set()
    assert [future.exception(SOON) for future in asked] == [None] * 20


def test_errors_of_one_call_do_not_stop_what_was_read_behind_it(watch) -> None:
    watched = watch()
    client = watched.met()
    watched.hold_up("train")
    client.train([step(1)])
    asked = [
        client.train([step(7)]),
        client.extend(9_999, samples(2)),
        client.train([step(2, clip=-1.0)]),
        client.train([step(2)]),
        client.hello(msgspec.structs.replace(ROOMY, protocol=9)),
        client.train([step(3)]),
    ]
    assert eventually(lambda: len(watched.read) >= 6)
    watched.go.set()
    kinds = [type(future.exception(SOON)) for future in asked]
    assert kinds[:4] == [GapError, LearnerError, BrokenError, type(None)]
    assert asked[5].result(SOON)[0].number == 3


def test_what_a_dead_connection_sent_ahead_is_dropped_whoever_comes_next(watch) -> None:
    watched = watch()
    old = watched.met("old")
    watched.hold_up("train")
    old.train([step(1)])
    old.extend(0, EXTEND)
    old.train([step(2)])
    assert eventually(lambda: len(watched.read) == 3)
    old.close()
    assert eventually(lambda: watched.served.service._hold._holder is None)  # while the call is under way
    new = watched.served.client("new")
    welcome = new.hello(ROOMY)
    assert eventually(lambda: "Hello" in watched.read)
    watched.go.set()
    assert welcome.result(SOON).step == 1
    assert new.train([step(2)]).result(SOON)
    assert watched.done == ["train", "hello", "train"]


def test_nor_does_a_hello_that_was_read_ahead_outlive_its_connection(watch) -> None:
    watched = watch()
    first = watched.met("old")
    watched.hold_up("train")
    first.train([step(1)])
    assert watched.began.wait(SOON)
    second = watched.served.client("old")
    second.hello(msgspec.structs.replace(ROOMY, run="another"))
    assert eventually(lambda: "Hello" in watched.read)
    second.close()
    hold = watched.served.service._hold
    watched.served.client("old").hello(ROOMY)  # takes over from the dead one, if nobody noticed yet
    assert eventually(lambda: watched.read.count("Hello") == 2 and hold._holder is not None)
    watched.go.set()
    assert eventually(lambda: "hello" in watched.done)
    assert watched.served.learner.greeting == ROOMY
    assert watched.done == ["train", "hello"]


@pytest.mark.parametrize("calls", [64, 3], ids=["reading", "waiting for room"])
def test_a_hold_lost_in_between_refuses_what_was_read_ahead(watch, monkeypatch, calls) -> None:
    monkeypatch.setattr(replies, "CALLS", calls)
    watched = watch()
    old = watched.met("the same")
    watched.hold_up("train")
    asked = [old.train([step(1)]), old.extend(0, EXTEND), old.train([step(2)])]
    assert eventually(lambda: len(watched.read) == 3)
    welcome = watched.served.client("the same").hello(ROOMY)
    assert all(isinstance(future.exception(SOON), ConnectionError) for future in asked)
    watched.go.set()
    assert welcome.result(SOON).step == 1
    assert watched.done == ["train", "hello"]


def test_those_without_the_learner_are_refused_at_once(watch) -> None:
    watched = watch()
    first, second = watched.met("first"), watched.served.client("second")
    watched.hold_up("train")
    first.train([step(1)])
    assert watched.began.wait(SOON)
    assert type(second.extend(0, samples(10)).exception(SOON)) is LearnerError
    assert type(second.hello(ROOMY).exception(SOON)) is HeldError
    assert not watched.go.is_set()


def test_hello_is_answered_before_more_is_read(watch) -> None:
    watched = watch()
    watched.hold_up("hello")
    client = watched.served.client()
    asked = [client.hello(ROOMY), client.load(b""), client.extend(0, EXTEND)]
    assert watched.began.wait(SOON)
    assert settled(lambda: len(watched.read)) == 1
    watched.go.set()
    assert [future.exception(SOON) for future in asked] == [None] * 3


def test_a_run_that_takes_no_replies_does_not_keep_the_learner_waiting(watch) -> None:
    watched = watch(size=4 << 20)
    with Raw(watched.served) as raw:
        for call in (WEIGHTS, messages.AskSnapshot(), messages.Extend(0, samples(10))):
            raw.ask(call)
        assert eventually(lambda: "extend" in watched.done), watched.done
        assert watched.served.client("raw").hello(ROOMY).result(SOON).step == 0


def test_nor_does_it_pile_up_replies_and_in_the_end_it_is_dropped(watch) -> None:
    watched = watch(size=4 << 20, stall=1.5)
    with Raw(watched.served) as raw:
        for _ in range(30):
            raw.ask(WEIGHTS)
        assert eventually(lambda: watched.done.count("weights") >= replies.LARGE)
        assert settled(lambda: watched.done.count("weights")) == replies.LARGE
        assert eventually(lambda: watched.served.service._hold._holder is None)
    assert eventually(lambda: not watched.served.service._peers)


def test_closing_the_service_waits_for_the_call_in_progress_and_for_no_other(serve) -> None:
    served = serve()
    client = served.met()
    for number in range(1, 100):  # more than are read ahead
        client.train([step(number, seconds=0.5)])
    time.sleep(0.2)
    before = served.learner.step
    assert served.service.close()
    assert served.learner.step <= before + 1


def test_closing_tells_when_the_call_in_progress_does_not_end(watch) -> None:
    watched = watch()
    client = watched.met()
    watched.hold_up("train")
    client.train([step(1)])
    client.train([step(2)])
    assert eventually(lambda: len(watched.read) == 2)
    began = time.monotonic()
    assert not watched.served.service.close(0.2)
    assert time.monotonic() - began < 1.0
    watched.go.set()
    assert watched.served.service.close()
    assert watched.done == ["train"]


def test_connections_that_die_with_calls_read_ahead_leave_nothing(watch) -> None:
    watched = watch()
    watched.met().close()
    assert eventually(lambda: ours() == ["service"])
    before = descriptors(), threading.active_count()
    watched.hold_up("train")
    tracemalloc.start()
    for _ in range(3):
        watched.began.clear()
        watched.go.clear()
        client = watched.met()
        client.train([step(1)])
        for _ in range(15):
            client.extend(0, EXTEND)  # 23 MB
        assert eventually(lambda: len(watched.read) == 16)
        client.close()
        watched.go.set()
        assert eventually(lambda: ours() == ["service"]), ours()
    del client
    watched.served.clients.clear()
    assert eventually(lambda: (descriptors(), threading.active_count()) == before)
    gc.collect()
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert left < 10_000_000, left


def test_a_half_sent_call_behind_others_ends_them_too(watch) -> None:
    watched = watch()
    watched.hold_up("extend")
    with Raw(watched.served) as raw:
        raw.ask(messages.Extend(0, samples(10)))
        raw.ask(messages.Extend(0, samples(20)))
        assert watched.began.wait(SOON)
        raw.sock.send(b"\0\0")
        raw.sock.shutdown(socket.SHUT_RDWR)
        assert eventually(lambda: watched.served.service._hold._holder is None)
    watched.go.set()
    assert eventually(lambda: not watched.served.service._peers)
    assert watched.done.count("extend") == 1
