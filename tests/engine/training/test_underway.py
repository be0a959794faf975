"""Whatever is lost on the way, wherever: all that was sent is made once, in order, and answered once."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from plain_learner import PlainLearner
from served import GREETING, samples, step

from engine.contracts.learner import Step, Trained
from engine.training.underway import Underway

HELD = 100


class Way:
    """A learner behind a way that delivers what it is told to, and breaks when it is told to."""

    def __init__(self, learner: PlainLearner) -> None:
        self._learner = learner
        self._sent: deque[tuple[Callable[[], Any], Future[Any]]] = deque()

    def extend(self, first: int, new: np.ndarray) -> Future[Any]:
        return self._send(partial(self._learner.extend, first, new))

    def train(self, steps: Sequence[Step]) -> Future[Any]:
        return self._send(partial(self._learner.train, steps))

    def _send(self, call: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self._sent.append((call, future))
        return future

    def deliver(self, calls: int) -> None:
        """Have so many calls carried out and answered."""
        for call, future in [self._sent.popleft() for _ in range(min(calls, len(self._sent)))]:
            future.set_result(call())

    def lose(self, calls: int) -> None:
        """Break: so many more calls are carried out, and no answer comes any more."""
        for call, _ in list(self._sent)[:calls]:
            call()
        for _, future in self._sent:
            future.set_exception(ConnectionError("the link is lost"))


def taught() -> PlainLearner:
    learner = PlainLearner()
    learner.hello(GREETING)
    learner.load(b"")
    learner.extend(0, samples(HELD))
    return learner


def hear(underway: Underway, heard: list[Trained]) -> None:
    """Take in what is answered; a lost link is no surprise."""
    try:
        for asked, outcome in underway.answered():
            assert asked.number == outcome.number
            heard.append(outcome)  # what came before the end of the link counts
    except ConnectionError:
        return


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("send"), st.integers(1, 5)),
            st.tuples(st.just("deliver"), st.integers(0, 4)),
            st.tuples(st.just("lose"), st.integers(0, 6)),
        ),
        max_size=30,
    )
)
def test_the_end_is_that_of_a_way_that_never_breaks(actions: list[tuple[str, int]]) -> None:
    learner, undisturbed = taught(), taught()
    way, underway = Way(learner), Underway()
    heard: list[Trained] = []
    number, held = 0, HELD
    for what, count in actions:
        if what == "send":
            new = samples(count, seed=held)
            newest = np.array([held + count - 1], np.uint32)  # a step that needs what was sent with it
            steps = [
                msgspec.structs.replace(step(number + n), slots=newest, weight_decay=0.0)
                for n in range(1, count + 1)
            ]
            underway.extend(way, held, new)
            underway.train(way, steps)
            undisturbed.extend(held, new)
            undisturbed.train(steps)
            number, held = number + count, held + count
        elif what == "deliver":
            way.deliver(count)
        else:
            way.lose(count)
            hear(underway, heard)
            way = Way(learner)
            underway.send_again(way, learner._welcome().mirrored[1])
        hear(underway, heard)
    way.deliver(len(underway))
    hear(underway, heard)
    assert heard == [undisturbed.done[n] for n in range(1, number + 1)]
    assert (learner.step, learner.weights_now.tolist()) == (number, undisturbed.weights_now.tolist())
    assert (learner.samples == undisturbed.samples).all()
    left = (len(underway), underway.extends, underway.trains, underway.steps, underway.samples)
    assert left == (0, 0, 0, 0, 0)
