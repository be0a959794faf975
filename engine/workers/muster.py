"""The muster: who is in a crew, with a process, memory and a line each; started, ended, replaced."""

import contextlib
import logging
import selectors
import time
from collections.abc import Iterator

from engine.contracts.orders import Setup
from engine.game.variants import Variant
from engine.machine.cores import cores
from engine.settings.config import Config
from engine.workers.member import Member
from engine.workers.relay import Relay
from engine.workers.shared import SampleSlots, WeightsBoard

RETRY = 2.0
"""Seconds after which a process that could not be started is tried again."""

_log = logging.getLogger(__name__)


class Muster:
    """The members of a crew, in order of their numbers.

    Attributes:
      slots: chunks that each may have played and not been given back.
      newest: the weights to play with.
      average: the weights to evaluate.
      relay: where workers ask the learner; None: they never do.

    Args:
      config: of the run.
      variants: what is played.
      weight_count: how many weights a network has.
      since: samples of the run so far.
    """

    def __init__(self, config: Config, variants: tuple[Variant, ...], weight_count: int, since: int) -> None:
        self._config, self._variants, self._weight_count, self._since = config, variants, weight_count, since
        # in serial mode a worker waits while the learner learns; otherwise it plays ahead
        self.slots = 1 if config.general.serial else 3
        self.newest, self.average = WeightsBoard(weight_count), WeightsBoard(weight_count)
        self.relay = Relay() if config.simulation.inference != "local" else None
        self._selector = selectors.DefaultSelector()
        self._members: list[Member] = []
        self._lives: dict[int, int] = {}  # of numbers whose member went: the life that comes next
        self.resize(workers_of(config))

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members)

    def __getitem__(self, number: int) -> Member:
        return self._members[number]

    def resize(self, count: int) -> None:
        """Have so many members; new ones wait to be started, those that go drop their unfinished games."""
        while len(self._members) > count:
            member = self._members.pop()
            self._lives[member.number] = member.life + 1
            self.end(member)
            member.slots.close()
        for number in range(len(self._members), count):
            member = Member(number, SampleSlots(self.slots, self._config.simulation.chunk_samples))
            member.life = self._lives.get(number, 0)
            self._members.append(member)

    def start(self, member: Member, games: bytes = b"") -> None:
        """Start a member's process; it goes on with these games, or from fresh decks. Raises OSError."""
        with contextlib.ExitStack() as lines:
            line = lines.enter_context(self.relay.line()) if self.relay else None
            channel = member.start(self._setup(member, games, line.fileno() if line else -1))
        self._selector.register(channel, selectors.EVENT_READ, member)

    def start_due(self) -> None:
        """Start those whose next life may begin."""
        for member in self._members:
            if member.channel is not None or time.monotonic() < member.restart_at:
                continue
            try:
                self.start(member)
            except OSError as error:  # no memory, no descriptors: not now, but perhaps soon
                _log.warning("worker %d could not be started: %s", member.number, error)
                member.restart_at = time.monotonic() + RETRY

    def end(self, member: Member) -> None:
        """End a member's process, if it has one."""
        if member.channel is not None:
            self._selector.unregister(member.channel)
        member.end()

    def replace(self, member: Member) -> None:
        """End a member's process; its next life may begin at once, and what is lent of this one is void."""
        self.end(member)
        member.life += 1
        member.lent.clear()
        member.restart_at = time.monotonic()

    def speaking(self, timeout: float) -> list[Member]:
        """Those that report something, or are dead; waits at most `timeout` seconds for the first."""
        return [key.data for key, _ in self._selector.select(timeout)]

    def close(self) -> None:
        """End them all."""
        self.resize(0)
        if self.relay is not None:
            self.relay.close()
        self._selector.close()
        self.newest.close()
        self.average.close()

    def _setup(self, member: Member, games: bytes, line: int) -> Setup:
        config = self._config
        return Setup(
            worker=member.number,
            # whoever begins a serial run anew shall draw the same decks
            life=0 if config.general.serial else member.life,
            since=self._since,
            seed=config.general.seed,
            model=config.model,
            simulation=config.simulation,
            discount=config.training.discount,
            trace=config.training.trace,
            variants=self._variants,
            slots=self.slots,
            weights=self._weight_count,
            newest=self.newest.descriptor,
            average=self.average.descriptor,
            samples=member.slots.descriptor,
            games=games,
            judge=line,
        )


def workers_of(config: Config) -> int:
    """How many workers play: as many as set, or one less than there are cores."""
    if config.general.serial:
        return 1
    return config.simulation.num_workers or max(1, cores() - 1)
