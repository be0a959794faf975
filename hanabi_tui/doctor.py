"""`hanabi-tui doctor`: check everything that a run needs, in the order in which it would fail.

A check that cannot be made, because an earlier one failed, is not made: one fault, one line.
"""

import os
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import typer

from engine.config import Config
from engine.crew import workers_of
from engine.directory import read_state
from engine.errors import EngineError
from engine.generations import Generations
from engine.learner import LearnerError, MismatchError
from engine.sample import SAMPLE
from engine.vitals import Status
from hanabi_tui.borrowed import BorrowedLearner, dialled_path, is_borrowed
from hanabi_tui.options import settle
from hanabi_tui.settings import Given, Settings
from remote.client import Client
from remote.errors import LinkError
from remote.handshake import TokenError
from remote.ssh import SshError
from remote.token import SHORT
from remote.wire import BALLAST_CAP

GENERATION = 64 << 20
"""Bytes that a generation of a large network may need."""

MEASURING = 2.0
"""Seconds that the way is measured for."""

UNDER_WAY = 40
"""Echoes at once, so that a long round trip hides no fast way: the service reads no more than 64 ahead."""

SKEW = 60.0
"""Seconds that two clocks may differ."""


class Verdict(StrEnum):
    """How a check came out; the word is said, so that colour is not needed."""

    OK = "ok"
    NOTE = "note"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """What a check found, and what to do about it."""

    verdict: Verdict
    about: str
    text: str
    advice: str = ""


def run(given: Given) -> int:
    """Print findings as they come; 0, or 1 if something is wrong."""
    failed = False
    for finding in findings(given):
        failed |= finding.verdict is Verdict.FAIL
        typer.echo(f"{finding.verdict:<5} {finding.about:<11} {finding.text}")
        if finding.advice:
            typer.echo(f"{'':<18}→ {finding.advice}")
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
        yield from _borrowed(config)


def _settings(settings: Settings) -> Iterator[Finding]:
    files = sorted({origin for origin in settings.origins.values() if origin.endswith(".toml")})
    network = settings.config.network
    yield Finding(Verdict.OK, "settings", f"{settings.preset} preset; {', '.join(files) or 'no file'}")
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
    cores, workers = len(os.sched_getaffinity(0)), workers_of(config)
    busy = workers + (not is_borrowed(config.network))
    text = f"{cores} cores; {workers} worker{'' if workers == 1 else 's'}" + (
        "" if is_borrowed(config.network) else " and a learner"
    )
    if busy > cores:
        yield Finding(
            Verdict.NOTE,
            "cores",
            text,
            f"they wait for each other: --num-workers {max(1, cores - 1)} is enough",
        )
    else:
        yield Finding(Verdict.OK, "cores", text)


def _directory(config: Config) -> Iterator[Finding]:
    path = Path(config.paths.checkpoint_dir)
    there = next((each for each in (path, *path.absolute().parents) if each.is_dir()), Path("/"))
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding(
            Verdict.FAIL,
            "directory",
            f"{there} cannot be written by this user",
            "choose another: --checkpoint-dir DIR",
        )
        return
    ring = 0 if (path / "replay" / "ring").exists() else config.training.buffer_size * SAMPLE.itemsize
    there_already = len(Generations(path / "generations").paths()) if path.is_dir() else 0
    needed = ring + max(1, config.general.keep_generations - there_already) * GENERATION
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free; a run may need {needed / 1e9:.1f} GB more"
    if free < needed:
        yield Finding(Verdict.FAIL, "disk", text, "make room, or lower --buffer-size or --keep-generations")
    else:
        yield Finding(Verdict.OK, "disk", text)
    yield from _run(path)


def _run(path: Path) -> Iterator[Finding]:
    saved = read_state(path)
    if saved is None and not (path / "generations").is_dir():
        yield Finding(Verdict.OK, "run", f"none in {path} yet")
        return
    newest, passed = Generations(path / "generations").newest()
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
    state = saved.state if saved else "unknown"
    yield Finding(Verdict.OK, "run", f"{path}: {state}, newest generation {newest.manifest.step:,} is sound")


