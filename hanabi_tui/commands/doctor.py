"""`hanabi-tui doctor`: check everything that a run needs, in the order in which it would fail.

A check that cannot be made, because an earlier one failed, is not made: one fault, one line.
"""

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import typer

from engine.contracts.states import State
from engine.errors import ConfigError, EngineError
from engine.machine.cores import cores
from engine.run.ground import check_fit, slack_of
from engine.settings.bearable import check_workers
from engine.settings.checks import weights_of
from engine.settings.config import Config
from engine.store.directory import GENERATIONS, RING, SETTINGS, is_held, read_state
from engine.store.generations import Generations
from engine.store.manifest import OtherVersionError
from engine.store.sample import SAMPLE
from engine.workers.muster import workers_of
from hanabi_tui.commands.far_side import far_side
from hanabi_tui.commands.finding import Finding, Verdict, lines_of
from hanabi_tui.foreground.borrowed import is_borrowed
from hanabi_tui.options import settle
from hanabi_tui.settings import Given, Settings
from remote.token import SHORT

GENERATION = 16 << 20
"""Bytes that a generation needs at least, generously."""

PER_WEIGHT = 24
"""Bytes of a generation for each weight: itself, two averages, and three numbers of the optimizer."""


def run(given: Given) -> int:
    """Print findings as they come; 0, or 1 if something is wrong."""
    failed = False
    for finding in findings(given):
        failed |= finding.verdict is Verdict.FAIL
        for line in lines_of(finding):
            typer.echo(line)
    typer.echo("Something is wrong: see FAIL above." if failed else "Everything a run needs is there.")
    return int(failed)


def findings(given: Given) -> Iterator[Finding]:
    """All checks."""
    try:
        settings = settle(given)
    except (EngineError, OSError) as error:
        yield Finding(Verdict.FAIL, "settings", str(error), "hanabi-tui config --help explains all settings")
        return
    yield from _settings(settings)
    yield from _versions()
    config = settings.config
    yield from _machine(config)
    yield from _directory(config)
    if is_borrowed(config.network):
        yield from far_side(config)


def _settings(settings: Settings) -> Iterator[Finding]:
    network = settings.config.network
    yield Finding(Verdict.OK, "settings", f"{settings.preset} preset; {settings.file or 'no file'}")
    if network.transport == "direct":
        if not network.auth_token:
            yield Finding(
                Verdict.FAIL,
                "token",
                "plain TCP without an auth_token: anybody on the way could be the learner",
                "put a token into a file on both sides (HANABI_AUTH_TOKEN_FILE, "
                "--auth-token-file), or use ssh",
            )
        else:
            yield Finding(
                Verdict.NOTE,
                "transport",
                "plain TCP: nothing is encrypted",
                "on a network not yours alone: transport = ssh",
            )
    if 0 < len(network.auth_token) < SHORT:
        yield Finding(
            Verdict.NOTE,
            "token",
            f"auth_token has {len(network.auth_token)} characters, and can be guessed",
            "make one: head -c 24 /dev/urandom | base64",
        )


def _versions() -> Iterator[Finding]:
    names = ("hanabi-tui", "torch", "numpy", "numba", "rpyc", "asyncssh")
    listed = ", ".join(f"{name} {version(name)}" for name in names)
    yield Finding(Verdict.OK, "versions", f"Python {platform.python_version()}, {listed}")


def _machine(config: Config) -> Iterator[Finding]:
    try:
        check_workers(config)
    except ConfigError as error:
        yield Finding(Verdict.FAIL, "cores", str(error), "leave it out: one less than there are cores")
        return
    count, workers = cores(), workers_of(config)
    busy = workers + (not is_borrowed(config.network))
    text = f"{count} cores; {workers} worker{'' if workers == 1 else 's'}" + (
        "" if is_borrowed(config.network) else " and a learner"
    )
    if busy > count:
        yield Finding(
            Verdict.NOTE,
            "cores",
            text,
            f"they wait for each other: --num-workers {max(1, count - 1)} is enough",
        )
    else:
        yield Finding(Verdict.OK, "cores", text)


def _directory(config: Config) -> Iterator[Finding]:
    path = Path(config.paths.checkpoint_dir)
    if os.path.lexists(path) and not path.is_dir():
        yield Finding(
            Verdict.FAIL,
            "directory",
            f"{path} is no directory" + (", but a link to nothing" * path.is_symlink()),
            "choose another: --checkpoint-dir DIR",
        )
        return
    there = next((each for each in (path, *path.absolute().parents) if each.is_dir()), Path("/"))
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding(
            Verdict.FAIL,
            "directory",
            f"{there} cannot be written by this user",
            "choose another: --checkpoint-dir DIR",
        )
        return
    samples = config.training.buffer_size + slack_of(config)
    ring = 0 if (path / RING).exists() else samples * SAMPLE.itemsize
    there_already = len(Generations(path / GENERATIONS).paths()) if path.is_dir() else 0
    more = max(
        1, config.general.keep_generations + 2 - there_already
    )  # the best one, and the one being written
    needed = ring + more * max(GENERATION, PER_WEIGHT * weights_of(config.model))
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free; a run may need {needed / 1e9:.1f} GB more"
    if free < needed:
        yield Finding(Verdict.FAIL, "disk", text, "make room, or lower --buffer-size or --keep-generations")
    else:
        yield Finding(Verdict.OK, "disk", text)
    yield from _run(path, config)


def _next(state: str, *, live: bool) -> str:
    """What there is to do about a run that gave a reason for being where it is."""
    if state == State.COMPLETED:
        return "nothing; to train on, raise --minutes or --num-iterations"
    if state == State.STOPPED:
        return "the same command goes on"
    if live:
        return "mend that; what the run does not notice by itself: hanabi-tui resume"
    return "mend that, then start it again: the same command goes on"


def _run(path: Path, config: Config) -> Iterator[Finding]:
    saved = read_state(path)
    if saved is None and not (path / GENERATIONS).is_dir():
        yield Finding(Verdict.OK, "run", f"none in {path} yet")
        return
    if saved is not None and saved.reason:
        yield Finding(
            Verdict.NOTE,
            "run",
            f"{saved.state}: {saved.reason}",
            _next(saved.state, live=is_held(path)),
        )
    newest, passed = Generations(path / GENERATIONS).newest()
    others = [error for error in passed if isinstance(error, OtherVersionError)]
    if newest is None and others:
        anew = f"use the version that made it, or begin anew: hanabi-tui fresh --checkpoint-dir {path}"
        yield Finding(Verdict.FAIL, "generation", str(others[0]), anew)
        return
    for error in passed:
        yield Finding(Verdict.NOTE, "generation", str(error), "the run goes on from the one before")
    if newest is None and not passed and (saved is None or saved.generation < 0):
        yield Finding(Verdict.OK, "run", f"{path}: {saved.state if saved else 'new'}, no generation yet")
        return
    if newest is None:
        yield Finding(
            Verdict.FAIL,
            "generation",
            f"{path} holds a run without a sound generation",
            f"put a copy back, or begin anew: hanabi-tui fresh --checkpoint-dir {path}",
        )
        return
    try:
        if not is_held(path):  # whoever runs there has settings of its own
            check_fit(config, path, newest)
    except EngineError as error:
        began_with = path / SETTINGS
        yield Finding(Verdict.FAIL, "run", str(error), f"what it was last started with is in {began_with}")
        return
    state = saved.state if saved else "unknown"
    yield Finding(Verdict.OK, "run", f"{path}: {state}, newest generation {newest.manifest.step:,} is sound")
