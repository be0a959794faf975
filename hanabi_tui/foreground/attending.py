"""What goes on beside a run, between two of its events: deadline, service manager, Prometheus, SIGHUP."""

from concurrent.futures import Future
from functools import partial

from engine.contracts import commands as c
from engine.contracts import events as e
from engine.contracts.vitals import Vitals
from engine.errors import EngineError
from engine.run.run import Run
from hanabi_tui.foreground.deadline import Deadline
from hanabi_tui.foreground.log_format import Level
from hanabi_tui.foreground.prometheus import Endpoint
from hanabi_tui.foreground.rereading import Rereading, told
from hanabi_tui.foreground.signals import Signals
from hanabi_tui.foreground.supervised import Supervised
from hanabi_tui.foreground.voice import Voice
from remote.notify import Notifier


class Attending:
    """Hears every event of a run; at least one comes every two seconds while its loop turns."""

    def __init__(
        self,
        run: Run,
        voice: Voice,
        moment: float | None,
        rereading: Rereading,
        endpoint: Endpoint | None,
        notifier: Notifier,
    ) -> None:
        self._run, self._voice, self._rereading, self._endpoint = run, voice, rereading, endpoint
        self._notifier = notifier
        self._supervised = Supervised(self._notifier)
        self._signals = Signals(run, voice)
        self.deadline = Deadline(moment, run, voice.say)

    def hear(self, event: e.AnyEvent | Vitals) -> None:
        """Take an event in, and do what is due."""
        self._supervised.hear(event)
        if self._endpoint is not None:
            self._endpoint.hear(event)
        self.deadline.look()
        if self._signals.news:
            said, self._signals.news = self._signals.news, ""
            self._voice.say(said)
        if self._signals.reread:
            self._signals.reread = False
            self._reread()

    def _reread(self) -> None:
        self._notifier.reloading()
        try:
            change = self._rereading.read()
        except (EngineError, OSError) as error:
            self._voice.say(f"WARNING: settings stay as they are: {error}", Level.warning)
        else:
            self._voice.say(told(change))
            for command in change.commands:
                self._run.command(command).add_done_callback(partial(self._answered, command.key))
        self._notifier.reloaded()

    def _answered(self, key: str, reply: Future[c.Reply]) -> None:
        said = reply.result()
        if isinstance(said, c.Refused):
            self._rereading.refused(key)
            self._voice.say(f"WARNING: {key} stays as it is: {said.why}", Level.warning)