def _borrowed(config: Config) -> Iterator[Finding]:
    network, learner = config.network, BorrowedLearner(config.network, Path(config.paths.checkpoint_dir))
    try:
        try:
            client = learner.connect()
        except (TokenError, SshError, LinkError, LearnerError, OSError) as error:
            yield _unreachable(error, config)
            return
        where = network.gpu_host or str(dialled_path(network))
        try:
            yield Finding(Verdict.OK, "link", f"{where} answers by {network.transport}; the token fits")
            yield from _learner(client)
            yield from _way(client)
        except MismatchError as error:
            yield Finding(
                Verdict.FAIL, "versions", str(error), "install the same version of hanabi-tui on both sides"
            )
        except (LinkError, LearnerError, TimeoutError) as error:
            yield Finding(
                Verdict.FAIL,
                "learner",
                f"{where} answers, but: {error or 'not in time'}",
                "look at what hanabi-gpu says",
            )
        finally:
            client.close()
    finally:
        learner.stop()


def _unreachable(error: Exception, config: Config) -> Finding:
    network = config.network
    if isinstance(error, TokenError):
        advice = "the first line of both token files must be the same"
        return Finding(Verdict.FAIL, "token", str(error), advice)
    if isinstance(error, SshError):
        return Finding(Verdict.FAIL, "ssh", str(error))
    if isinstance(error, LearnerError):
        return Finding(Verdict.FAIL, "versions", str(error))
    if network.transport == "dialled":
        advice = "on the laptop: hanabi-gpu --dial USER@THIS-SERVER"
    elif network.transport == "direct":
        advice = (
            f"is the laptop awake (ping {network.gpu_host}), hanabi-gpu running with --host 0.0.0.0 "
            "and a token, and the "
            f"port open (there: sudo ufw allow {network.gpu_port}/tcp)?"
        )
    else:
        advice = f"is the laptop awake, and does `ssh {network.gpu_host}` work? There: hanabi-gpu"
    return Finding(Verdict.FAIL, "link", str(error), advice)


def _learner(client: Client) -> Iterator[Finding]:
    before = time.time()
    status: Status = client.status().result(MEASURING * 5)
    after = time.time()
    total = f" of {status.memory_total / 1e9:.1f}" if status.memory_total else ""
    text = f"{status.device}, {status.memory / 1e9:.1f}{total} GB in use"
    if status.device.startswith("cpu"):
        yield Finding(
            Verdict.NOTE,
            "device",
            text,
            "no GPU is used there: is torch installed with CUDA (torch.cuda.is_available())?",
        )
    else:
        yield Finding(Verdict.OK, "device", text)
    if status.clock is not None:
        skew = status.clock - (before + after) / 2
        if abs(skew) > SKEW:
            yield Finding(
                Verdict.NOTE, "clock", f"{skew:+.0f} s there", "logs will not match: timedatectl set-ntp true"
            )
        else:
            yield Finding(Verdict.OK, "clock", f"{skew:+.2f} s there")


def _way(client: Client) -> Iterator[Finding]:
    trips = []
    for _ in range(5):
        began = time.monotonic()
        client.echo(0, 0).result(MEASURING * 5)
        trips.append(time.monotonic() - began)
    yield Finding(
        Verdict.OK, "round trip", f"{1000 * min(trips):.1f} ms at best, {1000 * max(trips):.1f} ms at worst"
    )
    there, back = (_rate(client, *sizes) for sizes in ((BALLAST_CAP, 0), (0, BALLAST_CAP)))
    text = f"{there / 1e6 * 8:,.0f} Mbit/s there, {back / 1e6 * 8:,.0f} Mbit/s back"
    if min(there, back) < 1e6:
        yield Finding(
            Verdict.NOTE, "throughput", text, "slow: raise --replay-ratio and --weights-interval to send less"
        )
    else:
        yield Finding(Verdict.OK, "throughput", text)


def _rate(client: Client, there: int, back: int) -> float:
    """Bytes a second, with some echoes under way at once."""
    began, count = time.monotonic(), 0
    waiting = [client.echo(there, back) for _ in range(UNDER_WAY)]
    while time.monotonic() - began < MEASURING:
        waiting.pop(0).result(MEASURING * 5)
        waiting.append(client.echo(there, back))
        count += 1
    return count * (there + back) / (time.monotonic() - began)
