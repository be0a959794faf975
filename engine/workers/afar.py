"""Playing with a network that is elsewhere: positions go out on a line, the best moves come back.

The games are played in two halves, and while one half's positions travel the other moves; so a way there and
back costs little but where a chunk ends. Chance stays here: what explores, and what is dealt, is the actors'.
"""

import select
import socket
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.contracts.orders import Answered, Asked
from engine.errors import IllegalMoveError
from engine.game.moves import SHARED
from engine.game.observation import legal_mask
from engine.players.acting import Actor, Playing
from engine.workers.channel import Channel

HALVES = 2

LOOK = 0.5
"""Seconds between two signs of life of somebody who waits for an answer; the way may be lost for hours."""

_NEVER = np.float32(-1e9)  # the value of a move that is not the best: greater than none


class Line:
    """A worker's end of the line.

    Args:
      end: a connected stream socket.
      live: gives a sign of life; raises where there is nothing left to live for.
    """

    def __init__(self, end: socket.socket, live: Callable[[], None]) -> None:
        self._channel: Channel[Answered] = Channel(end, Answered)
        self._live = live

    def ask(self, half: int, rows: NDArray[np.uint8]) -> None:
        """Ask for the best moves in rows, uint8[N, 169]."""
        self._live()
        self._channel.send(Asked(half=half, rows=rows.tobytes()))

    def answer(self) -> Answered:
        """The next answer, however long it takes. Raises ConnectionError when the other end is gone."""
        while not select.select([self._channel], [], [], LOOK)[0]:
            self._live()
        return self._channel.receive()


class Halves:
    """Actors that share a line. Answers that make no sense are raised as IllegalMoveError, or IndexError.

    Attributes:
      step: of the oldest weights that the newest chunk was played with.
      waited: whether the learner was out of reach on the way.
    """

    def __init__(self, actors: Sequence[Actor], line: Line) -> None:
        self.actors = list(actors)
        self.step, self.waited = 0, False
        self._line = line
        self._legal: dict[int, NDArray[np.bool_]] = {}  # the legal moves of each half, bool[N, 50]

    def chunk(self) -> NDArray[np.void]:
        """A chunk of every actor, one after the other: SAMPLE[T · G]."""
        playing = [actor.playing() for actor in self.actors]
        for half, each in enumerate(playing):
            self._ask(half, next(each))
        played: dict[int, NDArray[np.void]] = {}
        steps, self.waited = [], False
        while len(played) < len(playing):
            answer = self._line.answer()
            steps.append(answer.step)
            self.waited |= answer.again
            samples = self._go_on(playing[answer.half], answer)
            if samples is not None:
                played[answer.half] = samples
        self.step = min(steps)
        return np.concatenate([played[half] for half in range(len(playing))])

    def _ask(self, half: int, rows: NDArray[np.uint8]) -> None:
        self._legal[half] = legal_mask(rows)
        self._line.ask(half, rows)

    def _go_on(self, playing: Playing, answer: Answered) -> NDArray[np.void] | None:
        """Make a half's next move, and ask about the one after; its samples, if that was the last."""
        moves, legal = np.frombuffer(answer.moves, np.uint8), self._legal[answer.half]
        # else a game would pass, silently and for ever
        if len(moves) != len(legal) or not legal[np.arange(len(moves)), moves].all():
            raise IllegalMoveError("the learner answered with moves that are not legal")
        try:
            rows = playing.send(values_of(answer))
        except StopIteration as done:
            samples: NDArray[np.void] = done.value
            return samples
        self._ask(answer.half, rows)
        return None


def values_of(answer: Answered) -> NDArray[np.float32]:
    """float32[N, 50]: what an actor needs to know of the values of moves, all but the best being low."""
    moves = np.frombuffer(answer.moves, np.uint8)
    values = np.full((len(moves), SHARED.moves), _NEVER, np.float32)
    values[np.arange(len(moves)), moves] = np.frombuffer(answer.values, np.float32)
    return values
