"""Alerts: what a person wants to be told of, wherever they look.

A run that paused by itself, as it does for a sick loss or a collapsed score; a new best score; the end; and a
run that is gone without a word.
"""

import asyncio
import os
from dataclasses import dataclass

from engine.contracts.events import Begun, Evaluated, StateChanged
from engine.contracts.reasons import by_itself
from engine.contracts.states import OVER, State
from engine.control.messages import Message, News, Overview
from hanabi_tui.console.wording import score_of
from hanabi_tui.settings import ALERT, ALERT_TEXT

PATIENCE = 30.0
"""Seconds that an alert_command may take."""


@dataclass(frozen=True)
class Alert:
    """Something to be told of.

    Attributes:
      kind: paused, best, completed, stopped, failed, lost.
      text: in words.
      bad: whether something is wrong.
    """

    kind: str
    text: str
    bad: bool


class Watch:
    """Messages in, alerts out."""

    def __init__(self) -> None:
        self._run, self._began = "", 0.0  # which run, and since when its process lives; 0: none was heard
        self._state = ""  # and why, as far as that is told twice; empty: of this process none was heard
        self._evaluated = False  # whether there is a score to beat

    def hear(self, message: Message) -> Alert | None:
        """What a message is worth telling."""
        if isinstance(message, Overview):
            return self._meet(message)
        if not isinstance(message, News):
            return None
        match message.event:
            case StateChanged() as event:
                return self._state_alert(event.state, event.reason)
            case Begun(run=run, generation=generation):
                self._run, self._evaluated = run, generation >= 0  # who goes on has a best score to beat
            case Evaluated() as event:
                first, self._evaluated = not self._evaluated, True
                if event.best and not first:
                    return Alert(
                        "best", f"New best score: {score_of(event)}, at step {event.step:,}", bad=False
                    )
        return None

    def lost(self, state: State, why: str) -> Alert | None:
        """What the end of a connection is worth telling, by the last state that was heard."""
        if state in OVER or state is State.STOPPING:
            return None
        return Alert("lost", f"The run is gone while {state}: {why}", bad=True)

    def _meet(self, said: Overview) -> Alert | None:
        """What happened while nothing was heard; how a run stands when it is first met is no news."""
        if said.run and said.run != self._run:
            self._run, self._evaluated = said.run, False
        self._evaluated |= said.evaluated is not None
        first = not self._began
        if said.began != self._began:
            self._began, self._state = said.began, ""  # another process may fail for the same reason
        alert = self._state_alert(said.state, said.reason)
        return None if first else alert

    def _state_alert(self, state: str, reason: str) -> Alert | None:
        # while a laptop is away what is found of it may change with every try: that is told once
        before, self._state = self._state, f"{state} {reason.partition(':')[0]}"
        if self._state == before:
            return None
        match state:
            case State.PAUSED if by_itself(reason):
                return Alert("paused", f"The run paused: {reason}", bad=True)
            case State.COMPLETED:
                return Alert("completed", "The run is complete", bad=False)
            case State.FAILED:
                return Alert("failed", f"The run failed: {reason}", bad=True)
            case State.STOPPED:
                return Alert("stopped", "The run has stopped", bad=False)
        return None


async def run_command(command: str, alert: Alert) -> str:
    """Run a user's command for an alert; what went wrong, empty if nothing."""
    process = await asyncio.create_subprocess_shell(
        command,
        env={**os.environ, ALERT: alert.kind, ALERT_TEXT: alert.text},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        process.kill()
        return f"it took longer than {PATIENCE:g} s"
    if process.returncode:
        return said.decode(errors="replace").strip() or f"it ended with {process.returncode}"
    return ""
