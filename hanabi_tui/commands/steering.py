"""The verbs: steering a live run, and reading what it says, without a screen."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from heapq import merge
from pathlib import Path
from typing import Any

import typer

from engine.contracts import commands as c
from engine.contracts.events import AnyEvent, StateChanged
from engine.contracts.log_lines import line
from engine.contracts.states import OVER, State
from engine.contracts.vitals import Vitals
from engine.control.client import Control
from engine.control.messages import ControlError, Missed, News, Overview
from engine.errors import EngineError
from engine.settings.config import Config
from engine.settings.keys import Key, from_open
from engine.settings.live import read_live, with_value
from engine.store.directory import DATABASE, is_held, read_state
from engine.store.history import read
from engine.store.manifest import Counters
from engine.training.ending import ends_by
from hanabi_tui.commands.json_text import json_text
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.foreground.run_log import log_of

REFUSED = ExitCode.FAILED
"""Exit code when the run said no, or did not end well."""

RELEASE = 15.0
"""Seconds that workers, learner and W&B have to end after the run said that it stopped."""


def tell(directory: Path, command: c.Command) -> int:
    """Have the live run of a directory carry out a command; print its reply. Raises ControlError."""
    with Control(directory) as control:
        return _said(control.ask(command))


def stop(directory: Path, *, wait: bool) -> int:
    """Stop the live run of a directory with a checkpoint; wait until it has ended. Raises ControlError."""
    with Control(directory) as control:
        news = control.follow()
        if next(news, None) is None:
            raise ControlError(f"the run in {directory} went away as it was asked; it may just be ending")
        with Control(directory) as second:
            code = _said(second.ask(c.Stop()))
        if code or not wait:
            return code
        for message in news:
            if isinstance(message, News):
                for said in message.lines:
                    typer.echo(said)
                if isinstance(message.event, StateChanged) and message.event.state in OVER:
                    return _ended(directory, message.event.state)
    saved = read_state(directory)
    return _ended(directory, saved.state if saved else "")


def _ended(directory: Path, state: str) -> int:
    """What a stop came to; waits until the directory is let go, for the next command may begin there."""
    if state not in OVER:
        return _wrong(
            f"the run in {directory} ended without a word, and perhaps without its last checkpoint; the same "
            "command goes on from the newest that there is"
        )
    until = time.monotonic() + RELEASE
    while is_held(directory):
        if time.monotonic() >= until:
            return _wrong(
                f"the run in {directory} has stopped, but its process still lives after {RELEASE:g} s: "
                "hanabi-tui status names it"
            )
        time.sleep(0.05)
    return REFUSED if state == State.FAILED else 0


def _wrong(what: str) -> int:
    print(f"hanabi-tui: {what}", file=sys.stderr)
    return REFUSED


def change(directory: Path, assignments: list[str]) -> int:
    """Change live settings, given as KEY=VALUE: all of them, or none.

    Raises ControlError; ConfigError, EngineError before anything is changed.
    """
    changes = list(map(_read, assignments))
    with Control(directory) as control:
        seen = control.look()
        settled = before = from_open(seen.settings)
        first = _told_first(before, {key.name: value for key, value, _ in changes})
        changes.sort(key=lambda change: change[0].name != first)
        for key, value, _ in changes:  # one after the other, as the run will take them
            settled = with_value(settled, key, value)
        if (progress := seen.progress) is not None:
            so_far = Counters(step=progress.step, seconds=progress.seconds)
            if why := ends_by(before, settled, so_far):
                raise EngineError(why)
        replies = [control.ask(c.Set(key=key.name, value=text)) for key, _, text in changes]
    return max(map(_said, replies))  # told when all is done: who reads it may go away


def _told_first(before: Config, changes: Mapping[str, Any]) -> str:
    """Which of two settings the run is told first where both change: that after which it is the longer run.

    Else it might be over between the two.
    """
    number, length = before.iteration.num_iterations, before.iteration.train_steps_per_iteration
    new_number = changes.get("num_iterations", number)
    new_length = changes.get("train_steps_per_iteration", length)
    shorter = new_number and (not number or new_number * length < number * new_length)  # 0 is without an end
    return "train_steps_per_iteration" if shorter else "num_iterations"


def _read(assignment: str) -> tuple[Key, Any, str]:
    """A live key, its new value, and the text of it."""
    name, equals, text = (part.strip() for part in assignment.partition("="))
    if not equals:
        raise EngineError(f"{assignment!r}: write KEY=VALUE, such as learning_rate=3e-4")
    return *read_live(name, text), text


def _said(reply: c.Reply) -> int:
    if isinstance(reply, c.Refused):
        return _wrong(f"not done: {reply.why}")
    typer.echo(reply.text)
    return 0


def events(directory: Path, *, follow: bool, as_json: bool) -> int:
    """Print what happened to a run, or with `follow` what happens from now on, until it ends.

    As JSON that is an object a line; with `follow` an Overview first, and Vitals as well.
    Raises ControlError, MetricsError.
    """
    if not follow:
        for event in _past(directory):
            print(json_text(event) if as_json else line(event), flush=True)
        return 0
    with Control(directory) as control:
        for message in control.follow():
            _print(message, as_json=as_json)
    return 0


def _past(directory: Path) -> Iterator[AnyEvent]:
    with read(directory / DATABASE) as history:
        told = (kept.event for kept in history.events())
        yield from merge(told, history.evaluations(), key=lambda event: event.time)


def _print(message: Overview | News | Missed, *, as_json: bool) -> None:
    match message:
        case Missed(count=count):
            print(f"hanabi-tui: {count} events were missed; run.db has them", file=sys.stderr)
        case News(event=event) if as_json:
            print(json_text(event), flush=True)
        case News(event=event) if not isinstance(event, Vitals):
            print(line(event), flush=True)
        case Overview() if as_json:
            print(json_text(message), flush=True)


def logs(directory: Path, *, follow: bool, last: int) -> int:
    """Print the last lines of logs/run.log; with `follow` what comes from then on, until Ctrl-C."""
    path = log_of(directory)
    if not path.exists():
        raise EngineError(f"{path}: no such file; no run has begun in {directory}")
    for each in _lines_of(path, last, follow=follow):
        print(each, flush=True)
    return 0


def _lines_of(path: Path, last: int, *, follow: bool) -> Iterator[str]:
    file = path.open(encoding="utf-8", errors="replace")
    try:
        text = file.read().splitlines()
        yield from text[-last:] if last else ()
        while follow:
            if read_now := file.readline():
                yield read_now.rstrip("\n")
                continue
            time.sleep(0.2)
            if path.exists() and not os.path.samestat(path.stat(), os.fstat(file.fileno())):
                yield from file.read().splitlines()  # said before the new file began
                file.close()
                file = path.open(encoding="utf-8", errors="replace")
    finally:
        file.close()
