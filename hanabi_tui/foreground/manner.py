"""How a run in the foreground behaves towards whoever started it; nothing of it changes what is trained."""

from dataclasses import dataclass, field

from hanabi_tui.foreground.log_format import LogFormat
from hanabi_tui.settings import Given


@dataclass(frozen=True, kw_only=True)
class Manner:
    """The flags of `--no-ui` that are no settings.

    Attributes:
      given: where the settings came from, for reading them again.
      log_format: of what it says.
      until: a time of day, or a date and a time, at which it stops (`hanabi_tui.foreground.deadline`).
      max_minutes: after which it stops, pauses included.
      quiet_if_locked: say nothing where another run holds the directory.
      metrics_port: on loopback, where Prometheus finds its metrics; None: nowhere.
    """

    given: Given = field(default_factory=Given)
    log_format: LogFormat = LogFormat.plain
    until: str | None = None
    max_minutes: float | None = None
    quiet_if_locked: bool = False
    metrics_port: int | None = None
