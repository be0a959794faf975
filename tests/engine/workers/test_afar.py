"""Two halves of a worker's games, judged from elsewhere in any order, play what each would play alone."""

import socket

import msgspec
import numpy as np
import pytest
import torch
from made_actor import made_actor

from engine import chance, preset
from engine.contracts.orders import Answered, Asked
from engine.errors import IllegalMoveError
from engine.game.observation import WIDTH
from engine.networks.largest import Largest
from engine.networks.network import judge_of
from engine.networks.network import values_of as all_values_of
from engine.networks.perceptron import Perceptron
from engine.players.acting import Actor
from engine.workers.afar import Halves, Line
from engine.workers.channel import Channel

MOVES = 4


def actors() -> list[Actor]:
    return [
        made_actor([preset("very-small")] * games, chance.stream(5, half), exploration=0.3, moves=MOVES)
        for half, games in enumerate((5, 3))
    ]


@pytest.fixture(scope="module")
def network() -> Perceptron:
    torch.manual_seed(0)
    return Perceptron(Largest(2), width=8, depth=1)


def answer_to(asked: Asked, network: Perceptron, step: int) -> Answered:
    rows = np.frombuffer(asked.rows, np.uint8).reshape(-1, WIDTH).copy()
    values = all_values_of(network, rows)
    best = values.argmax(1).astype(np.uint8)
    return Answered(half=asked.half, step=step, moves=best.tobytes(), values=values.max(1).tobytes())


class Elsewhere(Line):
    """A line whose other end answers when nothing is left to be read: what was asked last, first."""

    def __init__(self, network: Perceptron) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(ours, self.live)
        self.other: Channel[Asked] = Channel(theirs, Asked)
        self.network, self.step, self.lives, self.asked, self.unread = network, 0, 0, 0, 0

    def live(self) -> None:
        self.lives += 1

    def ask(self, half: int, rows: np.ndarray) -> None:
        super().ask(half, rows)
        self.asked += 1

    def answer(self) -> Answered:
        if not self.unread:
            for asked in reversed([self.other.receive(1.0) for _ in range(self.asked)]):
                self.step += 1
                self.other.send(answer_to(asked, self.network, self.step))
            self.unread, self.asked = self.asked, 0
        self.unread -= 1
        return super().answer()


def test_two_halves_play_what_each_would_play_alone(network: Perceptron) -> None:
    line, alone = Elsewhere(network), actors()
    halves = Halves(actors(), line)
    for _ in range(3):
        wanted = np.concatenate([actor.chunk(judge_of(network)) for actor in alone])
        assert halves.chunk().tobytes() == wanted.tobytes()
    assert [actor.finished for actor in halves.actors] == [actor.finished for actor in alone]
    assert sum(actor.finished for actor in alone) > 0


def test_both_halves_are_under_way_at_once_and_signs_of_life_are_given(network: Perceptron) -> None:
    line = Elsewhere(network)
    halves = Halves(actors(), line)
    halves.chunk()
    first = line.step
    assert first == 2 * (1 + MOVES)
    assert line.lives >= first
    assert halves.step == 1
    halves.chunk()
    assert halves.step == first + 1


@pytest.mark.parametrize(("move", "refusal"), [(4, IllegalMoveError), (50, IndexError)])
def test_an_answer_that_is_no_legal_move_is_refused(
    network: Perceptron, move: int, refusal: type[Exception]
) -> None:
    class Wrong(Elsewhere):
        def answer(self) -> Answered:
            answer = super().answer()
            return msgspec.structs.replace(answer, moves=bytes([move] * len(answer.moves)))

    # two cards in hand: slot 4 is empty
    with pytest.raises(refusal):
        Halves(actors(), Wrong(network)).chunk()


def test_that_the_learner_was_out_of_reach_is_known_of_that_chunk(network: Perceptron) -> None:
    class Lost(Elsewhere):
        def answer(self) -> Answered:
            return msgspec.structs.replace(super().answer(), again=self.step == 4)

    halves = Halves(actors(), Lost(network))
    halves.chunk()
    assert halves.waited
    halves.chunk()
    assert not halves.waited
