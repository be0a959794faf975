"""A worker: a process that plays for a run, as it is told, message by message.

    python -m engine.workers.worker DESCRIPTOR   its end of a socket pair; whoever starts it sends Setup first

It plays a chunk for each Play, always with the newest weights on the board, and writes what can be learned
into the slot named. It dies with the run: its socket then says so.
"""

import contextlib
import logging
import os
import socket
import sys
import traceback
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from engine.contracts.orders import (
    Broke,
    Evaluate,
    Evaluated,
    Keep,
    Kept,
    Order,
    Play,
    Played,
    Ready,
    Report,
    Setup,
)
from engine.errors import EngineError
from engine.game import chance
from engine.game.variants import Variant
from engine.networks import weights
from engine.networks.architectures import build
from engine.networks.largest import largest_of
from engine.networks.manner import Manner
from engine.networks.network import values_of
from engine.players.acting import Actor, Exploration, Judge, spread
from engine.players.evaluation import evaluate
from engine.players.highlights import Chooser
from engine.players.player import maker
from engine.workers import choosing
from engine.workers.afar import HALVES, Halves, Line
from engine.workers.channel import Channel
from engine.workers.choosing import Choice, Way
from engine.workers.shared import SampleSlots, WeightsBoard

BEAT_ROWS = 512
"""Rows judged between two heartbeats, at most."""

BEAT_PRODUCTS = 1_000_000_000
"""Rows times weights between two heartbeats: a transformer on a slow core takes a second for so many."""


