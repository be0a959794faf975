"""What a run can be told: frozen tagged commands, and the replies."""

import msgspec

from engine.contracts.reasons import ASKED


class Pause(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Stop playing and learning until Resume."""

    reason: str = ASKED


class Resume(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Go on."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Save a generation now."""


class Evaluate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Evaluate now."""


class Set(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Change a setting that may change while the run runs."""

    key: str
    value: str  # as in the environment


class Restore(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Go back to a generation; later ones are set aside."""

    step: int


class RestartWorkers(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Start all workers anew; their unfinished games are dropped."""


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Save a generation and end; the same command goes on from there."""


Command = Pause | Resume | Checkpoint | Evaluate | Set | Restore | RestartWorkers | Stop


class Done(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A command was carried out, or is under way."""

    text: str


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A command was not carried out."""

    why: str


Reply = Done | Refused
