"""The learner that computes: weights, optimizer and a mirror of the replay on one device.

It answers the calls of the contract (`engine.contracts.learner`) one after another, at once; who serves it to
a run that sits elsewhere is another's matter (`remote.service`).
"""

import logging
import resource
import sys
import time
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.contracts.learner import (
    PROTOCOL,
    GapError,
    Greeting,
    Judged,
    LearnerError,
    MismatchError,
    NotLoadedError,
    Snapshot,
    Step,
    Trained,
    Weights,
    Welcome,
)
from engine.contracts.vitals import Status
from engine.game.row_version import ROW_VERSION
from engine.learning import soundness
from engine.learning.gauges import gauges
from engine.learning.mirror import Mirror
from engine.learning.pupil import Pupil
from engine.networks.manner import Manner
from engine.store import copies

log = logging.getLogger(__name__)

REMEMBERED = 4096
"""Steps whose outcome is kept, to answer when they are asked for again."""

VERSION = version("hanabi-tui")
"""Of this project, as it is installed where the learner is."""


class Learning:
    """One life of a learner.

    Args:
      device: as torch names it, or "auto": a GPU if there is one.
      manner: how it reckons there.
      keep: a folder for a copy of each run's newest snapshot. A learner that begins anew stands there at
        once, if the run does too: then nothing need be sent to it.

    Raises LearnerError for a device that is not there.
    """

    def __init__(self, device: str = "cpu", keep: Path | None = None, manner: Manner | None = None) -> None:
        self.device = _device(device)
        self._manner = manner or Manner()
        self._keep = keep
        self.incarnation = uuid.uuid4().hex
        self._born = time.monotonic()
        self._greeting: Greeting | None = None
        self._pupil: Pupil | None = None
        self._mirror = Mirror(0, self.device)
        self._remembered: OrderedDict[int, Trained] = OrderedDict()

    def hello(self, greeting: Greeting) -> Welcome:
        """Meet a run; one of another id finds the learner empty. Raises MismatchError."""
        same = (("protocol", greeting.protocol, PROTOCOL), ("rows of version", greeting.rows, ROW_VERSION))
        for what, theirs, ours in same:
            if theirs != ours:
                raise MismatchError(
                    f"{what} {theirs} of the run, {ours} of the learner: "
                    "install the same version on both sides"
                )
        met = self._greeting
        if met is not None and met.run == greeting.run:
            if met.model != greeting.model:
                raise MismatchError(f"model of the run is {greeting.model}, of the learner {met.model}")
        else:
            mirror = self._new_mirror(greeting)
            self._pupil = self._recalled(greeting)
            self._remembered.clear()
            self._mirror = mirror
            # whoever knew the one before must not take this for it
            self.incarnation = uuid.uuid4().hex if met else self.incarnation
        if self._mirror.capacity != greeting.capacity:
            self._mirror = self._new_mirror(greeting)
        if self._pupil is not None:
            self._pupil.keep_average = greeting.weight_average
            self._pupil.keep_acting = greeting.acting_average
        self._greeting = greeting
        return self._welcome()

    def _new_mirror(self, greeting: Greeting) -> Mirror:
        """An empty one; where there is no room for it beside that of another run, in place of that."""
        try:
            return Mirror(greeting.capacity, self.device)
        except RuntimeError as error:
            if self._greeting is None or self._greeting.run == greeting.run:
                raise LearnerError(
                    f"there is no room here for {greeting.capacity} samples (buffer_size): {error}"
                ) from None
        self._forget()
        return self._new_mirror(greeting)

    def _forget(self) -> None:
        """Know of no run any more; the one that was known finds an empty learner if it comes back."""
        self._greeting = self._pupil = None
        self._mirror = Mirror(0, self.device)
        self._remembered.clear()
        self.incarnation = uuid.uuid4().hex

    def load(self, snapshot: bytes) -> Welcome:
        """Stand where a snapshot stands; b"": at the start. Raises LearnerError for one that does not fit.

        It holds no samples then: whoever has it loaded may have learned elsewhere under the same numbers, and
        may not hear the answer. From here on it is another learner to all that knew it: a copy of a run's
        directory has the run's id as well, and what it brought here must not be taken for the run's own work.
        """
        greeting = self._met()
        pupil = Pupil(greeting, self.device, self._manner)
        if snapshot:
            pupil.restore(snapshot)
        self._pupil = pupil
        self._mirror.empty()
        self._remembered.clear()
        self.incarnation = uuid.uuid4().hex
        return self._welcome()

    def extend(self, first: int, samples: NDArray[np.void]) -> None:
        """Mirror samples. Raises RowError for what is none, LearnerError for more than the mirror holds."""
        soundness.check(samples, self._met().model)
        self._mirror.extend(first, samples)

    def train(self, steps: Sequence[Step]) -> tuple[Trained, ...]:
        """Make the steps that are new, answer the others from memory."""
        pupil = self._loaded()
        self._check(steps, pupil.step)
        for step in steps:
            if step.number > pupil.step:
                self._remembered[step.number] = pupil.learn(step, self._mirror.gather(step.slots))
        outcomes = tuple(self._remembered[step.number] for step in steps)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return outcomes

    def weights(self, newer_than: int, *, average: bool = False) -> Weights | None:
        """What workers play with, or the long average, unless it is no newer than a step."""
        pupil = self._loaded()
        if pupil.step <= newer_than:
            return None
        return Weights(
            step=pupil.step, flat=(pupil.average if average else pupil.acting).cpu().numpy().copy()
        )

    def act(self, rows: NDArray[np.uint8]) -> Judged:
        """The best moves in rows, uint8[N, 169]. Raises RowError for what is none."""
        pupil = self._loaded()
        soundness.check_rows(rows, self._met().model)
        moves, values = pupil.judge(torch.from_numpy(rows.copy()).to(self.device))
        return Judged(step=pupil.step, moves=moves.byte().cpu().numpy(), values=values.cpu().numpy())

    def snapshot(self) -> Snapshot:
        """Everything but the samples. Raises LearnerError for weights that no run should go on from."""
        pupil = self._loaded()
        if not torch.isfinite(pupil.flat).all():
            raise LearnerError(f"the weights of step {pupil.step} hold what is no number")
        data = pupil.keep()
        if self._keep is not None and copies.RUN.fullmatch(pupil.run):
            copies.keep(self._keep, pupil.run, data)
        return Snapshot(step=pupil.step, digest=pupil.digest, data=data)

    def _recalled(self, greeting: Greeting) -> Pupil | None:
        """A pupil as the last copy of a run's snapshots has it."""
        if self._keep is None or not copies.RUN.fullmatch(greeting.run):
            return None
        kept = copies.newest(self._keep, greeting.run)
        if kept is None:
            return None
        pupil = Pupil(greeting, self.device, self._manner)
        try:
            pupil.restore(kept)
        except LearnerError as error:
            log.warning("the copy of run %s here is of no use: %s", greeting.run, error)
            return None
        return pupil

    def status(self) -> Status:
        """How it fares."""
        on_cuda = self.device.type == "cuda"
        free, total = torch.cuda.mem_get_info(self.device) if on_cuda else (0, 0)
        return Status(
            device=self._device_name(),
            step=self._pupil.step if self._pupil else -1,
            uptime=time.monotonic() - self._born,
            memory=total - free if on_cuda else _most_memory(),
            memory_total=total if on_cuda else None,
            at_once=self._pupil.portions.most if self._pupil else None,
            clock=time.time(),
            version=VERSION,
            **(gauges(self.device) if on_cuda else {}),
        )

    def _device_name(self) -> str:
        if self.device.type == "cuda":
            return f"{self.device} ({torch.cuda.get_device_name(self.device)})"
        threads = torch.get_num_threads()
        return f"{self.device} ({threads} thread{'s' if threads > 1 else ''})"

    def _welcome(self) -> Welcome:
        return Welcome(
            run=self._greeting.run if self._greeting else "",
            device=self._device_name(),
            incarnation=self.incarnation,
            step=self._pupil.step if self._pupil else -1,
            digest=self._pupil.digest if self._pupil else "",
            mirrored=(self._mirror.first, self._mirror.end),
        )

    def _met(self) -> Greeting:
        if self._greeting is None:
            raise NotLoadedError("the learner has not met a run yet: hello comes first")
        return self._greeting

    def _loaded(self) -> Pupil:
        if self._pupil is None:
            raise NotLoadedError("the learner holds no weights yet: load comes first")
        return self._pupil

    def _check(self, steps: Sequence[Step], made: int) -> None:
        """Refuse all steps if one cannot be made."""
        upcoming = made + 1
        for step in steps:
            if step.number < upcoming and step.number not in self._remembered:
                raise GapError(f"step {step.number} is forgotten; the learner stands at step {made}")
            if step.number > upcoming:
                raise GapError(f"step {step.number} does not follow step {upcoming - 1} of the learner")
            upcoming = max(upcoming, step.number + 1)
            if step.number > made:
                self._mirror.check(step.slots)


def _most_memory() -> int:
    """The most this process ever had in memory, bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # elsewhere it is told in KiB


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        have = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
        have += ["mps"] if torch.backends.mps.is_available() else []
        why = str(error).splitlines()[0]
        raise LearnerError(
            f"device {name!r} cannot be used: {why}. Here are: {', '.join(['cpu', *have])}"
        ) from None
    return device
