"""How the machine, the learner's device and the way to it fare: told every few seconds, kept nowhere."""

import msgspec


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a learner fares; None where the device does not tell."""

    device: str  # as torch names it; after a space, what that is
    step: int
    uptime: float  # s
    memory: int  # bytes in use by the learner on its device
    memory_total: int | None = None
    utilisation: float | None = None  # %
    temperature: float | None = None  # °C
    power: float | None = None  # W
    at_once: int | None = None  # samples that a step takes at a time; None: all of them, for there is room
    clock: float | None = None  # s since the epoch, as its machine has it
    version: str = ""  # of this project there
    busy: float | None = None  # s that the call in progress has been going on; None: there is none


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The way between a run and its learner, as the run sees it."""

    where: str  # "this machine", or the other one and how it is reached
    connects: int = 0  # connections made so far
    sent: int = 0  # bytes, over all of them
    received: int = 0
    round_trip: float | None = None  # s; None: not connected


class Vitals(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Measured about every two seconds, paused or not."""

    time: float  # s since the epoch
    link: Link | None = None  # the way to the learner; None: none yet
    device: Status | None = None  # the learner's; None: it does not answer
    answered: float | None = None  # s since the epoch, when `device` was true
    cpu: float | None = None  # share of this machine's cores that was busy, 0–1; None: not known
    memory: int | None = None  # bytes that the run and its children have in memory
    free: int | None = None  # bytes free on the disk of the run's directory
