"""How the machine and the learner's device fare: told every few seconds, to whoever looks; kept nowhere."""

import msgspec

from engine.learner import Link, Status


class Vitals(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Measured about every two seconds, paused or not."""

    time: float  # s since the epoch
    link: Link | None = None  # the way to the learner; None: none yet
    device: Status | None = None  # the learner's; None: it does not answer
    answered: float | None = None  # s since the epoch, when `device` was true
    cpu: float | None = None  # share of this machine's cores that was busy, 0–1; None: not known
    memory: int | None = None  # bytes that the run and its children have in memory
    free: int | None = None  # bytes free on the disk of the run's directory
