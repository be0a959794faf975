"""The learner contract, over real sockets."""

import socket
import threading
import time
from concurrent.futures import Future

import msgspec
import numpy as np
import pytest
from plain_learner import PlainLearner
from served import GREETING, SOON, eventually, samples, step

from engine.contracts.learner import (
    PROTOCOL,
    GapError,
    Judged,
    Learner,
    LearnerError,
    MismatchError,
    NotLoadedError,
    Trained,
    Weights,
)
from engine.game.chance import stream
from engine.game.games import Games
from engine.game.observation import observe
from engine.game.variants import preset
from remote import unix
from remote.client import Client
from remote.errors import BrokenError, HeldError, LinkError
from remote.service import Service


def test_a_client_is_a_learner(serve) -> None:
    learner: Learner = serve().client()
    assert isinstance(learner.status(), Future)


def test_every_call_gives_what_the_learner_gives(serve) -> None:
    served = serve()
    client, learner = served.client(), served.learner
    assert client.hello(GREETING).result(SOON) == learner._welcome()
    assert learner.greeting == GREETING
    assert client.load(b"").result(SOON).step == 0
    given = samples(100)
    assert client.extend(3, given).result(SOON) is None
    assert (learner.samples[3:103] == given).all()
    trained = client.train([step(1, 0), step(2, 0)]).result(SOON)
    assert trained == (learner.done[1], learner.done[2])
    weights = client.weights(1).result(SOON)
    assert weights.step == 2
    assert (weights.flat == learner.weights_now).all()
    assert (client.weights(1, average=True).result(SOON).flat == learner.weights_now / 2).all()
    assert client.weights(2).result(SOON) is None
    snapshot = client.snapshot().result(SOON)
    assert snapshot == learner.snapshot()
    assert client.load(snapshot.data).result(SOON).digest == snapshot.digest
    assert client.status().result(SOON).device == "plain"


def test_all_of_it_works_over_tcp_too() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    service = Service(PlainLearner(), listener)
    client = Client(lambda: socket.create_connection(address))
    client.hello(GREETING)
    client.load(b"")
    client.extend(0, samples(1000))
    assert client.train([step(1)]).result(SOON)[0].number == 1
    client.close()
    assert service.close()


def test_what_is_sent_may_be_changed_at_once(serve) -> None:
    served = serve()
    client = served.met()
    given = samples(100, seed=5)
    kept = given.copy()
    client.train([step(1, seconds=0.1)])
    last = client.extend(0, given)
    given["target"] = -1
    last.result(SOON)
    assert (served.learner.samples[:100] == kept).all()


@pytest.mark.parametrize(
    ("ask", "kind", "text"),
    [
        (lambda c: c.train([step(3)]), GapError, "step 3 asked for, step 1 is next"),
        (lambda c: c.train([step(1, 200)]), NotLoadedError, "a slot that holds no sample"),
        (lambda c: c.extend(999, samples(2)), LearnerError, "slot 1000 of 1000"),
        (lambda c: c.hello(_greeting(protocol=9)), MismatchError, f"protocol {PROTOCOL}, the run 9"),
        (lambda c: c.train([step(1, clip=-1.0)]), BrokenError, "RuntimeError: the device is gone"),
    ],
)
def test_errors_keep_their_type_and_their_words(serve, ask, kind, text) -> None:
    client = serve().met()
    error = ask(client).exception(SOON)
    assert type(error) is kind
    assert text in str(error)
    assert client.train([step(1)]).result(SOON)[0].number == 1  # and the link goes on


def test_a_learner_in_trouble_counts_as_a_lost_connection_so_that_nobody_trusts_it(serve) -> None:
    assert isinstance(serve().met().train([step(1, clip=-1.0)]).exception(SOON), ConnectionError)


def test_calls_are_carried_out_in_the_order_they_are_made(serve) -> None:
    client = serve().met()
    answers: list[int] = []
    for number in range(1, 101):
        done = client.train([step(number)])
        done.add_done_callback(lambda done: answers.append(done.result()[0].number))
        weights = client.weights(number - 1)
    assert weights.result(SOON).step == 100
    assert answers == [*range(1, 101)]


