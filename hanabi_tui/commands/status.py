"""`hanabi-tui status`: where a run is, and how its learner and the way to it are doing."""

import time
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import typer

from engine.contracts.learner import LearnerError
from engine.contracts.log_lines import game
from engine.contracts.states import OVER
from engine.contracts.vitals import Status
from engine.machine.printable import shown
from engine.settings.config import Config
from engine.store.directory import DATABASE, is_held, read_state
from engine.store.history import MetricsError, read
from hanabi_tui.commands.json_text import json_text
from hanabi_tui.exit_codes import ExitCode
from hanabi_tui.foreground.borrowed import BorrowedLearner, is_borrowed
from hanabi_tui.foreground.embedded import socket_of
from hanabi_tui.quantities import span
from hanabi_tui.settings import Settings
from remote import unix
from remote.client import Client
from remote.errors import LinkError

EVERY = 2.0
"""Seconds between two looks with --watch."""

ANSWERING = 10.0
"""Seconds that a learner has to answer."""

OLD = 30.0
"""Seconds after which a live run should have said something new."""

UNREACHABLE = ExitCode.FAILED
"""Exit code when the learner does not answer."""


def run(settings: Settings, *, local: bool, watch: bool, as_json: bool) -> int:
    """Print the status once, or again and again; the exit code."""
    config = settings.config
    while True:
        found = look(config, local=local)
        if as_json:
            typer.echo(json_text(found))
        else:
            typer.echo("\n".join(lines(found)) + ("\n" if watch else ""))
        if not watch:
            return UNREACHABLE if "unreachable" in found else 0
        time.sleep(EVERY)


def look(config: Config, *, local: bool) -> dict[str, Any]:
    """All there is to know, as plain data; asks the learner unless `local`."""
    path = Path(config.paths.checkpoint_dir)
    found: dict[str, Any] = {"directory": str(path)}
    saved = read_state(path)
    if saved is not None:
        found["run"] = {
            **msgspec.to_builtins(saved),
            "alive": is_held(path),
            "age": time.time() - saved.updated,
        }
        found |= _measured(path)
    if not local:
        found |= _asked(config, path)
    return found


def _measured(path: Path) -> dict[str, Any]:
    try:
        with read(path / DATABASE) as history:
            progress, evaluation = history.last_progress(), history.last_evaluation()
    except MetricsError:
        return {}
    found: dict[str, Any] = {}
    if progress is not None:
        found["progress"] = msgspec.to_builtins(progress)
    if evaluation is not None:
        found["evaluation"] = msgspec.to_builtins(evaluation)
    return found


def _asked(config: Config, path: Path) -> dict[str, Any]:
    """The learner's status, or why there is none."""
    if not is_borrowed(config.network) and not socket_of(path).exists():
        return {"unreachable": "a learner on this machine lives only while its run does"}
    borrowed = BorrowedLearner(config.network, path) if is_borrowed(config.network) else None
    try:
        client = borrowed.connect() if borrowed else Client(partial(unix.dial, socket_of(path)))
        try:
            began = time.monotonic()
            status: Status = client.status().result(ANSWERING)
            took = time.monotonic() - began
        finally:
            client.close()
        return {"learner": {**msgspec.to_builtins(status), "round_trip": took}}
    except (LinkError, LearnerError, OSError, TimeoutError) as error:
        return {"unreachable": str(error) or f"no answer within {ANSWERING:g} s"}
    finally:
        if borrowed:
            borrowed.stop()


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people; some of it is what another machine says, made safe for a terminal."""
    return [shown(line) for line in _lines(found)]


def _lines(found: dict[str, Any]) -> list[str]:
    said = [_run_line(found)]
    if progress := found.get("progress"):
        said.append(
            f"speed    {progress['games_per_second']:,.0f} games/s, "
            f"{progress['samples_per_second']:,.0f} samples/s "
            f"collected, {progress['trained_per_second']:,.0f} trained"
        )
    if evaluation := found.get("evaluation"):
        scores = ", ".join(
            f"{game(s['variant'], s['players'])} {s['mean']:.2f} ± {s['error']:.2f}"
            for s in evaluation["scores"]
        )
        said.append(f"score    {scores} at step {evaluation['step']:,}")
    if link := found.get("run", {}).get("link"):
        said.append(_link_line(link, alive=found["run"]["alive"]))
    if learner := found.get("learner"):
        said.append(_learner_line(learner))
    if why := found.get("unreachable"):
        said.append(f"learner  not reached: {why}")
    return said


def _run_line(found: dict[str, Any]) -> str:
    run = found.get("run")
    if run is None:
        return f"run      none has begun in {found['directory']}"
    state = run["state"] + (f" ({run['reason']})" if run["reason"] else "")
    if not run["alive"] and run["state"] not in OVER:
        state = f"not running; it ended while {run['state']}, and the same command goes on"
    elif run["alive"] and run["age"] > OLD:
        state += f"; nothing new for {run['age']:.0f} s"
    counters = run["counters"]
    generation = f"generation {run['generation']:,}" if run["generation"] >= 0 else "no generation yet"
    return (
        f"run      {found['directory']}: {state}; step {counters['step']:,}, {generation}, "
        f"{counters['games']:,} games, {counters['seconds'] / 60:.1f} min of training"
    )


def _link_line(link: dict[str, Any], *, alive: bool) -> str:
    trip = link["round_trip"]
    up = "not connected" if trip is None or not alive else f"up, {1000 * trip:.1f} ms there and back"
    again = max(0, link["connects"] - 1)
    return (
        f"link     {link['where']}: {up}; {link['sent'] / 1e6:,.1f} MB sent, "
        f"{link['received'] / 1e6:,.1f} MB received, "
        f"{again} reconnect{'' if again == 1 else 's'}"
    )


def _learner_line(learner: dict[str, Any]) -> str:
    memory = f"{learner['memory'] / 1e9:.1f}"
    if learner["memory_total"]:
        memory += f" of {learner['memory_total'] / 1e9:.1f}"
    parts = [
        f"learner  {learner['device']}: step {learner['step']:,}"
        if learner["step"] >= 0
        else f"learner  {learner['device']}: no weights yet",
        f"up {span(learner['uptime'])}",
        f"{memory} GB",
    ]
    for key, unit in (("utilisation", "% busy"), ("temperature", " °C"), ("power", " W")):
        if learner[key] is not None:
            parts.append(f"{learner[key]:.0f}{unit}")
    return ", ".join([*parts, f"answered in {1000 * learner['round_trip']:.1f} ms"])
