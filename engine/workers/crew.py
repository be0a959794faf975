"""The crew: starts workers, hands them weights and work, takes in what they play, replaces those that fall.

Training holds this in hand and knows nothing of processes: start, publish, collect, give back, stop. Workers
on other machines could stand behind the same few calls.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.contracts.learner import Learner
from engine.contracts.orders import Broke, Evaluate, Evaluated, Keep, Kept, Play, Played, Ready, Report
from engine.errors import EngineError, ShapeError
from engine.game.variants import Variant
from engine.players.acting import check_kept, spread
from engine.settings.config import Config
from engine.workers.crew_news import Chose, Chunk, GivenUp, Lost, News
from engine.workers.errand import Errand
from engine.workers.member import Member
from engine.workers.muster import Muster

PATIENCE = 5
"""Deaths of one worker in a row, none after a minute of work, after which the crew gives up."""


class CrewError(EngineError):
    """A worker cannot be kept alive."""


class Crew:
    """N workers.

    Attributes:
      weight_count: how many weights a network has.

    Args:
      config: of the run.
      variants: what is played.
      weight_count: how many weights a network has.
      logs: folder where games that broke a worker are kept.
      since: samples of the run so far, so that workers draw other decks than those of an earlier start.
    """

    def __init__(
        self, config: Config, variants: tuple[Variant, ...], weight_count: int, logs: Path, since: int = 0
    ) -> None:
        self._logs, self._serial = logs, config.general.serial
        self._variants, self._games = variants, config.simulation.games_per_worker
        self.weight_count = weight_count
        self._members = Muster(config, variants, weight_count, since)
        self._playing = False
        self._going_on: list[bytes] = []  # the games that each begins with
        self._errand = Errand()
        self._kept: dict[int, bytes] = {}
        self._untold: list[News] = []

    def __len__(self) -> int:
        return len(self._members)

    @property
    def ready(self) -> int:
        """How many workers play."""
        return sum(member.ready for member in self._members)

    def fit(self, kept: Sequence[bytes]) -> bool:
        """Whether these workers can go on from what workers kept: as many, of these games."""
        try:
            for worker, games in enumerate(kept):
                check_kept(games, spread(self._variants, self._games, worker))
        except ShapeError:
            return False
        return len(kept) == len(self)

    def start(self, kept: Sequence[bytes] = ()) -> None:
        """Start all workers; they play once weights are published.

        The first goes alone, for it may have to compile the kernels that the others then find.

        Args:
          kept: where workers go on (`keep`); none: from fresh decks.

        Raises CrewError.
        """
        self.begin(kept)
        self.await_ready()

    def begin(self, kept: Sequence[bytes] = ()) -> None:
        """Begin to start, as `start` does, and do not wait. Raises OSError."""
        self._going_on = list(kept) or [b""] * len(self._members)
        self._start(self._members[0])

    def await_ready(self) -> None:
        """Wait until all that `begin` began is started.

        Raises:
          CrewError: one cannot start, or dies again and again.
          OSError: there is no memory, or no room for another process; it may be called again.
        """
        first, *others = self._members
        self._await_ready(first)
        for member in others:
            if member.channel is None:
                self._start(member)
        for member in others:
            self._await_ready(member)

    def restart(self, kept: Sequence[bytes] = ()) -> None:
        """End all workers and start them anew, as `start` does; they play at once. Raises CrewError.

        Chunks that are not given back are void.
        """
        self.renew()
        self.start(kept)

    def renew(self) -> None:
        """End all workers; new ones take their places soon, and `collect` brings what they play."""
        for member in self._members:
            self._members.replace(member)

    def resize(self, count: int) -> None:
        """Have so many workers from now on; those that go drop their unfinished games."""
        self._members.resize(count)

    def publish(self, weights: NDArray[np.float32], step: int) -> None:
        """Hand weights (float32[N]) to all; they play with them from their next chunk on."""
        self._members.newest.hang(weights, step)

    def ask(self, learner: Learner) -> None:
        """Have workers that cannot find out values themselves ask that learner from now on."""
        if self._members.relay is not None:
            self._members.relay.use(learner)

    @property
    def asks(self) -> bool:
        """Whether all workers have the learner find out their moves, and so need no weights."""
        return all(member.afar for member in self._members)

    def play(self) -> None:
        """Have every worker, and who takes its place, play; once, after the first weights."""
        self._playing = True
        for member in self._members:
            if member.ready:
                self._begin(member)

    def give_back(self, chunk: Chunk) -> None:
        """Let a worker, or the one that took its place, play into this chunk's slot again."""
        if chunk.worker >= len(self._members):
            return  # it had to go
        member, slot = self._members[chunk.worker], chunk.played.slot
        if member.lent.get(slot) != chunk.life:
            return  # given back already, or void
        del member.lent[slot]
        if member.ready:
            member.send(Play(slot=slot))

    def evaluate(self, order: Evaluate, weights: NDArray[np.float32], step: int) -> None:
        """Have a worker evaluate weights; `collect` brings the outcome. One at a time."""
        self._members.average.hang(weights, step)
        self._errand.begin(order)
        self._errand.send(self._members)

    @property
    def evaluating(self) -> bool:
        """Whether an evaluation is under way."""
        return self._errand.busy

    def keep(self) -> list[bytes]:
        """What it takes for each worker to go on; only while none of them plays. Raises CrewError.

        Waits until a worker that died has a successor, and until an evaluation under way is done.
        """
        self._kept.clear()
        asked: dict[int, int] = {}  # the life of each worker that was asked
        while len(self._kept) < len(self._members):
            for member in self._members:
                if member.ready and asked.get(member.number) != member.life:
                    asked[member.number] = member.life
                    member.send(Keep())
            self._untold += self._hear(0.05)
        return [self._kept[member.number] for member in self._members]

    @property
    def lost(self) -> bool:
        """Whether a worker was lost that `collect` has not told of yet."""
        return any(isinstance(item, Lost) for item in self._untold)

    def collect(self, timeout: float) -> list[News]:
        """What has come in, waiting at most `timeout` seconds. Raises CrewError when a worker keeps dying."""
        untold, self._untold = self._untold, []
        return untold + self._hear(0.0 if untold else timeout)

    def stop(self) -> None:
        """End all workers."""
        self._members.close()

    # hearing

    def _hear(self, timeout: float) -> list[News]:
        news: list[News] = []
        for member in self._members.speaking(timeout):
            try:
                item = self._take(member, member.receive())
            except ConnectionError:
                item = self._bury(member)
            if item is not None:
                news.append(item)
        news.extend(self._look_after())
        return news

    def _take(self, member: Member, report: Report) -> News | None:
        match report:
            case Ready():
                member.set_ready()
                if self._playing:
                    self._begin(member)
                self._errand.send(self._members)
            case Played():
                return self._chunk(member, report)
            case Evaluated():
                self._errand.hear(report)
                return report
            case Broke():
                member.note_games(report, self._logs)
            case Kept():
                self._kept[member.number] = report.games
        return None

    def _chunk(self, member: Member, played: Played) -> Chunk:
        member.lent[played.slot] = member.life
        member.played = True
        member.afar = played.afar
        if played.chose:
            self._untold.append(Chose(member.number, played.chose))
        return Chunk(member.number, member.life, member.slots.chunks[played.slot], played)

    def _look_after(self) -> list[News]:
        """Give up silent workers; start those that are due; find somebody to evaluate."""
        news: list[News] = [self._bury(member) for member in self._members if member.is_silent()]
        self._members.start_due()
        self._errand.send(self._members)
        return news

    def _start(self, member: Member) -> None:
        self._members.start(member, self._going_on[member.number])

    def _await_ready(self, member: Member) -> None:
        while not member.ready:
            if member.channel is None:
                time.sleep(max(0.0, member.restart_at - time.monotonic()))
                self._start(member)
            try:
                report = member.receive()
            except ConnectionError:
                self._untold.append(self._bury(member))
                continue
            if isinstance(report, Broke):
                raise CrewError(f"worker {member.number} did not start: {report.why}")
            self._take(member, report)

    def _begin(self, member: Member) -> None:
        for slot in range(self._members.slots):
            if slot not in member.lent:
                member.send(Play(slot=slot))

    def _bury(self, member: Member) -> Lost:
        why = member.cause()
        of_errand = self._errand.takes(member)
        deaths = member.count_death(innocent=of_errand and member.played)
        self._members.end(member)
        if of_errand and (order := self._errand.fall()) is not None:
            if self._serial:  # which goes back for each, and would come to this evaluation for ever
                raise CrewError(f"worker {member.number} died of an evaluation, as one before it: {why}")
            self._untold.append(GivenUp(order.number, why))
        if deaths >= PATIENCE:
            raise CrewError(f"worker {member.number} died {deaths} times in a row, last: {why}")
        return Lost(member.number, why)
