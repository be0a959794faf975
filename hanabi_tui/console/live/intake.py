"""What a run says, taken into the model. No sockets and no widgets: messages in, a changed model out."""

import contextlib
from collections.abc import Iterable
from typing import Any

import msgspec

from engine.contracts.events import AnyEvent, Begun, Progress, SettingChanged, StateChanged
from engine.contracts.states import State
from engine.contracts.vitals import Vitals
from engine.control.messages import Missed, News, Overview
from engine.settings.keys import KEYS
from engine.store.directory import Saved
from hanabi_tui.console.live.model import Model


def take_in(message: Overview | News | Missed, model: Model) -> None:
    """Let the model know what a run said."""
    match message:
        case Overview():
            _take_overview(message, model)
        case News(event=event, lines=lines):
            _take_lines(lines, model)
            _take_event(event, model)
        case Missed(count=count):
            model.missed += count


def lose(model: Model, why: str) -> None:
    """Let the model know that the run cannot be heard any more, and why."""
    model.connected, model.why = False, why


def recall(saved: Saved, model: Model) -> None:
    """Let the model know how a run stood that nobody hears: what its process wrote last."""
    with contextlib.suppress(ValueError):  # a state of another version
        model.state = State(saved.state)
        model.reason, model.since = saved.reason, saved.updated


def _take_overview(said: Overview, model: Model) -> None:
    _meet(said.run, model)
    model.overview, model.connected, model.why = said, True, ""
    model.state, model.reason, model.since = said.state, said.reason, said.since
    model.settings = {section: dict(values) for section, values in said.settings.items()}
    model.progress = said.progress or model.progress
    if said.progress is not None:
        model.went_back += model.scores.stand(said.progress.step)
    model.vitals = said.vitals or model.vitals
    if said.evaluated is not None and said.evaluated != model.evaluated:
        _take_event(said.evaluated, model)
    _take_lines(_new_of(said.lines, model), model)


def _meet(run: str, model: Model) -> None:
    """Know a run by its id, empty before it began; of another run, in the same directory, nothing holds."""
    if run and model.run and run != model.run:
        model.progress = model.vitals = None
        model.recent.clear()
        model.pulses.clear()
        model.scores.clear()
        model.events.clear()
    model.run = run or model.run


def _new_of(lines: tuple[str, ...], model: Model) -> Iterable[str]:
    """Of a run's last lines, those that came after the last one that is known."""
    if not model.lines:
        return lines
    last = model.lines[-1]
    known = max((place for place, line in enumerate(lines, 1) if line == last), default=0)
    return lines[known:]


def _take_lines(lines: Iterable[str], model: Model) -> None:
    for line in lines:
        model.lines.append(line)
        model.lines_seen += 1


def _take_event(event: AnyEvent | Vitals, model: Model) -> None:
    if isinstance(event, Begun):
        _begin(event, model)
    model.went_back += model.scores.hear(event)
    match event:
        case Vitals():
            model.vitals = event
            model.pulses.append(event)
            return
        case Progress():
            model.progress = event
            model.recent.append(event)
            return
        case StateChanged():
            if event.state != model.state:  # else only the reason is another one
                model.since = event.time
            model.state, model.reason = State(event.state), event.reason
        case SettingChanged():
            _take_setting(event, model)
    model.events.append(event)


def _begin(event: Begun, model: Model) -> None:
    """Only now a process knows, and says, which run it goes on with."""
    _meet(event.run, model)
    if model.overview is not None:
        model.overview = msgspec.structs.replace(model.overview, run=event.run)


def _take_setting(event: SettingChanged, model: Model) -> None:
    key = KEYS.get(event.key)
    if key is None:
        return
    value: Any = event.new
    with contextlib.suppress(ValueError):  # else it is shown as it was said
        value = key.read(event.new)
    model.settings.setdefault(key.section, {})[key.name] = value