def test_all_that_touches_the_learner_runs_on_one_thread(serve, monkeypatch) -> None:
    served = serve()
    threads: set[int] = set()
    hello = served.learner.hello
    monkeypatch.setattr(
        served.learner, "hello", lambda greeting: threads.add(threading.get_ident()) or hello(greeting)
    )
    for _ in range(3):
        served.client("the same").hello(GREETING).result(SOON)
    assert len(threads) == 1


def test_two_hundred_large_calls_may_be_outstanding(serve) -> None:
    client = serve().met()
    given = samples(1000)
    futures = [client.extend(0, given) for _ in range(200)]  # 36 MB, far more than any buffer holds
    assert [future.result(SOON) for future in futures] == [None] * 200


def test_sixty_four_megabytes_go_there_and_back(serve) -> None:
    client = serve(size=16 << 20).met()
    began = time.monotonic()
    snapshot = client.snapshot().result(SOON)
    assert len(snapshot.data) == (64 << 20) + 8
    assert client.load(snapshot.data).result(SOON).digest == snapshot.digest
    assert time.monotonic() - began < 15.0  # 0.5 s, the learner's own work included; rpyc's own stream: 32 s


def test_status_is_told_while_the_learner_trains(serve) -> None:
    client = serve().met()
    training = client.train([step(1, seconds=1.0)])
    assert client.status().result(SOON).step == 0
    assert not training.done()
    assert training.result(SOON)


def test_a_second_run_is_refused_and_told_who_has_the_learner(serve) -> None:
    served = serve()
    first, second = served.met("first"), served.client("second")
    with pytest.raises(HeldError, match=r"works for run 'run-1' of 'first', for"):
        second.hello(_greeting(run="run-2")).result(SOON)
    with pytest.raises(LearnerError, match="hello first"):
        second.train([step(1)]).result(SOON)
    assert second.status().result(SOON).device == "plain"
    assert first.train([step(1)]).result(SOON)
    first.close()
    assert _soon_met(second, _greeting(run="run-2")) == "run-2"


def test_a_client_whose_link_broke_unnoticed_takes_the_learner_back(serve) -> None:
    served = serve()
    old = served.met("run-1 on the server")
    waiting = old.train([step(1, seconds=0.2)])
    new = served.client("run-1 on the server")
    assert new.hello(GREETING).result(SOON).step == 1  # after what was under way
    assert isinstance(waiting.exception(SOON), ConnectionError)
    assert isinstance(old.train([step(2)]).exception(SOON), ConnectionError)
    assert new.train([step(2)]).result(SOON)


def test_another_run_of_the_same_name_does_not_take_the_learner_away(serve) -> None:
    """Two servers may be called the same, and have their runs in folders called the same."""
    served = serve()
    old = served.met("server:/run")
    new = served.client("server:/run")
    with pytest.raises(HeldError, match="works for run 'run-1' of 'server:/run'"):
        new.hello(_greeting(run="run-2")).result(SOON)
    assert old.train([step(1)]).result(SOON)
    old.close()  # as that of a run which was begun anew is, half a minute after its end at most
    assert _soon_met(new, _greeting(run="run-2")) == "run-2"


def test_status_says_for_how_long_a_call_has_been_going_on(serve) -> None:
    client = serve().met()
    assert client.status().result(SOON).busy is None
    training = client.train([step(1, seconds=0.5)])
    assert eventually(lambda: (client.status().result(SOON).busy or 0.0) > 0.1)
    training.result(SOON)
    assert eventually(lambda: client.status().result(SOON).busy is None)


def test_a_run_that_does_not_fit_does_not_keep_the_learner(serve) -> None:
    served = serve()
    with pytest.raises(MismatchError):
        served.client("misfit").hello(_greeting(protocol=9)).result(SOON)
    assert served.client("fit").hello(GREETING).result(SOON).run == "run-1"


def test_a_call_that_cannot_be_sent_fails_alone(serve) -> None:
    client = serve().met()
    with pytest.raises(ValueError, match="float64 with shape"):
        client.extend(0, np.zeros(3)).result(SOON)
    assert client.train([step(1)]).result(SOON)


