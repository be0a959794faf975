"""Where a run stands: its state, why it is paused, and by what it can go on."""

from collections.abc import Callable

from engine.contracts.reasons import asked_for
from engine.contracts.states import OVER, WORKING, State, check
from engine.run.trouble import Trouble


class Standing:
    """The state of a run. It is paused while somebody asked for that, or something is missing.

    Args:
      changed: called after each change.

    Attributes:
      state, reason: where it is.
      trouble: what is missing.
      ill: whether it is paused because learning made no sense any more.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.state, self.reason = State.STARTING, ""
        self.trouble, self.ill = Trouble(), False
        self._changed = changed
        self._asked = ""  # why it is paused until somebody says resume
        self._missing = ""  # what it waits for, while there is trouble

    @property
    def over(self) -> bool:
        """Whether nothing comes any more."""
        return self.state in OVER

    @property
    def trains(self) -> bool:
        """Whether its time counts."""
        return self.state in WORKING

    def enter(self, state: State, reason: str = "") -> None:
        """Change to a state, or to another reason. Raises StateError."""
        if (state, reason) == (self.state, self.reason):
            return
        check(self.state, state)
        self.state, self.reason = state, reason
        self._changed()

    def pause(self, reason: str, *, ill: bool = False) -> None:
        """Pause until `go_on`; unless it is ill, because somebody asked for it in these words."""
        self._asked, self.ill = reason if ill else asked_for(reason), ill
        self._rest()

    def go_on(self, working: State) -> str:
        """End a pause that was asked for; returns what is still missing, empty if nothing is."""
        self._asked, self.ill = "", False
        if self.trouble.what:
            self.trouble.hurry()
            self._rest()
            return self._missing
        self.enter(working)
        return ""

    def wait_for(self, what: str, reason: str, **kind: bool) -> None:
        """Pause until what is missing is there again (`kind`: see Trouble); who stops does not wait."""
        if self.state is State.STOPPING:
            self.enter(State.STOPPED, f"without a last generation: {reason}")
            return
        self.trouble.meet(what, **kind)
        self._missing = reason
        self._rest()

    def mended(self, working: State) -> None:
        """What was missing is there again."""
        if self.trouble.mend() and self.state is State.PAUSED:
            if self._asked:
                self._rest()
            else:
                self.enter(working)

    def _rest(self) -> None:
        """Be paused, for all the reasons there are."""
        missing = self._missing if self.trouble.what else ""
        self.enter(State.PAUSED, "; ".join(filter(None, (self._asked, missing))))

    def stop(self) -> None:
        """Begin to stop; where the learner is missing, that is all there is to do."""
        self.enter(State.STOPPING)
        if self.trouble.what == "learner":
            self.wait_for("learner", self._missing)
        self.trouble.hurry()
