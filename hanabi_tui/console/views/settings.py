"""The settings that may change while the run runs: what they are, what they mean, and what they were."""

import time
from collections.abc import Mapping
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.coordinate import Coordinate
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from engine.contracts.commands import Set
from engine.contracts.events import SettingChanged
from engine.settings.keys import KEYS, Key
from engine.store.directory import SETTINGS
from hanabi_tui.console.actions import Action
from hanabi_tui.console.dialogues.entry import Entry
from hanabi_tui.console.live.changes import joined, past_changes, undoable, values_at_start
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.steering import wrong_for
from hanabi_tui.console.view import View
from hanabi_tui.console.widgets.lasting_table import LastingTable

LIVE = tuple(key for key in KEYS.values() if key.live)

_EFFECTS = {
    "training": "from the next optimizer step on",
    "simulation": "at once",
    "iteration": "from the next step on; the end of the run is looked at anew",
    "logging": "from the next line on",
    "general": "when the next one is due",
}
"""When a change takes effect, by section."""

RECENT = 200
"""Changes that are listed at most, the newest."""


class Settings(View):
    """A table of settings, with the meaning of the one under the cursor, and all changes of this run."""

    actions = (
        Action(
            "edit",
            ("e", "enter"),
            "Change",
            "Change the setting under the cursor; what you type is checked before it is sent.",
            group="Settings",
            steers=True,
            footer=True,
        ),
        Action(
            "undo",
            ("u",),
            "Undo",
            "Take the last change back that still stands, yours or anybody's.",
            group="Settings",
            steers=True,
            footer=True,
        ),
        Action(
            "reset",
            ("d",),
            "Reset",
            "Give the setting under the cursor the value again that the run was started with. Asks.",
            group="Settings",
            steers=True,
        ),
    )

    DEFAULT_CSS = """
    Settings { layout: vertical; }
    Settings LastingTable { height: 2fr; min-height: 6; }
    Settings #about { height: auto; max-height: 4; padding: 0 1; background: $surface; }
    Settings VerticalScroll { height: 1fr; min-height: 3; padding: 0 1; }
    Settings VerticalScroll Static { width: 100%; height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's name
        super().__init__(id=id)
        self._model: Model | None = None
        self._past: tuple[SettingChanged, ...] = ()
        self._at_start: Mapping[str, object] = {}
        self._asked = LIVE[0]  # whose reset was asked about
        self._met: object = None  # whose history was read
        self._trouble = ""
        self._listed: tuple[SettingChanged, ...] | None = None
        self._values: list[str] = []

    def compose(self) -> ComposeResult:
        """The table, the meaning, the history."""
        yield LastingTable(cursor_type="row", zebra_stripes=True)
        yield Static(id="about", markup=False)
        with VerticalScroll(can_focus=True):
            yield Static(id="changes", markup=False)

    def on_mount(self) -> None:
        """Fill the table; its rows stay, their values change."""
        table = self.query_one(LastingTable)
        table.add_columns("Setting", "Value", "At start", "Unit", "Allowed")
        for key in LIVE:
            table.add_row(key.name, "", "", key.unit, _bounds(key), key=key.name)

    def show(self, model: Model) -> None:
        """Show the values and what changed."""
        self._model = model
        # a run that goes on may have been started with other settings; changes may have been missed
        if model.met != self._met:
            self._met = model.met
            begun = model.overview is None or bool(model.overview.run)
            self.run_worker(
                lambda: _past(model.directory, begun=begun), thread=True, group="past", exclusive=True
            )
        table = self.query_one(LastingTable)
        values = [key.shown(self.value_of(key)) if model.settings else "" for key in LIVE]
        for row, value in enumerate(values):
            if row >= len(self._values) or self._values[row] != value:
                table.update_cell_at(Coordinate(row, 1), value, update_width=True)
        if values != self._values:
            self._values = values
            self._show_about()
        self._show_changes()

    def value_of(self, key: Key) -> object:
        """What a setting is now, as far as is known."""
        model = self._model
        known = model.settings.get(key.section, {}).get(key.name, key.default) if model else key.default
        return tuple(known) if isinstance(known, list) else known

    @property
    def chosen(self) -> Key:
        """The setting under the cursor."""
        return LIVE[max(0, min(self.query_one(LastingTable).cursor_row, len(LIVE) - 1))]

    @property
    def changes(self) -> tuple[SettingChanged, ...]:
        """All that is known to have changed in this run, oldest first."""
        new = self._model.events if self._model is not None else ()
        return joined(self._past, (each for each in new if isinstance(each, SettingChanged)))

    def on_data_table_row_highlighted(self) -> None:
        """Say what the setting under the cursor means."""
        self._show_about()

    def on_data_table_row_selected(self) -> None:
        """Enter or a click on the row under the cursor changes it."""
        self.call_later(self.app.perform, "edit")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The history was read."""
        if event.worker.group == "past" and event.state is WorkerState.SUCCESS:
            if event.worker.result is not None:
                self._past, self._trouble, self._at_start = event.worker.result
            self._listed = None
            self._show_changes()
            table = self.query_one(LastingTable)
            for row, key in enumerate(LIVE):
                value = key.shown(self._at_start[key.name]) if self._at_start else ""
                table.update_cell_at(Coordinate(row, 2), value, update_width=True)

    def action_edit(self) -> None:
        """Type another value in."""
        key = self.chosen

        def send(text: str | None) -> None:
            if text is not None:
                self.app.steer(Set(key=key.name, value=text))

        self.app.push_screen(
            Entry(
                str(key), _about(key), key.shown(self.value_of(key)), lambda text: wrong_for(key.name, text)
            ),
            send,
        )

    def action_undo(self) -> None:
        """Set the last change back."""
        began = self._model.overview.began if self._model and self._model.overview else 0.0
        change = undoable(self.changes, began)
        if change is None:
            self.app.say("Nothing to undo: no change since the run was started still stands")
        else:
            self.app.steer(Set(key=change.key, value=change.old))

    def question(self, action: Action) -> str:
        """Name the setting that would be reset, and its values; nothing is asked where none would change."""
        if action.name != "reset":
            return super().question(action)
        key = self._asked = self.chosen
        if not self._at_start or self.value_of(key) == self._at_start[key.name]:
            return ""
        before, after = key.shown(self.value_of(key)), key.shown(self._at_start[key.name])
        return f"Set {key.name} back to what it began with: {before} → {after}?"

    def action_reset(self) -> None:
        """Set what was asked about back: the cursor may have moved on since."""
        key = self._asked
        if not self._at_start:
            file = self.app.model.directory / SETTINGS
            self.app.say(f"Not done: {file}, with what the run was started with, was not read", warning=True)
        elif self.value_of(key) == self._at_start[key.name]:
            self.app.say(f"{key.name} is what the run was started with")
        else:
            self.app.steer(Set(key=key.name, value=key.shown(self._at_start[key.name])))

    def _show_about(self) -> None:
        self.query_one("#about", Static).update(f"{self.chosen}: {_about(self.chosen)}")

    def _show_changes(self) -> None:
        changes = self.changes
        if changes == self._listed:
            return
        self._listed = changes
        lines = [Content.styled("Changes", "bold")]
        lines += [Content(_line(change)) for change in reversed(changes[-RECENT:])]
        if not changes:
            edit, undo = self.app.key_of("edit"), self.app.key_of("undo")
            keys = f" {edit} changes the setting under the cursor, {undo} undoes." if edit else ""
            lines.append(Content(self._trouble or f"None so far.{keys}"))
        self.query_one("#changes", Static).update(Content("\n").join(lines))


def _past(directory: Path, *, begun: bool) -> tuple[tuple[SettingChanged, ...], str, Mapping[str, object]]:
    """What changed, why nothing is known of that, and what all was at the start. Reads files.

    Until a process has begun, the settings in the directory are those of the one before.
    """
    return *past_changes(directory), values_at_start(directory) if begun else {}


def _bounds(key: Key) -> str:
    return key.allowed.removeprefix("whole numbers ").removeprefix("numbers ")


def _about(key: Key) -> str:
    unit = f" {key.unit}" if key.unit else ""
    return (
        f"{key.meaning[:1].upper()}{key.meaning[1:]}. Allowed: {key.allowed}{unit}; default "
        f"{key.shown(key.default)}.\nA change takes effect {_effect(key)}."
    )


def _effect(key: Key) -> str:
    return _EFFECTS.get(key.section, "from the next step on")


def _line(change: SettingChanged) -> str:
    when = time.strftime("%m-%d %H:%M:%S", time.localtime(change.time))
    return f"{when}  step {change.step:,}  {change.key}: {change.old} → {change.new}"
