"""Single messages that are lost, come twice or out of turn, over a real connection."""

import socket
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from meddling_link import MeddlingLink, lose, overtake, repeat
from plain_learner import PlainLearner
from served import GREETING, SOON, eventually, ours, samples, step

from remote.client import Client
from remote.service import Service

Connect = Callable[[], Client]


@pytest.fixture
def learner() -> PlainLearner:
    return PlainLearner()


@pytest.fixture
def link(learner: PlainLearner) -> Iterator[MeddlingLink]:
    listener = socket.create_server(("127.0.0.1", 0))
    service = Service(learner, listener)
    it = MeddlingLink(listener.getsockname())
    yield it
    it.close()
    assert service.close()
    assert eventually(lambda: not ours()), ours()


@pytest.fixture
def connect(link: MeddlingLink) -> Iterator[Connect]:
    """Another connection of the same run."""
    made: list[Client] = []

    def begin() -> Client:
        made.append(Client(partial(socket.create_connection, ("127.0.0.1", link.port)), name="the run"))
        return made[-1]

    yield begin
    for client in made:
        client.close()


@pytest.fixture
def client(connect: Connect) -> Client:
    """One that has said hello, at step 0."""
    client = connect()
    client.hello(GREETING).result(SOON)
    client.load(b"").result(SOON)
    client.extend(0, samples(100)).result(SOON)
    return client


def test_a_call_that_is_lost_was_never_made(link, client, connect, learner) -> None:
    link.once("Train", lose)
    assert isinstance(client.train([step(1)]).exception(SOON), ConnectionError)
    assert connect().hello(GREETING).result(SOON).step == 0
    assert learner.done == {}


def test_a_step_whose_reply_is_lost_is_made_and_answered_from_memory_when_asked_again(
    link, client, connect, learner
) -> None:
    link.once("Made", lose)
    assert isinstance(client.train([step(1)]).exception(SOON), ConnectionError)
    weights = learner.weights_now.copy()
    again = connect()
    assert again.hello(GREETING).result(SOON).step == 1
    assert again.train([step(1)]).result(SOON) == (learner.done[1],)
    assert (learner.weights_now == weights).all()


@pytest.mark.parametrize("kind", ["Train", "Made"], ids=["call", "reply"])
def test_what_comes_twice_is_made_once_and_ends_the_link(link, client, connect, learner, kind) -> None:
    link.once(kind, repeat)
    assert client.train([step(1)]).result(SOON) == (learner.done[1],)
    assert eventually(lambda: client.lost is not None)
    assert "waits for none" in str(client.lost)
    assert connect().hello(GREETING).result(SOON).step == 1


def test_replies_out_of_turn_find_their_calls(link, client, learner) -> None:
    overtaken = link.once("Made", overtake)
    asked = [client.train([step(number)]) for number in (1, 2)]
    came: list[int] = []
    for each in asked:
        each.add_done_callback(lambda done: came.append(done.result()[0].number))
    assert [each.result(SOON) for each in asked] == [(learner.done[1],), (learner.done[2],)]
    assert overtaken.is_set()
    assert came == [2, 1]
    assert client.lost is None


def test_a_late_reply_to_a_link_that_was_given_up_reaches_nobody(link, client, connect, learner) -> None:
    late = link.once("Made", overtake)
    waiting = client.train([step(1)])
    assert late.wait(SOON)
    client.close()
    assert isinstance(waiting.exception(SOON), ConnectionError)
    again = connect()
    assert again.hello(GREETING).result(SOON).step == 1
    assert again.train([step(1), step(2)]).result(SOON) == (learner.done[1], learner.done[2])
    assert again.lost is None
