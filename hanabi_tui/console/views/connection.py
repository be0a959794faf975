"""The way to the learner: how it is, how it was, and other machines that could lend one."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.contracts.commands import Resume
from engine.contracts.reasons import LEARNER
from engine.contracts.states import State
from hanabi_tui.commands.finding import Finding, Verdict, lines_of
from hanabi_tui.console import command
from hanabi_tui.console.connection_actions import ACTIONS
from hanabi_tui.console.dialogues.fingerprint import Fingerprint, HostKey
from hanabi_tui.console.glance.panel_view import PanelView
from hanabi_tui.console.glance.sight import Sight
from hanabi_tui.console.glance.way import SPANS, outage_lines, strip_lines, trip_lines, way_lines
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.ssh_hosts import Host, flags_for, read_hosts, ssh_flags
from hanabi_tui.console.verdicts import dressed, laid_out
from hanabi_tui.console.widgets.lines_pane import LinesPane
from hanabi_tui.console.widgets.panel import Panel


class Connection(PanelView):
    """The way to the learner."""

    layouts: ClassVar[Mapping[str, tuple[int, int]]] = {"-wide": (110, 30)}  # two columns
    actions = ACTIONS

    DEFAULT_CSS = """
    Connection {
        layout: vertical;
        Panel, #hosts, #told { border-top: solid $panel; border-title-color: $text-muted; }
        #ways { height: auto; }
        #way { height: 7; }
        #strip { height: 6; }
        #trips, #outages { display: none; }
        #others { layout: horizontal; height: 1fr; }
        #hosts { width: 26; height: 1fr; }
        #told { width: 1fr; height: 1fr; margin-left: 2; }
        OptionList { height: 1fr; padding: 0; border: none; background: transparent; }
        OptionList:focus { border: none; }
    }
    Connection.-wide {
        layout: horizontal;
        Panel, #hosts, #told { border: round $panel; padding: 0 1; margin: 0; }
        #ways { width: 1fr; height: 1fr; }
        #way { height: 10; }
        #trips { display: block; height: 5; }
        #strip { height: 8; }
        #outages { display: block; height: 1fr; }
        #others { layout: vertical; width: 1fr; }
        #hosts { width: 1fr; height: 1fr; }
        #told { height: 2fr; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._span = 1
        self._hosts: tuple[Host, ...] = ()
        self._own = object()  # the settings that the list was made for

    def compose(self) -> ComposeResult:
        """How it is and was, on one side; hosts and what a test says, on the other."""
        with Container(id="ways"):
            yield Panel("Way to the learner", way_lines, id="way")
            yield Panel("Round trip", trip_lines, id="trips")
            yield Panel("", lambda sight, room: strip_lines(sight, room, SPANS[self._span][0]), id="strip")
            yield Panel("When the learner was gone", outage_lines, id="outages")
        with Container(id="others"):
            with Container(id="hosts"):
                yield OptionList(markup=False, compact=True, id="list")
            with Container(id="told"):
                yield LinesPane(dress=dressed, limit=2_000, wrap=True, id="lines")

    def on_mount(self) -> None:
        """Title what has parts, and say what can be done."""
        self.query_one("#hosts").border_title = "Hosts in ~/.ssh/config"
        self.query_one("#told").border_title = "Test"
        self.query_one(LinesPane).add(["t tests the chosen host, k shows its host key."])
        self._title_strip()
        self.query_one(OptionList).focus()

    def show(self, model: Model) -> None:
        """Show how things are now."""
        network = model.settings.get("network", {})
        if network != self._own:
            self._own = network
            self._list_hosts(model)
        super().show(model)

    def fill(self, model: Model, now: float) -> None:
        """Fill the panels that are displayed."""
        sight = Sight(model, now, link=self._remembered.link(model, now))
        for panel in self.query(Panel):
            if panel.display:
                panel.see(sight)

    # the strip

    def action_longer(self) -> None:
        """Show more of the past."""
        self._stretch(1)

    def action_shorter(self) -> None:
        """Show less of it."""
        self._stretch(-1)

    def _stretch(self, by: int) -> None:
        self._span = min(max(self._span + by, 0), len(SPANS) - 1)
        self._title_strip()
        self._show(self.app.model)

    def _title_strip(self) -> None:
        self.query_one(
            "#strip", Panel
        ).border_title = f"The last {SPANS[self._span][1]} (+ and −: longer, shorter)"

    # hosts

    def action_hosts(self) -> None:
        """Read the config again."""
        self._list_hosts(self.app.model)

    def _list_hosts(self, model: Model) -> None:
        network = model.settings.get("network", {})
        found = read_hosts(str(network.get("ssh_config", "")))
        own = str(network.get("gpu_host", ""))
        listed = [host for host in found.hosts if host.name != own]
        if own:
            known = next((host for host in found.hosts if host.name == own), Host(own))
            listed.insert(0, known)
        options = self.query_one(OptionList)
        before = options.highlighted
        self._hosts = tuple(listed)
        options.set_options(Option(_named(host, own)) for host in listed)
        if listed:
            options.highlighted = min(before or 0, len(listed) - 1)
        else:
            options.set_options([Option(Content("no host is named there"), disabled=True)])
        for wrong in found.wrong:
            self._found(Verdict.NOTE, "ssh config", wrong)

    @property
    def chosen(self) -> Host | None:
        """The host that the cursor is on."""
        index = self.query_one(OptionList).highlighted
        return self._hosts[index] if index is not None and index < len(self._hosts) else None

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_test()

    # what is asked of them

    def action_test(self) -> None:
        """Check the chosen host."""
        if host := self._wanted():
            self._say_first(f"Testing {host.name}: what a run would meet on the way there. x cancels.")
            self.run_worker(self._test(host), group="child", exclusive=True, exit_on_error=False)

    def action_host_key(self) -> None:
        """Look at the chosen host's key."""
        if host := self._wanted():
            self._say_first(f"Asking {host.name} for its host key. x cancels.")
            self.run_worker(self._look(host), group="child", exclusive=True, exit_on_error=False)

    def action_cancel(self) -> None:
        """End what is under way."""
        running = [worker for worker in self.workers if worker.group == "child" and worker.is_running]
        for worker in running:
            worker.cancel()
        self._tell("Cancelled." if running else "Nothing is under way.")

    def _wanted(self) -> Host | None:
        if self.chosen is None:
            self.app.say("There is no host to choose: name one in ~/.ssh/config", warning=True)
        return self.chosen

    async def _test(self, host: Host) -> None:
        try:
            flags = [*flags_for(host, self._network), f"--checkpoint-dir={self.app.model.directory}"]
            code = await command.run(["doctor", *flags], self._tell)
        except (OSError, ValueError) as error:
            self._found(Verdict.FAIL, "test", f"cannot be made: {error}")
            return
        if code < 0 or code > 1:
            self._found(Verdict.FAIL, "test", f"ended with code {code}")

    async def _look(self, host: Host) -> None:
        said, wrong = list[str](), list[str]()
        flags = ssh_flags(self._network)
        try:
            code = await command.run(["trust", host.name, "--json", *flags], said.append, wrong.append)
            if code:
                for line in wrong:
                    self._complain(line)
                return
            key = msgspec.json.decode("\n".join(said), type=HostKey)
        except (OSError, ValueError) as error:
            self._found(Verdict.FAIL, "host key", f"cannot be looked at: {error}")
            return
        shows = _STATES.get(key.state, f"shows a key ({key.state})")
        self._tell(f"{host.name} {shows}: {key.kind} {key.fingerprint}")
        if not self._in_sight or self.app.screen is not self.screen:  # a y may be meant for something else
            self._tell("Press k again to compare it.")
            return
        if not await self.app.push_screen_wait(Fingerprint(key)):
            if key.state == "unknown":
                self._tell("Nothing was accepted.")
            return
        accept = ["trust", host.name, f"--fingerprint={key.fingerprint}", *flags]
        if await command.run(accept, self._tell) == 0 and self._waits_for(host):
            self.action_reconnect()

    def _waits_for(self, host: Host) -> bool:
        """Whether the run waits for a learner on this host."""
        model, own = self.app.model, self._network.get("gpu_host")
        waits = model.state in (State.PAUSED, State.STARTING) and model.reason.startswith(LEARNER)
        return waits and own == host.name and not model.read_only

    def _complain(self, line: str) -> None:
        said = line.removeprefix("hanabi-tui: ")
        if said == line:
            self._tell(line)
        else:
            self._found(Verdict.FAIL, "host key", said)

    def _found(self, verdict: Verdict, about: str, text: str) -> None:
        for line in lines_of(Finding(verdict, about, text)):
            self._tell(line)

    @property
    def _network(self) -> Mapping[str, Any]:
        return self.app.model.settings.get("network", {})

    def action_reconnect(self) -> None:
        """Have the run try again now."""
        model = self.app.model
        if model.connected and model.reason.startswith(LEARNER):
            self.app.steer(Resume())
        elif model.connected:
            self.app.say("The run is not waiting for its learner")
        else:
            self.app.say(f"There is no run to tell: {model.why}", warning=True)

    def _say_first(self, line: str) -> None:
        pane = self.query_one(LinesPane)
        pane.set_lines([line])
        pane.action_last()

    def _tell(self, line: str) -> None:
        pane = self.query_one(LinesPane)
        # one cell stays free for a scrollbar that comes later
        pane.add(laid_out(line, max(pane.size.width - 2, 20)))


_STATES = {
    "accepted": "shows the key that was accepted before",
    "unknown": "shows a key that nobody has accepted yet",
    "changed": "shows ANOTHER key than the accepted one",
}


def _named(host: Host, own: str) -> Content:
    used = " (this run's)" if host.name == own else ""
    return Content.assemble(host.name + used, *((("\n  " + str(host), "dim"),) if str(host) else ()))
