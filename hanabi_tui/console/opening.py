"""Opening a console: on a live run, or on one that it starts; on a screen, or in plain lines."""

import contextlib
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.errors import ConfigError, EngineError
from engine.machine.credential import TOKEN_FILE
from engine.settings.games import game_name
from engine.settings.keys import open_settings
from engine.store.directory import read_settings, read_state
from hanabi_tui.console.live.intake import recall
from hanabi_tui.console.live.model import Model
from hanabi_tui.console.live.starting import Starter, is_live
from hanabi_tui.foreground.run_log import log_of
from hanabi_tui.settings import Given, Settings, variable_of


@dataclass(frozen=True)
class Looks:
    """How a console shall be.

    Attributes:
      read_only: it only looks on.
      plain: lines instead of a screen.
      theme: its name; empty: as preferred.
    """

    read_only: bool = False
    plain: bool = False
    theme: str = ""


def open_or_start(given: Given, settings: Settings, looks: Looks) -> int:
    """Show the live run of the settings' directory; start one if there is none. The exit code.

    Raises EngineError for what cannot be opened.
    """
    directory = Path(settings.config.paths.checkpoint_dir)
    _demand_terminal(looks, directory)
    live = is_live(directory)
    starter = Starter(
        directory,
        file=given.file,
        settings=environment_of(given),
        wanted=not live and not looks.read_only,
        welcome=partial(welcome, settings, directory),
    )
    notes = list(settings.notes)
    ignored = [name for name in given.flags if name != "checkpoint_dir"]
    if live and ignored:
        notes.append(f"a run is live in {directory}, with settings of its own: {', '.join(ignored)} not used")
    return _show(model_of(directory, looks, live=live or starter.wanted), starter, looks, notes)


def attach(directory: Path, looks: Looks) -> int:
    """Show the run of a directory, live or not; the exit code. Raises EngineError where there is none."""
    _demand_terminal(looks, directory)
    live = is_live(directory)
    if not live and read_state(directory) is None:
        where = shlex.quote(str(directory))
        raise EngineError(
            f"{directory}: no run has begun in this directory; "
            f"to begin one: hanabi-tui --checkpoint-dir {where}"
        )
    return _show(model_of(directory, looks, live=live), Starter(directory, own=True), looks, [])


def environment_of(given: Given) -> Mapping[str, str]:
    """A command line's flags as the environment of the run it starts: no list of processes shows them."""
    names = {variable_of(name): text for name, text in given.flags.items()}
    if variable_of("auth_token") in names:
        names[TOKEN_FILE] = ""  # the flag was the later word
    return names


def welcome(settings: Settings, directory: Path) -> list[str]:
    """What a start does, in three lines."""
    config, known = settings.config, read_state(directory)
    network = config.network
    where = f"on {network.gpu_host}" if network.gpu_host else "on this machine"
    where = "on the laptop that dials in" if network.transport == "dialled" else where
    players = ", ".join(map(str, config.game_ranges.players))
    minutes = config.iteration.minutes
    until = f"{minutes:g} min" if minutes else "no end"
    if known is None:
        first = f"Begins a run in {directory}"
    else:
        first = f"Goes on with the run in {directory} at step {known.counters.step:,}"
    return [
        f"{first}: {game_name(config.game_ranges)}, {players} players, {until}, learning {where}.",
        f"It goes on when you leave (q asks); its log is {log_of(directory)}",
        "1 to 9 open views, ? lists all keys, P pauses the run, q leaves it.",
    ]


def _demand_terminal(looks: Looks, directory: Path) -> None:
    """Raise EngineError where there is no screen to be had, saying what to use instead."""
    if looks.plain:
        return
    instead = (
        "to train without a console: hanabi-tui --no-ui; to follow a run in plain lines: "
        f"hanabi-tui attach --plain {shlex.quote(str(directory))}"
    )
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise EngineError(f"the console wants a terminal, and this is none; {instead}")
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise EngineError(f"the console wants a terminal that it can draw on (TERM is not set); {instead}")


def model_of(directory: Path, looks: Looks, *, live: bool) -> Model:
    """A run before anything is heard of it; one that is not live stands as its process left it."""
    model = Model(directory, read_only=looks.read_only)
    saved = None if live else read_state(directory)
    if saved is not None:
        recall(saved, model)
        with contextlib.suppress(ConfigError):  # what cannot be read is not known
            model.settings = open_settings(read_settings(directory))
    return model


def _show(model: Model, starter: Starter, looks: Looks, notes: list[str]) -> int:
    if looks.plain:
        from hanabi_tui.console import plain

        return plain.run(model, starter, notes)
    # read when Textual is loaded: else what a key does waits for the next of 60 frames a second, often twice
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from hanabi_tui.console import screen

    return screen.run(model, starter, looks.theme, notes)
