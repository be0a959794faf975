"""A worker: a process that plays for a run, as it is told, message by message.

    python -m engine.worker DESCRIPTOR      its end of a socket pair; whoever starts it sends Setup first

It plays a chunk for each Play, always with the newest weights on the board, and writes what can be learned
into the slot named. It dies with the run: its socket then says so.
"""

import contextlib
import logging
import os
import socket
import sys
import traceback

import numpy as np
import torch

from engine import chance, weights
from engine.acting import Actor, Exploration, Judge
from engine.architectures import build
from engine.channel import Channel
from engine.config import SimulationSection
from engine.errors import EngineError
from engine.evaluation import evaluate
from engine.highlights import Chooser
from engine.network import values_of
from engine.orders import Broke, Evaluate, Evaluated, Keep, Kept, Order, Play, Played, Ready, Report, Setup
from engine.player import maker
from engine.shared import SampleSlots, WeightsBoard
from engine.variants import Variant

BEAT_ROWS = 512
"""Rows judged between two heartbeats; a large network on a slow core takes a second for so many."""


class Worker:
    """One life of a worker."""

    def __init__(self, setup: Setup) -> None:
        self._setup, self._parent = setup, os.getppid()
        self._slots = SampleSlots(setup.slots, _chunk_samples(setup.simulation), setup.samples)
        self._newest = _Weights(setup, setup.newest)
        self._average = _Weights(setup, setup.average)
        simulation = setup.simulation
        self.actor = Actor(
            spread(setup.variants, simulation.games_per_worker),
            chance.stream(setup.seed, setup.worker, setup.life, setup.since),
            Exploration(simulation.exploration, simulation.exploration_spread),
            moves=simulation.moves_per_chunk,
            discount=setup.discount,
            trace=setup.trace,
        )
        if setup.games:
            self.actor.restore(setup.games)

    def warm_up(self) -> None:
        """Have every kernel compiled, or loaded, before the clock runs."""
        few = Actor(self._setup.variants, chance.stream(0), Exploration(), moves=2)
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
        actor = self.actor
        step = self._newest.renew()
        games, points = actor.finished, actor.scored
        self._slots.chunks[order.slot] = actor.chunk(self.judge)
        return Played(slot=order.slot, step=step, games=actor.finished - games, points=actor.scored - points)

    def _evaluate(self, order: Evaluate) -> Evaluated:
        step = self._average.renew()
        player = maker(self._judge(self._average), self._setup.model.max_players)
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
        """The newest weights that were taken off the board."""
        return self._judge(self._newest)

    def _judge(self, weights: "_Weights") -> Judge:
        """The network, and a heartbeat with every answer."""

        def values(rows: np.ndarray) -> np.ndarray:
            if os.getppid() != self._parent:
                raise SystemExit  # the run is gone: nobody waits for this any more
            pieces = []
            for start in range(0, len(rows), BEAT_ROWS):
                self._slots.heart[0] += 1
                pieces.append(values_of(weights.network, rows[start : start + BEAT_ROWS]))
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


def spread(variants: tuple[Variant, ...], games: int) -> list[Variant]:
    """Which variant each of G games has: as many of each as can be, taking turns."""
    return [variants[game % len(variants)] for game in range(games)]


def _chunk_samples(simulation: SimulationSection) -> int:
    return simulation.games_per_worker * simulation.moves_per_chunk


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
            channel.send(Broke(why=traceback.format_exc(), games=worker.actor.keep()))
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
