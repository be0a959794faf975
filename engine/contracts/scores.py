"""The evaluations of a run that count, by what it says: where it goes back, later ones count no more."""

from engine.contracts.events import AnyEvent, Begun, Evaluated, Notice, Progress, StateChanged
from engine.contracts.vitals import Vitals


class Scores:
    """Of one run, whose events are heard in their order.

    Attributes:
      counting: the evaluations, oldest first.
      step: at which the run stood when it last said so; steps only fall where it goes back.
    """

    def __init__(self) -> None:
        self.counting: list[Evaluated] = []
        self.step = 0

    @property
    def last(self) -> Evaluated | None:
        """The newest one."""
        return self.counting[-1] if self.counting else None

    def hear(self, event: AnyEvent | Vitals) -> bool:
        """Take in an event; whether the run went back."""
        if isinstance(event, Evaluated):
            self.counting.append(event)
        step = _step_of(event)
        return step is not None and self.stand(step)

    def stand(self, step: int) -> bool:
        """The run stands at a step; whether it went back."""
        back, self.step = step < self.step, step
        if back:
            self.counting[:] = [one for one in self.counting if one.step <= step]
        return back

    def clear(self) -> None:
        """It is another run."""
        self.counting.clear()
        self.step = 0


def _step_of(event: AnyEvent | Vitals) -> int | None:
    """Where a run stands, by an event that tells: evaluations and generations may be of an earlier step."""
    if isinstance(event, Progress):
        return event.step
    if isinstance(event, StateChanged | Begun | Notice):
        return event.step or None  # who starts says 0, and knows of no step yet
    return None
