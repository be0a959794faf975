"""Ringing the bell: what is done about an alert."""

import asyncio
from typing import TYPE_CHECKING

from engine.control.messages import Message
from hanabi_tui.console.alerts import Alert, Watch, run_command

if TYPE_CHECKING:
    from hanabi_tui.console.app import Console

LONG, SHORT = 20.0, 8.0
"""Seconds that an alert is shown: one of something wrong, another."""


class Alarm:
    """Shows alerts, rings, and runs the user's command."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._watch = Watch()

    def hear(self, message: Message) -> None:
        """What a run says."""
        if alert := self._watch.hear(message):
            self._ring(alert)

    def lose(self) -> None:
        """The run is gone."""
        if alert := self._watch.lost(self._console.model.state, self._console.model.why):
            self._ring(alert)

    def _ring(self, alert: Alert) -> None:
        self._console.notify(
            alert.text,
            title="Alert" if alert.bad else "",
            severity="error" if alert.bad else "information",
            timeout=LONG if alert.bad else SHORT,
            markup=False,
        )
        preferences = self._console.setup.preferences
        if preferences.bell:
            self._console.bell()
        if preferences.alert_command:
            self._console.steering.keep(asyncio.create_task(self._run(preferences.alert_command, alert)))

    async def _run(self, command: str, alert: Alert) -> None:
        if wrong := await run_command(command, alert):
            self._console.say(f"alert_command: {wrong}", warning=True)