class Worker:
    """One life of a worker."""

    def __init__(self, setup: Setup) -> None:
        self._setup, self._parent = setup, os.getppid()
        self._slots = SampleSlots(setup.slots, setup.simulation.chunk_samples, setup.samples)
        self._newest = _Weights(setup, setup.newest)
        self._average = _Weights(setup, setup.average)
        games = spread(setup.variants, setup.simulation.games_per_worker, setup.worker)
        self._afar: Halves | None = None
        if setup.judge >= 0:
            halves = [self._actor(games[half::HALVES], half) for half in range(min(HALVES, len(games)))]
            self._afar = Halves(halves, Line(socket.socket(fileno=setup.judge), self._live))
        self.actors = self._afar.actors if self._afar else [self._actor(games)]
        ways = {
            choosing.HERE: Way(self._chunk_here),
            choosing.AFAR: Way(self._chunk_afar, lambda: self._afar is not None and self._afar.waited),
        }
        wanted = setup.simulation.inference
        self._choice = Choice(ways if wanted == "auto" and self._afar else {wanted: ways[wanted]})
        self.actor = self.actors[0]
        if setup.games:
            self.actor.restore(setup.games)

    def _actor(self, games: Sequence[Variant], *path: int) -> Actor:
        """What plays some games; `path` tells it from others of this worker."""
        setup, simulation = self._setup, self._setup.simulation
        return Actor(
            games,
            chance.stream(setup.seed, setup.worker, setup.life, setup.since, *path),
            Exploration(simulation.exploration, simulation.exploration_spread),
            moves=simulation.moves_per_chunk,
            discount=setup.discount,
            trace=setup.trace,
            other_play=simulation.other_play,
        )

    def warm_up(self) -> None:
        """Have every kernel compiled, or loaded, before the clock runs."""
        few = Actor(
            self._setup.variants,
            chance.stream(0),
            Exploration(base=1.0, spread=0.0),
            moves=2,
            discount=self._setup.discount,
            trace=self._setup.trace,
            other_play=self._setup.simulation.other_play,
        )
        few.chunk(self.judge)

    def obey(self, order: Order) -> Report:
        """Carry out an order."""
        match order:
            case Play():
                return self._play(order)
            case Evaluate():
                return self._evaluate(order)
            case Keep():
                return Kept(games=self.actor.keep())
            case _:
                raise RuntimeError(f"{type(order).__name__} comes once")

    def _play(self, order: Play) -> Played:
        games, points = self._finished
        samples, step, chose = self._choice.play()
        self._slots.chunks[order.slot] = samples
        finished, scored = self._finished
        return Played(
            slot=order.slot,
            step=step,
            games=finished - games,
            points=scored - points,
            afar=self._choice.made == choosing.AFAR,
            chose=chose,
        )

    def _chunk_here(self) -> tuple[NDArray[np.void], int]:
        step = self._newest.renew()
        chunks = [actor.chunk(self.judge) for actor in self.actors]
        return chunks[0] if len(chunks) == 1 else np.concatenate(chunks), step

    def _chunk_afar(self) -> tuple[NDArray[np.void], int]:
        assert self._afar is not None
        return self._afar.chunk(), self._afar.step

    @property
    def _finished(self) -> tuple[int, int]:
        """Games that came to their end so far, and the sum of their scores."""
        return sum(actor.finished for actor in self.actors), sum(actor.scored for actor in self.actors)

    def _evaluate(self, order: Evaluate) -> Evaluated:
        step = self._average.renew()
        exact = Manner(precision="float32")
        player = maker(self._judge(self._average, exact), largest_of(self._setup.model))
        choosers = [Chooser(order.seed) for _ in order.variants]
        outcomes = [
            evaluate([player], variant, order.games, order.seed, seen=chooser)
            for variant, chooser in zip(order.variants, choosers, strict=True)
        ]
        return Evaluated(
            number=order.number,
            step=step,
            points=tuple(outcome.points.astype(np.uint8).tobytes() for outcome in outcomes),
            struck_out=tuple(outcome.struck_out.tobytes() for outcome in outcomes),
            highlights=tuple(each for chooser in choosers for each in chooser.highlights()),
        )

    @property
    def judge(self) -> Judge:
        """The newest weights that were taken off the board, as the learner would reckon on this machine."""
        return self._judge(self._newest, Manner())

    def _live(self) -> None:
        """A heartbeat; the end, where the run is gone and nobody waits for anything any more."""
        if os.getppid() != self._parent:
            raise SystemExit
        self._slots.heart[0] += 1

    def _judge(self, weights: "_Weights", manner: Manner) -> Judge:
        """The network, and a heartbeat with every answer."""
        sums = manner.sums(torch.device("cpu"), self._setup.model.architecture)
        # by its size and not by the clock: the same rows in the same pieces give the same bits
        most = min(BEAT_ROWS, max(1, BEAT_PRODUCTS // self._setup.weights))

        def values(rows: np.ndarray) -> np.ndarray:
            pieces = []
            for start in range(0, len(rows), most):
                self._live()
                pieces.append(values_of(weights.network, rows[start : start + most], sums))
            return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

        return values


class _Weights:
    """A network that follows a board."""

    def __init__(self, setup: Setup, descriptor: int) -> None:
        self.network = build(setup.model)
        self._flat = weights.flatten(self.network).numpy()
        self._board = WeightsBoard(setup.weights, descriptor)
        self._version = self._step = 0

    def renew(self) -> int:
        """Take the newest weights; returns their step."""
        if self._board.version != self._version:
            self._version, self._step = self._board.copy(self._flat)
        return self._step


def serve(channel: Channel[Order]) -> None:
    """Obey orders until the run hangs up."""
    setup = channel.receive()
    if not isinstance(setup, Setup):
        raise RuntimeError(f"Setup comes first, not {type(setup).__name__}")
    os.nice(setup.simulation.worker_nice)
    try:
        worker = Worker(setup)
    except EngineError as error:
        channel.send(Broke(why=str(error), games=b""))
        raise SystemExit(1) from None
    worker.warm_up()
    channel.send(Ready())
    while True:
        order = channel.receive()
        try:
            report = worker.obey(order)
        except Exception:
            games = b"".join(actor.keep() for actor in worker.actors)
            channel.send(Broke(why=f"{order}\n{traceback.format_exc()}", games=games))
            raise SystemExit(1) from None
        channel.send(report)


def main(arguments: list[str]) -> None:
    """Run as a process."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    # the cores are shared out among workers and learner; one thread each is what a worker gets
    torch.set_num_threads(1)
    hung_up = contextlib.suppress(ConnectionError, KeyboardInterrupt)
    with socket.socket(fileno=int(arguments[0])) as end, hung_up:
        serve(Channel(end, Order))


if __name__ == "__main__":
    main(sys.argv[1:])