def test_traffic_is_counted(serve) -> None:
    client = serve().met()
    time.sleep(0.1)  # an answer may be here before what went out is counted
    before = client.traffic
    client.extend(0, samples(1000)).result(SOON)
    time.sleep(0.1)
    after = client.traffic
    assert 179_000 < after.sent - before.sent < 181_000
    assert after.received > before.received
    time.sleep(0.2)
    assert 0 < client.traffic.round_trip < 0.5


def test_weights_may_come_rounded_to_float16_unless_one_is_too_large(serve) -> None:
    served = serve(size=1000)
    client = served.met()
    whole, before = client.weights(-1).result(SOON), client.traffic.received
    half = client.weights(-1, half=True).result(SOON)
    assert half.step == whole.step
    assert half.flat.dtype == np.float32
    assert half.flat.tolist() == whole.flat.astype(np.float16).astype(np.float32).tolist()
    assert half.flat.tolist() != whole.flat.tolist()
    time.sleep(0.05)
    assert client.traffic.received - before < 2500  # of 4000
    served.learner.weights_now[7] = 1e6
    assert client.weights(-1, half=True).result(SOON).flat[7] == np.float32(1e6)


def test_a_closed_client_refuses_calls_and_closing_again_is_nothing(serve) -> None:
    client = serve().met()
    waiting = client.train([step(1, seconds=3.0)])
    began = time.monotonic()
    client.close()
    client.close()
    assert time.monotonic() - began < 2.0
    for future in (waiting, client.status(), client.train([step(2)])):
        assert isinstance(future.exception(SOON), ConnectionError)


def test_a_callback_may_close_the_client(serve) -> None:
    client = serve().met()
    closed = threading.Event()
    client.train([step(1)]).add_done_callback(lambda _: (client.close(), closed.set()))
    assert closed.wait(SOON)


OUTCOME = Trained(number=7, loss=0.0, belief_loss=0.0, gradient_norm=0.0)
ROWS = observe(Games.shuffled([preset("full", 2)] * 4, stream(0)))


def judged(moves: list[int], values: int = 4) -> Judged:
    return Judged(step=0, moves=np.array(moves, np.uint8), values=np.zeros(values, np.float32))


@pytest.mark.parametrize(
    ("call", "lie", "ask", "why"),
    [
        ("train", (OUTCOME,), lambda c: c.train([step(1)]), r"steps \[7\] came where those of \[1\]"),
        ("train", (), lambda c: c.train([step(1)]), r"steps \[\] came where those of \[1\]"),
        (
            "weights",
            Weights(step=3, flat=np.zeros(16, np.float32)),
            lambda c: c.weights(3),
            "newer ones than 3",
        ),
        ("act", judged([255] * 4), lambda c: c.act(ROWS), "not legal"),
        ("act", judged([0] * 4), lambda c: c.act(ROWS), "not legal"),  # nobody discards at the start
        ("act", judged([0] * 4, 3), lambda c: c.act(ROWS), "4 moves and 3 values came where 4"),
        ("act", judged([0]), lambda c: c.act(ROWS), "1 moves and 4 values came where 4"),
    ],
)
def test_a_learner_that_lies_loses_the_link_and_harms_nothing(
    serve, monkeypatch, call, lie, ask, why
) -> None:
    served = serve()
    client = served.met()
    monkeypatch.setattr(served.learner, call, lambda *_, **__: lie)
    with pytest.raises(LinkError, match=why):
        ask(client).result(SOON)
    assert eventually(lambda: client.lost is not None)


def test_an_address_without_a_service_is_a_connection_error(folder) -> None:
    with pytest.raises(ConnectionError, match="nobody answers at"):
        Client(lambda: unix.dial(folder / "socket"))


def _greeting(**changes):
    return msgspec.structs.replace(GREETING, **changes)


def _soon_met(client: Client, greeting) -> str:
    until = time.monotonic() + SOON
    while True:
        try:
            return client.hello(greeting).result(SOON).run
        except HeldError:  # the service has not seen the other's end yet
            assert time.monotonic() < until
            time.sleep(0.01)
